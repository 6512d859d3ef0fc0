"""headrace: one YAML file becomes a tracked, gated, registered and scheduled model."""

__version__ = "0.1.0"
