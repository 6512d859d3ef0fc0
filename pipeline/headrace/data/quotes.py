"""Notices quoting that a lenient parser would read as something else than was meant."""

from __future__ import annotations

import numpy as np


class QuoteWatch:
    """Looks at the rows of one file as they pass.

    In well-formed text an opening quote follows a separator or a line break, a closing one precedes such, and
    quotes inside are doubled. Anything else is doubtful: a slower look tells whether it is wrong.
    """

    def __init__(self, quote: str, separator: str) -> None:
        self._quote = quote.encode()
        self._borders = np.zeros(256, dtype=bool)
        self._borders[list(f"{separator}\r\n{quote}".encode())] = True
        self._before = b"\n"
        self._held = b""
        self._inside = False
        self.is_doubtful = False

    def see(self, chunk: bytes) -> None:
        """Look at the next bytes."""
        if self.is_doubtful or not self._quote or not chunk:
            return
        data = self._held + chunk
        if self._quote not in data:
            self._before = data[-1:]
            return
        body = data.rstrip(self._quote)  # what follows the last quote decides what it is
        self._held = data[len(body) :]
        if body:
            self._judge(self._before + body)
            self._before = body[-1:]

    def end(self) -> None:
        """The file ends here."""
        if self._held:
            self._judge(self._before + self._held + b"\n")
            self._held = b""
        self.is_doubtful |= self._inside

    def _judge(self, data: bytes) -> None:
        """`data` starts with the byte before the new ones, and does not end with a quote."""
        signs = np.frombuffer(data, dtype=np.uint8)
        places = np.flatnonzero(signs[1:] == self._quote[0]) + 1
        opening, closing = (places[1::2], places[::2]) if self._inside else (places[::2], places[1::2])
        is_neat = self._borders[signs[opening - 1]].all() and self._borders[signs[closing + 1]].all()
        self.is_doubtful |= not is_neat
        self._inside ^= bool(len(places) % 2)
