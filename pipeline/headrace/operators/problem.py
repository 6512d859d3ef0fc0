"""What is wrong with an added task, at the key of the configuration that is at fault."""

from __future__ import annotations

from typing import NamedTuple

from headrace.errors import Severity


class Problem(NamedTuple):
    """A diagnostic before its place is looked up."""

    code: str
    message: str
    key: str
    remedy: str = ""
    severity: Severity = "error"
