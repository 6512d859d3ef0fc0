"""Amounts of memory, as YAML writes them."""

from __future__ import annotations

import re

_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def in_bytes(text: str) -> int:
    """`4Gi` -> 4294967296; ValueError for what is none."""
    found = re.fullmatch(r"([0-9]+)([A-Za-z]+)", text)
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"{text!r} is not an amount of memory")
    return int(found[1]) * _UNITS[found[2]]
