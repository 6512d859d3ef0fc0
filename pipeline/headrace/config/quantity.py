"""Amounts as Kubernetes writes them: `500m`, `4Gi`."""

from __future__ import annotations

import re
from decimal import Decimal

#: Units of memory that `runtime` takes.
UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
#: Besides these Kubernetes knows a thousandth, its parts, and what lies beyond a tera.
_SUFFIXES: dict[str, int | Decimal] = {
    **UNITS, "": 1, "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"),
    "P": 10**15, "E": 10**18, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip
#: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
_QUANTITY = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d{1,3})|([A-Za-z]*))", re.ASCII)


def in_bytes(text: str) -> int:
    """`4Gi` -> 4294967296; ValueError for what is none."""
    found = re.fullmatch(r"([0-9]+)([A-Za-z]+)", text)
    if found is None or found[2] not in UNITS:
        raise ValueError(f"{text!r} is not an amount of memory")
    return int(found[1]) * UNITS[found[2]]


def quantity(text: str) -> Decimal | None:
    """The number that a quantity of Kubernetes stands for; None for what is none."""
    found = _QUANTITY.fullmatch(text)
    if found is None or (found[3] or "") not in _SUFFIXES:
        return None
    if found[2]:
        return Decimal(found[1] + found[2])
    return Decimal(found[1]) * _SUFFIXES[found[3]]
