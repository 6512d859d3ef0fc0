"""How a file of text is laid out: encoding, separator, quote, lines above the table, header or none."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from headrace.config.schema.dataset import CsvSource
from headrace.data.csv_blanks import single_blanks_in_text
from headrace.data.csv_bytes import unpacked
from headrace.data.csv_form import BLANKS, form_of
from headrace.data.files import SourceFile
from headrace.scaffold.refusal import LAYOUT, RefusalError
from headrace.scaffold.survey.file_kind import looks_utf16
from headrace.scaffold.survey.header import Heading, heading_of

_SAMPLE = 1 << 20
_LINES = 1000
#: In the order of trust: a line of text has commas and spaces anyway.
_SEPARATORS = ("\t", ";", "|", ",", "~", "^", ":", " ", BLANKS)
_CONSISTENT = 0.95
_PADDING = re.compile(r"^[ \t]|[ \t]{2}|[ \t][\r\n]*$")


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one file, and what had to be guessed."""

    encoding: str
    separator: str
    quote: str
    skip_rows: int
    """Lines above the first row, or above the header where that is kept."""
    names: tuple[str, ...]
    has_header: bool
    """Whether the file's own header can be read as it is."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Records:
    """The first records of a file as one separator parts them."""

    separator: str
    quote: str
    rows: list[list[str]]
    starts: list[int]
    """Lines above each record."""
    width: int
    share: float

    @property
    def first(self) -> int:
        """The first record that is as wide as the table, and so is the one after it."""
        widths = [len(row) for row in self.rows]
        pairs = zip(widths, [*widths[1:], self.width], strict=True)
        return next((place for place, pair in enumerate(pairs) if pair == (self.width, self.width)), 0)


def layout_of(path: Path, target: str) -> Layout:
    """The layout that fits the file; RefusalError if its lines do not make a table. `target` hints at the header."""
    encoding, note = _encoding(path)
    lines = _sample(path, encoding)
    records = _parted(path, lines)
    first = records.first
    heading = heading_of(records.rows, first, records.width, target)
    notes = [note, _separator_note(records), *_skipped(records, first, heading), *heading.notes]
    below = first + (0 if heading.above or not heading.is_there else 1)
    skip = records.starts[below] if not heading.is_readable and below < len(records.starts) else records.starts[first]
    return Layout(
        encoding,
        records.separator,
        records.quote,
        skip,
        heading.names,
        heading.is_readable,
        tuple(note for note in notes if note),
    )


def _encoding(path: Path) -> tuple[str, str]:
    """The encoding that decodes the whole file, and a note where that is a guess."""
    form = form_of("file", CsvSource(type="csv", path=path.name))
    with unpacked(SourceFile(path.name, path), form) as raw:
        head = raw.read(4096)
        if utf16 := looks_utf16(head):
            return utf16, "text in UTF-16, by its first bytes"
        candidates = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "cp1252", "latin-1")}
        chunk = head
        while chunk:
            for name in [name for name, decoder in candidates.items() if not _decodes(decoder, chunk)]:
                del candidates[name]
            chunk = raw.read(_SAMPLE)
    if "utf-8" in candidates:
        return "utf-8", ""
    name = next(iter(candidates))
    return name, f"the file is not UTF-8; {name} decodes every byte of it, and is a guess: look at letters with accents"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _sample(path: Path, encoding: str) -> list[str]:
    """The first whole lines of the file."""
    form = form_of("file", CsvSource(type="csv", path=path.name))
    with unpacked(SourceFile(path.name, path), form) as raw:
        head = raw.read(_SAMPLE)
        is_whole = not raw.read(1)
    text = codecs.getincrementaldecoder(encoding)(errors="ignore").decode(head).removeprefix("\ufeff")
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
    lines = [line for line in lines if line] if is_whole else lines[:-1]
    return lines[:_LINES]


def _parted(path: Path, lines: Sequence[str]) -> _Records:
    """The records by the separator that parts them most evenly."""
    quote = _quote(lines)
    tried = [_records(lines, separator, quote) for separator in _SEPARATORS]
    wide = [records for records in tried if records.width > 1 and records.share >= _CONSISTENT]
    if wide:
        chosen = max(wide, key=lambda records: round(records.share, 2))
        padded = wide[-1]
        if chosen.separator in ("\t", " ") and padded.separator == BLANKS and _is_padded(lines):
            # Padded columns may look as if single tabs or spaces parted them; names above tabs alone say that they do.
            return padded if padded.share >= chosen.share and padded.first <= chosen.first else chosen
        return chosen
    best = max((records for records in tried if records.width > 1), key=lambda r: r.share, default=None)
    if best is None or best.share < 0.5:
        return _records(lines, ",", quote)  # a single column, or text: what comes after says so
    ragged = next(p for p, row in enumerate(best.rows) if p > best.first and len(row) not in (0, best.width))
    raise RefusalError(
        LAYOUT,
        f"{path.name}:{best.starts[ragged] + 1} has {len(best.rows[ragged])} fields, "
        f"and most lines have {best.width} (set apart by {best.separator!r})",
        "mend the file: every row needs as many fields as there are columns",
    )


def _records(lines: Sequence[str], separator: str, quote: str) -> _Records:
    rows, starts, before = [], [], 0
    if separator == BLANKS:
        lines = list(single_blanks_in_text(lines, quote))
    reader = csv.reader(lines, delimiter=" " if separator == BLANKS else separator, quotechar=quote)
    try:
        for row in reader:
            if row:
                rows.append(row)
                starts.append(before)
            before = reader.line_num
    except csv.Error:
        pass  # a field past the csv module's limit: what was read tells enough
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    body = len(rows) - next((p for p, row in enumerate(rows) if len(row) == width), 0)
    return _Records(separator, quote, rows, starts, width, count / body if body else 0.0)


def _quote(lines: Sequence[str]) -> str:
    """Single quotes only where they clearly enclose fields and double ones do not."""
    enclosed = sum(bool(re.search(r"(?:^|[,;\t|])'[^']*'(?:[,;\t|]|\s*$)", line)) for line in lines)
    has_double = any('"' in line for line in lines)
    is_usual = enclosed > 0.5 * len(lines) or _only_names_are_quoted(lines)
    return "'" if not has_double and is_usual else '"'


def _only_names_are_quoted(lines: Sequence[str]) -> bool:
    """Each name of the first line is in single quotes, and there are none below it."""
    head = next((line.strip() for line in lines if line.strip()), "")
    is_quoted = re.fullmatch(r"'[^']+'(?:\s*([,;|\s])\s*'[^']+')(?:\s*\1\s*'[^']+')*", head) is not None
    return is_quoted and sum("'" in line for line in lines) == 1


def _is_padded(lines: Sequence[str]) -> bool:
    """Whether lines have more blanks than one between fields would be."""
    return sum(_PADDING.search(line) is not None for line in lines) > 0.2 * len(lines)


def _separator_note(records: _Records) -> str:
    if records.separator == ",":
        return ""
    shown = {"\t": "tabs", " ": "single spaces", BLANKS: "any number of spaces and tabs"}.get(
        records.separator, f"`{records.separator}`"
    )
    return f"fields are set apart by {shown}: every line then has {records.width} of them"


def _skipped(records: _Records, first: int, heading: Heading) -> list[str]:
    above = records.starts[first - 1 if heading.above else first] if records.rows else 0
    return [f"{above} line{'s' * (above != 1)} above the table left out"] if above else []
