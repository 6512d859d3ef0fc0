"""From a checked specification to the document that everything else reads."""
