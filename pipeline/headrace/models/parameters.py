"""What a parameter of an estimator accepts. Standard library only: linting reads this without any estimator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headrace.models.spelling import nearest

#: Where the configuration has them.
ESTIMATOR = "model.params."
Kind = Literal["int", "float", "bool", "text", "choice", "null", "list", "mapping"]

_NOUNS = {
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "text": "text",
    "null": "null",
    "list": "a list",
    "mapping": "a mapping",
}


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FITS: Mapping[Kind, Callable[[Any], bool]] = {
    "int": _is_int,
    "float": lambda value: _is_int(value) or (isinstance(value, float) and not math.isnan(value)),
    "bool": lambda value: isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "choice": lambda value: isinstance(value, str),
    "null": lambda value: value is None,
    "list": lambda value: isinstance(value, list | tuple),
    "mapping": lambda value: isinstance(value, Mapping),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """One form that a value may take; a parameter has several."""

    kind: Kind
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    options: tuple[Any, ...] = ()

    def admits(self, value: Any) -> bool:
        """Whether the value has this form and is within its bounds."""
        if self.kind == "choice":
            return any(type(option) is type(value) and option == value for option in self.options)
        if not self.fits(value):
            return False
        return self.kind not in ("int", "float") or self._within(value)

    def fits(self, value: Any) -> bool:
        """Whether the value is of this form, bounds aside. An integer is a number too; a boolean is neither."""
        return _FITS[self.kind](value)

    def _within(self, value: float) -> bool:
        above = self.low is None or (value > self.low if self.low_open else value >= self.low)
        below = self.high is None or (value < self.high if self.high_open else value <= self.high)
        return above and below

    def __str__(self) -> str:
        if self.kind == "choice":
            return "one of " + ", ".join(str(option) for option in self.options)
        return _NOUNS[self.kind] + self._bounds()

    def _bounds(self) -> str:
        if self.low is not None and self.high is not None:
            return f" in {'(' if self.low_open else '['}{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"
        if self.low is not None:
            return f" {'>' if self.low_open else '≥'} {self.low:g}"
        return "" if self.high is None else f" {'<' if self.high_open else '≤'} {self.high:g}"

    def to_json(self) -> dict[str, Any]:
        """Only what differs from the defaults."""
        given = {name: getattr(self, name) for name in self.__slots__}
        plain = {**given, "options": list(self.options) or None}
        return {name: value for name, value in plain.items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Accepted:
        """The inverse of `to_json`."""
        return cls(**{**document, "options": tuple(document.get("options", ()))})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with `model.type` or one of `model.params`."""

    key: str
    """Dotted path of the configuration value at fault."""
    message: str
    allowed: str = ""
    """What would be right, in words."""
    suggestion: str | None = None
    """What was probably meant."""

    @property
    def remedy(self) -> str:
        """What was probably meant and what would be right, as far as they are known."""
        meant = f"did you mean {self.suggestion}?" if self.suggestion else ""
        return " ".join(part for part in (meant, self.allowed) if part)


def check_value(name: str, value: Any, accepted: Iterable[Accepted]) -> Problem | None:
    """What is wrong with one parameter's value: its type, its bounds, or an unknown choice; None if it is right."""
    forms = list(accepted)
    if any(form.admits(value) for form in forms):
        return None
    key = f"model.params.{name}"
    allowed = ", or ".join(str(form) for form in forms) or "nothing that YAML can give: it is a Python object"
    options = [str(option) for form in forms for option in form.options]
    if isinstance(value, str) and options:
        return Problem(key, f"{name} cannot be {value!r}", allowed, nearest(value, options))
    if any(form.fits(value) for form in forms):
        return Problem(key, f"{name} is {value}, which is out of bounds", allowed)
    suggestion = None
    if isinstance(value, float) and value.is_integer() and any(form.admits(int(value)) for form in forms):
        suggestion = str(int(value))
    return Problem(key, f"{name} is {described(value)}", allowed, suggestion)


def described(value: Any) -> str:
    """A value with its type, as a person would say it."""
    nouns = {bool: "the boolean", int: "the integer", float: "the number", str: "the text", list: "the list"}
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, Mapping):
        return "a mapping"
    text = repr(value)
    return f"{nouns.get(type(value), 'the value')} {text if len(text) <= 60 else text[:57] + '...'}"


def nested_target(value: Any, path: str = "") -> str | None:
    """Dotted path of the first mapping inside `value` that has a `_target_`."""
    if isinstance(value, Mapping):
        if "_target_" in value:
            return path
        items: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    else:
        return None
    found = (nested_target(item, f"{path}.{key}" if path else str(key)) for key, item in items)
    return next((place for place in found if place is not None), None)
