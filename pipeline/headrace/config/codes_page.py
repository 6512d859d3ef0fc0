"""The reference page of the diagnostics' codes, `docs/reference/codes.md`: made from the codes, never written by hand.

`python -m headrace.config.codes_page > docs/reference/codes.md` makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator

from headrace.config.codes import CODES

_INTRODUCTION = """\
# Codes of diagnostics

What `headrace lint` and every other command say about a configuration has a code. `headrace lint --explain CODE` prints
what stands here. This page is generated: change `headrace/config/codes.txt`, then run
`python -m headrace.config.codes_page > docs/reference/codes.md`.

An error keeps the pipeline from having a plan. A warning does not; a line accepts one with a comment at its end that
gives the reason, `# lint: allow HR118 because the next release needs it` (`--` in SQL), or on a line of its own above.
Among the comments that a file begins with, it accepts a warning about the file.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_INTRODUCTION, *(line for code in CODES for line in _section(code))])


def _section(code: str) -> Iterator[str]:
    meaning, explanation = CODES[code]
    words, *examples = explanation.split("\n")
    yield f"## {code}: {meaning}"
    yield ""
    yield words
    yield ""
    for line in examples:
        if line in ("bad:", "good:"):
            yield from ([] if line == "bad:" else ["```", ""])
            yield "Not like this:" if line == "bad:" else "But like this:"
            yield from ("", "```yaml")
        else:
            yield line.removeprefix("  ")
    yield from ["```", ""] if examples else []


if __name__ == "__main__":
    print(page(), end="")
