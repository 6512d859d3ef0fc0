"""The text of a YAML file: its bytes decoded, and what no text of a configuration has in it."""

from __future__ import annotations

import codecs
import re

from headrace.config.yaml_survey import Point, UnfitError, point_of

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_CONFLICT = re.compile(r"^(?:<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)(?=[ \r\n]|\Z)", re.MULTILINE)
_BY_MARK = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE = "save the file as UTF-8"


class NotUtf8Error(UnfitError):
    """Bytes in another encoding, with as much of the text as could be read."""

    def __init__(self, message: str, point: Point, shown: str) -> None:
        super().__init__("HR101", message, point, _SAVE)
        self.shown = shown


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, without its byte-order mark; NotUtf8Error where it is in another encoding."""
    for mark, encoding in _BY_MARK:
        if raw.startswith(mark):
            shown = raw.decode(encoding, errors="replace")
            raise NotUtf8Error(f"not UTF-8: the file is in {encoding}", Point(0, 0), shown)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        message = f"not UTF-8: byte 0x{raw[error.start]:02x}"
        shown = raw.decode("utf-8-sig", errors="replace")
        raise NotUtf8Error(message, point_of(before, len(before)), shown) from None


def check_characters(text: str) -> None:
    """UnfitError for characters that a configuration cannot have, and for a merge that was not finished."""
    if match := _UNPRINTABLE.search(text):
        kind = "a byte of zero: is this a text file?" if match[0] == "\0" else f"U+{ord(match[0]):04X}"
        message = f"a character that YAML does not allow: {kind}"
        raise UnfitError("HR102", message, point_of(text, match.start()), "delete it")
    check_conflict(text)


def check_conflict(text: str) -> None:
    """UnfitError for a line that git left where two branches changed the same."""
    if match := _CONFLICT.search(text):
        remedy = "finish the merge: keep one side and delete the markers"
        raise UnfitError("HR107", "a merge conflict is left in the file", point_of(text, match.start()), remedy)
