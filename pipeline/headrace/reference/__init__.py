"""The reference pages of the documentation, made from what they describe."""

from headrace.reference.pages import PAGES, write_pages

__all__ = ["PAGES", "write_pages"]
