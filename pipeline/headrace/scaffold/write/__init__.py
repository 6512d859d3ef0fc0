"""The decisions as files: YAML and SQL with the reasons beside them."""
