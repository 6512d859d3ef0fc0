"""How the text of a CSV source is laid out, checked once so that everything after can rely on it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from headrace.config.schema.dataset import CsvSource
from headrace.errors import DataError

if TYPE_CHECKING:
    import _csv

#: The separator of tables whose columns are padded.
BLANKS = "blanks"


@dataclass(frozen=True, slots=True)
class CsvForm:
    """The layout of a source's files; errors about them name the source."""

    source: str
    separator: str
    quote: str
    """Empty: nothing is quoted."""
    encoding: str
    header: bool
    skip_rows: int
    is_padded: bool = False
    """Runs of blanks are to be read as one: see `csv_blanks`."""

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> _csv.Reader:
        """The same layout read by the `csv` module, record by record."""
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE
        return csv.reader(lines, delimiter=self.separator, quotechar=self.quote or None, quoting=quoting, strict=strict)

    def fault(self, message: str, remedy: str, at: str = "path") -> DataError:
        """An error about this source, at one of its keys."""
        return DataError(f"source {self.source}: {message}", remedy=remedy, key=f"dataset.sources.{self.source}.{at}")


def form_of(name: str, source: CsvSource) -> CsvForm:
    """The layout that a source declares; DataError where no file can have it."""
    is_padded = source.separator == BLANKS
    separator = " " if is_padded else source.separator
    form = CsvForm(name, separator, source.quote, source.encoding, source.header, source.skip_rows, is_padded)
    for key, sign, lengths in (("separator", separator, (1,)), ("quote", source.quote, (0, 1))):
        if len(sign.encode()) not in lengths:
            raise form.fault(f"{key} {sign!r} is not one ASCII character", f"write one, as in {key}: ';'", key)
    try:
        "".encode(source.encoding)
    except LookupError:
        raise form.fault(
            f"there is no encoding {source.encoding!r}",
            "write one that Python knows, as in utf-8 or cp1252",
            "encoding",
        ) from None
    if source.decimal == source.separator:
        raise form.fault(
            "a comma stands between fields and before decimals",
            "declare the separator, as in separator: ';'",
            "decimal",
        )
    if source.header and source.columns is not None:
        raise form.fault(
            "columns are named although the file has a header",
            "leave columns out; or write header: false (and skip_rows: 1 to replace a header)",
            "columns",
        )
    if not source.header and not source.columns:
        raise form.fault("a file without a header needs names", "list them under columns", "columns")
    return form
