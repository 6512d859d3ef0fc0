"""Results of stages: files by their content, actions by what made them."""

from headrace.store.contract import Action, Output, Store
from headrace.store.local import LocalStore

__all__ = ["Action", "LocalStore", "Output", "Store"]
