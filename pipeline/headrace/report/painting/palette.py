"""The colours of pictures and pages. Blue and orange stay apart for every kind of colour blindness."""

from __future__ import annotations

#: Role -> colour in light surroundings. All differ, so that a page can swap each for its own variable of that name.
PALETTE = {
    "surface": "#ffffff",
    "ink": "#17212b",
    "muted": "#56636f",
    "line": "#dde3e9",
    "accent": "#1f6fb2",
    "second": "#c2570c",
}
