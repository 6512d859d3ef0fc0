"""One base error and the diagnostic that every message is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]

#: What a process that ran one stage exits with, so that whoever started it can tell failures apart.
EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_REFUSED = 3
EXIT_DATA = 65
EXIT_TRANSIENT = 75


#: The longest message or remedy, in characters.
_LONGEST = 1_200
#: Characters that would act on a terminal, or that hide: they are shown as their escapes.
_ACTING = (*range(9), *range(11, 32), *range(127, 160), 0x61C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F))
_ESCAPES = {
    number: f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"
    for number in (*_ACTING, *range(0x2060, 0x206A), 0xFEFF, *range(0xD800, 0xE000))
}


def shown(text: str) -> str:
    """A text in which nothing acts on the terminal or log that it is shown in. Line breaks and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written. Lines and columns count from 1; an override has neither."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem: where it is, what is wrong, and how to mend it."""

    code: str
    message: str
    place: Place | None = None
    remedy: str = ""
    severity: Severity = "error"
    pipeline: str | None = None
    excerpt: str = ""

    def __post_init__(self) -> None:
        for name in ("message", "remedy"):
            text = getattr(self, name)
            if len(text) > _LONGEST:  # what it quotes may have no end
                object.__setattr__(self, name, f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 4 :]}")

    def as_json(self) -> dict[str, Any]:
        """The flat form of `headrace lint --format json`."""
        place = self.place or Place("")
        facts = asdict(self)
        del facts["place"], facts["excerpt"]
        return {"file": place.file, "line": place.line, "column": place.column, **facts}

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place else ""
        message = self.message.replace("\n", "\\n")
        lines = [f"{head}{self.severity} {self.code}: {message}"]
        if self.excerpt:
            lines.extend("  " + line for line in self.excerpt.splitlines())
        if self.remedy:
            lines.append(f"  remedy: {self.remedy}")
        return shown("\n".join(lines))


class HeadraceError(Exception):
    """Base of every error that headrace raises on purpose.

    `key` is the dotted path of the configuration value that is at fault, where there is one:
    whoever prints the error looks its file and line up in the plan.
    """

    exit_code = EXIT_FAILED
    code = "HR001"
    retryable = False

    def __init__(self, message: str, *, remedy: str = "", key: str | None = None, place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.key = key
        self.place = place

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What to print: one diagnostic, or several where several things are wrong."""
        return (Diagnostic(self.code, self.message, self.place, self.remedy),)


class UsageError(HeadraceError):
    """The command was called with arguments that cannot work."""

    exit_code = EXIT_USAGE
    code = "HR002"


class ConfigError(HeadraceError):
    """YAML or overrides that do not make a plan; carries all problems at once."""

    exit_code = EXIT_USAGE
    code = "HR100"

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(d) for d in self._diagnostics))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong."""
        return self._diagnostics


class DataError(HeadraceError):
    """Data that is missing, malformed or breaks a rule: running again does not help."""

    code = "HR300"


class ModelError(HeadraceError):
    """An estimator that cannot be used, or that refuses its parameters or the data: running again does not help."""

    exit_code = EXIT_USAGE
    code = "HR310"


class StageError(HeadraceError):
    """A stage failed in a way that may not happen again."""

    code = "HR400"
    retryable = True


class ChampionMovedError(StageError):
    """Another run, or a person, has moved the alias since the gates looked at it: they must look again."""


class SecretError(HeadraceError):
    """A secret that a value names is not there."""

    exit_code = EXIT_USAGE
    code = "HR410"


class DamagedBlobError(HeadraceError):
    """A stored file no longer has the content its name promises; it is rebuilt."""

    code = "HR500"
    retryable = True

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"stored file {digest[:12]} is damaged or missing", remedy="run the pipeline again: it is rebuilt"
        )
        self.digest = digest


class ServiceError(HeadraceError):
    """MLflow, or another server, is unreachable, too old, or refuses us."""

    code = "HR600"
    retryable = True


def process_exit_code(error: BaseException) -> int:
    """The exit code of a process that ran one stage: data and configuration errors are not retried."""
    if isinstance(error, DataError):
        return EXIT_DATA
    if isinstance(error, HeadraceError):
        return EXIT_TRANSIENT if error.retryable else error.exit_code
    return EXIT_TRANSIENT if isinstance(error, ConnectionError | TimeoutError) else EXIT_FAILED
