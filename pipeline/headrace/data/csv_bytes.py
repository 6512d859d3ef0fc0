"""The bytes of CSV files: unpacked, decoded to UTF-8, parted from their header, joined to one stream."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

from headrace.data.csv_blanks import single_blanks, whole_lines
from headrace.data.csv_form import CsvForm
from headrace.data.files import SourceFile
from headrace.data.quotes import QuoteWatch

_CHUNK = 1 << 20
#: What no table packs to: text shrinks to a fifth or a tenth, repetitive tables to a fiftieth.
_MOST_RATIO = 200
_ALWAYS_FINE = 256 << 20
_ARCHIVE_DAMAGE = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class Header:
    """The names at the top of a file, and what is left of it."""

    names: tuple[str, ...]
    rest: Iterator[bytes]


@contextmanager
def unpacked(file: SourceFile, form: CsvForm) -> Iterator[BinaryIO]:
    """The text of a file as it is inside its `.zip` or `.gz`; DataError if that cannot be opened or is damaged."""
    suffix = file.path.suffix.lower()
    try:
        with file.path.open("rb") as raw:
            if suffix == ".gz":
                with gzip.open(raw) as inner:
                    yield cast(BinaryIO, _Inflated(cast(IO[bytes], inner), file, form))
            elif suffix == ".zip":
                with zipfile.ZipFile(raw) as archive, _only_member(archive, file, form) as member:
                    yield cast(BinaryIO, _Inflated(member, file, form))
            else:
                yield raw
    except _ARCHIVE_DAMAGE as error:
        raise form.fault(f"{file.name} is damaged or cut short: {error}", "fetch or pack it again") from error
    except OSError as error:
        raise form.fault(f"{file.name} cannot be read: {error.strerror or error}", "check its permissions") from error


class _Inflated(io.RawIOBase):
    """What comes out of an archive, as long as it is not absurdly more than went in."""

    def __init__(self, inner: IO[bytes], file: SourceFile, form: CsvForm) -> None:
        super().__init__()
        self._inner, self._file, self._form, self._read = inner, file, form, 0
        self._most = max(_ALWAYS_FINE, file.path.stat().st_size * _MOST_RATIO)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; DataError where they have become too many."""
        chunk = self._inner.read(-1 if size is None else size)
        self._read += len(chunk)
        if self._read > self._most:
            message = f"{self._file.name} unpacks to more than {_MOST_RATIO:,} times its size"
            raise self._form.fault(message, "unpack it by hand if it is what it should be")
        return chunk


def _only_member(archive: zipfile.ZipFile, file: SourceFile, form: CsvForm) -> IO[bytes]:
    members = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if len(members) != 1:
        shown = ", ".join(members[:5]) + (", …" if len(members) > 5 else "")
        found = f"{file.name} holds {len(members)} files" + (f": {shown}" if members else "")
        raise form.fault(found, "pack one CSV file in each .zip")
    try:
        return archive.open(members[0])
    except RuntimeError as error:  # zipfile's word for a password, or a compression that it does not know
        raise form.fault(f"{file.name} cannot be unpacked: {error}", "pack it again, without a password") from error


def utf8_chunks(raw: BinaryIO, form: CsvForm) -> Iterator[bytes]:
    """The file in UTF-8 without a byte order mark; UnicodeDecodeError where another encoding has no such character.

    What is declared as UTF-8 is passed on unchecked: the parser checks it. Padded columns are no longer padded.
    """
    chunks = _decoded(raw, form.encoding)
    return single_blanks(whole_lines(chunks), form.quote) if form.is_padded else chunks


def _decoded(raw: BinaryIO, encoding: str) -> Iterator[bytes]:
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii")
    decoder = None if is_utf8 else codecs.getincrementaldecoder(encoding)()
    first = True
    while chunk := raw.read(_CHUNK):
        decoded = chunk if decoder is None else decoder.decode(chunk).removeprefix("\ufeff").encode()
        yield decoded.removeprefix(codecs.BOM_UTF8) if first else decoded
        first = False
    if decoder is not None:
        yield decoder.decode(b"", final=True).encode()


def part_header(chunks: Iterator[bytes], form: CsvForm) -> Header:
    """Read the lines to skip and the header; no names where none are declared to be there.

    UnicodeDecodeError if the header is not text in the declared encoding.
    """
    buffer = next(chunks, b"")
    newline = b"\n" if b"\n" in buffer or b"\r" not in buffer else b"\r"
    start = 0
    for _ in range(form.skip_rows):
        buffer, start = _line_end(buffer, start, newline, chunks)
    end = start
    while form.header:
        buffer, end = _line_end(buffer, end, newline, chunks)
        if end >= len(buffer) or not form.quote or buffer[start:end].count(form.quote.encode()) % 2 == 0:
            break  # else the line break is inside a quoted name
    lines = buffer[start:end].decode("utf-8").splitlines(keepends=True) if form.header else []
    return Header(tuple(next(form.reader(lines), ())), _after(buffer[end:], chunks))


def _line_end(buffer: bytes, start: int, newline: bytes, chunks: Iterator[bytes]) -> tuple[bytes, int]:
    """Where the next line starts, with as much read as that takes."""
    while (found := buffer.find(newline, start)) < 0:
        more = next(chunks, None)
        if more is None:
            return buffer, len(buffer)
        buffer += more
    return buffer, found + 1


def _after(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from chunks


class CsvStream(io.RawIOBase):
    """The rows of all files as one UTF-8 file without headers."""

    def __init__(self, files: Sequence[SourceFile], form: CsvForm) -> None:
        super().__init__()
        self.watches = [QuoteWatch(form.quote, form.separator) for _ in files]
        self.failure: Exception | None = None
        """What went wrong while reading; the parser may report it as something else."""
        self._chunks = self._rows(files, form)
        self._waiting = memoryview(b"")

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Exactly `size` bytes, fewer only at the end: the parser's blocks must not depend on how we were fed."""
        parts: list[memoryview] = []
        wanted = size if size is not None and size >= 0 else 1 << 62
        while wanted:
            if not self._waiting:
                self._waiting = memoryview(self._next_chunk())
                if not self._waiting:
                    break
            parts.append(self._waiting[:wanted])
            self._waiting = self._waiting[len(parts[-1]) :]
            wanted -= len(parts[-1])
        return b"".join(parts)

    def _next_chunk(self) -> bytes:
        try:
            return next((chunk for chunk in self._chunks if chunk), b"")
        except Exception as error:
            self.failure = error
            raise

    @staticmethod
    def _rows_of(chunks: Iterator[bytes], watch: QuoteWatch) -> Iterator[bytes]:
        last = b"\n"
        for chunk in chunks:
            watch.see(chunk)
            yield chunk
            last = chunk or last
        watch.end()
        if not last.endswith((b"\n", b"\r")):
            yield b"\n"

    def _rows(self, files: Sequence[SourceFile], form: CsvForm) -> Iterator[bytes]:
        for file, watch in zip(files, self.watches, strict=True):
            with unpacked(file, form) as raw:
                header = part_header(utf8_chunks(raw, form), form)
                yield from self._rows_of(header.rest, watch)
