"""How numbers, times and names are written for people."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

from headrace.clock import as_utc

ABSENT = "n/a"
_USERINFO = re.compile(r"(?<=://)[^/@\s]*@")

_METRICS = {
    "roc_auc": "ROC AUC",
    "roc_auc_ovr": "ROC AUC (one-vs-rest)",
    "average_precision": "Average precision",
    "log_loss": "Log loss",
    "brier_score": "Brier score",
    "matthews_corrcoef": "Matthews correlation",
    "f1": "F1 score",
    "f1_macro": "F1 score (macro)",
    "r2": "R²",
    "root_mean_squared_error": "RMSE",
}


def metric_name(metric: str) -> str:
    """`roc_auc` as ROC AUC; names that are not known lose their underscores."""
    return _METRICS.get(metric) or metric.replace("_", " ").strip().capitalize()


def is_number(value: Any) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def digits_for(*values: float | None) -> int:
    """Decimals at which values can be read and told apart: three below ten, fewer above, more where they are close."""
    known = sorted({float(value) for value in values if value is not None and math.isfinite(value)})
    largest = max(map(abs, known), default=0.0)
    digits = next((digits for digits, bound in enumerate((1000, 100, 10, 0.01)) if largest >= bound), 3)
    if 0 < largest < 0.01:
        digits = min(2 - math.floor(math.log10(largest)), 8)
    while digits < 8 and len({f"{value:.{digits}f}" for value in known}) < len(known):
        digits += 1
    return digits


def number(value: float | None, digits: int | None = None) -> str:
    """A measured value with thousands separators; `n/a` for what is absent or not finite."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if abs(value) >= 1e15:
        return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
    return f"{value:z,.{digits_for(value) if digits is None else digits}f}".replace("-", "\N{MINUS SIGN}")


def bound(value: float | None, digits: int) -> str:
    """A value that somebody chose: without zeros that they did not write."""
    text = number(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: float | None) -> str:
    """`336,776`."""
    return ABSENT if value is None else f"{value:,.0f}"


def counted(value: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def share(value: float) -> str:
    """A part of one as a percentage that is neither 0% nor 100% unless it is exactly that."""
    percent = 100 * value
    if 0 < percent < 0.1:
        return "<0.1%"
    if 99.9 < percent < 100:
        return ">99.9%"
    return f"{percent:.0f}%" if percent in (0, 100) else f"{percent:.1f}%"


def seconds(value: float) -> str:
    """`0.42 s`, `12.3 s`, `3 min 05 s`, `2 h 07 min`."""
    if value < 10:
        return f"{value:.2f} s"
    if value < 99.95:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def size(value: float | None) -> str:
    """Bytes as `8.2 MB`."""
    if value is None:
        return ABSENT
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def day(moment: date) -> str:
    """`2 Dec 2013`."""
    return f"{moment.day} {moment:%b %Y}"


def moment(value: datetime) -> str:
    """`14 Mar 2026, 06:15 UTC`."""
    there = as_utc(value)
    return f"{day(there)}, {there:%H:%M} UTC"


def written_moment(text: str | None) -> str:
    """An ISO date or time as a person writes it; any other text as it is."""
    if not text:
        return "unknown"
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        return moment(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return text


def short(digest: str) -> str:
    """Enough of a digest to tell it from others."""
    return digest[:12]


def without_password(text: str) -> str:
    """The text with `user:password@` taken out of every address in it: a page is passed around."""
    return _USERINFO.sub("", text)


def value(anything: Any) -> str:
    """A value of a configuration or a table, as one would write it in YAML."""
    if anything is None:
        return "null"
    if isinstance(anything, bool):
        return "true" if anything else "false"
    if isinstance(anything, float):
        return f"{anything:g}" if math.isfinite(anything) else str(anything)
    return str(anything)
