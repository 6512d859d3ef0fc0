"""One thing that is not as it was."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal[
    "value", "code", "version", "data", "mlflow", "champion", "clock", "input", "gone", "never", "new", "error"
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that changed."""

    kind: Kind
    what: str
    """The key, module, package, file or stage that it is about."""
    before: Any = None
    after: Any = None
    place: str | None = None
    """Where the value is written now."""
    place_before: str | None = None

    def to_json(self) -> dict[str, Any]:
        """All facts, flat."""
        return asdict(self)
