"""Makes a new project folder."""
