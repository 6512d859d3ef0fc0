"""The pictures of a model, each a function from curves to an SVG; matplotlib is imported when one is painted."""
