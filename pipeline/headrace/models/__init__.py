"""Estimators: found, checked, put together, scored."""
