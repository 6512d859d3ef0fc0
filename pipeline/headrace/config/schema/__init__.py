"""The one schema of a pipeline: frozen pydantic models, one module per part of the YAML."""

from headrace.config.schema.spec import Spec

__all__ = ["Spec"]
