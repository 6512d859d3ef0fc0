"""Tells a table from what is none, by a file's first bytes."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Literal

from headrace.scaffold.refusal import FILE, RefusalError

FileKind = Literal["csv", "parquet"]

_HEAD = 1 << 16
_EXPORT = "export the table as CSV (UTF-8) or Parquet, and name that file"
#: First bytes of files that are not tables of text, what they are, and what to do.
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "save the sheet as CSV (UTF-8), and name that file"),
    (b"%PDF", "a PDF", _EXPORT),
    (b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (b"\x89HDF", "an HDF5 file", _EXPORT),
    (b"ARROW1", "an Arrow or Feather file", "write it as Parquet, and name that file"),
    (b"$FL2", "an SPSS file", _EXPORT),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it, and name the CSV file in it"),
    (b"BZh", "packed with bzip2", "unpack it, or pack it as .gz"),
    (b"\xfd7zXZ", "packed with xz", "unpack it, or pack it as .gz"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it, or pack it as .gz"),
)


def kind_of_file(path: Path) -> FileKind:
    """`csv` for text (plain, .gz or .zip), or `parquet`; RefusalError with what to do for anything else."""
    if not path.exists():
        raise RefusalError(FILE, f"there is no file {path}", _near(path))
    if path.is_dir():
        raise RefusalError(FILE, f"{path} is a folder", "name one CSV or Parquet file in it")
    try:
        with path.open("rb") as file:
            raw = file.read(_HEAD)
    except OSError as error:
        raise RefusalError(FILE, f"{path.name} cannot be read: {error.strerror}", "check its permissions") from error
    if not raw.strip():
        raise RefusalError(FILE, f"{path.name} is empty", "fetch or export it again")
    if raw.startswith(b"PAR1"):
        return "parquet"
    if path.suffix.lower() in (".parquet", ".pq"):
        raise RefusalError(FILE, f"{path.name} is not Parquet", "write it again, or name it .csv if it is text")
    _check_text(path, _unpacked(path, raw))
    return "csv"


def _near(path: Path) -> str:
    from headrace.config.nearest import suggestion

    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file() and not entry.name.startswith("."))
    return suggestion(path.name, names) or f"{path.parent} has no files"


def _unpacked(path: Path, raw: bytes) -> bytes:
    """The first bytes of the text itself."""
    suffix = path.suffix.lower()
    is_gzip, is_zip = raw.startswith(b"\x1f\x8b"), raw.startswith(b"PK\x03\x04")
    try:
        if is_gzip:
            _check_suffix(path, suffix, ".gz")
            with gzip.open(path) as inner:
                return inner.read(_HEAD)
        if is_zip:
            with zipfile.ZipFile(path) as archive:
                return _member_head(path, suffix, archive)
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        raise RefusalError(FILE, f"{path.name} is damaged or cut short: {error}", "fetch or pack it again") from error
    return raw


def _check_suffix(path: Path, suffix: str, wanted: str) -> None:
    if suffix != wanted:
        raise RefusalError(
            FILE, f"{path.name} is packed, and its name does not say so", f"rename it to {path.name}{wanted}"
        )


def _member_head(path: Path, suffix: str, archive: zipfile.ZipFile) -> bytes:
    members = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if any(name.startswith("xl/") for name in members):
        raise RefusalError(FILE, f"{path.name} is an Excel file", "save the sheet as CSV (UTF-8), and name that file")
    _check_suffix(path, suffix, ".zip")
    if len(members) != 1:
        raise RefusalError(FILE, f"{path.name} holds {len(members)} files", "pack one CSV file in it, or unpack it")
    with archive.open(members[0]) as member:
        head = member.read(_HEAD)
    if not head.strip():
        raise RefusalError(FILE, f"{path.name} holds an empty file", "pack it again")
    return head


def _check_text(path: Path, head: bytes) -> None:
    for magic, what, remedy in _MAGIC:
        if head.startswith(magic):
            raise RefusalError(FILE, f"{path.name} is {what}", remedy)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        what = "XML" if start.startswith((b"<?xml", b"<svg")) else "a web page"
        raise RefusalError(
            FILE, f"{path.name} is {what}, not a table", "fetch the data file itself: was this a login page?"
        )
    if start.startswith((b"{", b"[{", b"[\n", b"[ {", b"[[")):
        raise RefusalError(
            FILE, f"{path.name} is JSON", "turn it into CSV or Parquet, as in pandas.read_json(…).to_parquet(…)"
        )
    if start.startswith(b"@relation") or b"\n@attribute" in head.lower():
        raise RefusalError(FILE, f"{path.name} is an ARFF file", _EXPORT)
    if b"\x00" in head and not looks_utf16(head):
        raise RefusalError(FILE, f"{path.name} is binary, and neither Parquet nor text", _EXPORT)


def looks_utf16(head: bytes) -> str:
    """The byte order of text in UTF-16, as Python names it; empty if it is something else."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = head[0:2000:2], head[1:2000:2]
    if len(odd) > 10 and odd.count(0) > 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(even) > 10 and even.count(0) > 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""
