"""What editors are told about the configuration: one JSON Schema a group, made from the pydantic models."""
