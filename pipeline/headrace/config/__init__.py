"""From YAML and overrides to a checked specification, with the place of every value."""
