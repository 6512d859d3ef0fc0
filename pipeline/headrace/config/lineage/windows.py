"""Does a window function see only rows that come surely before its own?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def strictly_prior(window: Any, tells_time: Callable[[Any], bool]) -> bool:
    """Whether a window (sqlglot's `Window`) ends before its row, in ascending order of a column that tells time.

    That is LAG by a literal of one or more, or a frame that ends a literal number of rows, or an interval, before the
    row. A frame by default ends with the row itself.
    """
    from sqlglot import exp

    order = window.args.get("order")
    terms = order.expressions if order is not None else []
    if not terms or terms[0].args.get("desc") or not tells_time(terms[0].this):
        return False
    function = window.this
    if isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        function = function.this
    if isinstance(function, exp.Lag):
        offset = function.args.get("offset")
        return offset is None or _at_least_one(offset)
    spec = window.args.get("spec")
    if spec is None or str(spec.args.get("end_side") or "").upper() != "PRECEDING" or spec.args.get("exclude"):
        return False
    return _at_least_one(spec.args.get("end"))


def whole_window(window: Any, select: Any) -> Any:
    """The window with what the WINDOW clause of its SELECT says of it, where it names one there."""
    named = window.args.get("alias")
    name = (named.name if named is not None and hasattr(named, "name") else str(named or "")).casefold()
    for definition in (select.args.get("windows") or ()) if name else ():
        if definition.name.casefold() == name or definition.this.name.casefold() == name:
            whole = window.copy()
            for part in ("partition_by", "order", "spec"):
                if not whole.args.get(part) and definition.args.get(part):
                    whole.set(part, definition.args[part])
            return whole
    return window


def seen_and_own(window: Any) -> tuple[list[Any], list[Any]]:
    """The expressions that are looked at in the window's rows, and those of the row itself."""
    from sqlglot import exp

    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        function = function.this
    own = [*(window.args.get("partition_by") or []), *([window.args["order"]] if window.args.get("order") else [])]
    if isinstance(function, exp.Lag | exp.Lead):
        own += [function.args["default"]] if function.args.get("default") is not None else []
        return [function.this], own
    return [function], own


def _at_least_one(bound: Any) -> bool:
    from sqlglot import exp

    if isinstance(bound, exp.Interval):
        bound = bound.this
    if not isinstance(bound, exp.Literal):
        return False
    try:
        return float(bound.this.split()[0]) > 0
    except (ValueError, IndexError):
        return False
