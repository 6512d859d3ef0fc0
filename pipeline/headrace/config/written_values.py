"""What the files write where the schema leaves the type open: there a word that YAML takes for true or false counts."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.config import known_paths
from headrace.config.nodes import Document, walk
from headrace.config.yaml_mistakes import is_switch
from headrace.errors import Diagnostic


def problems(document: Document, package: str) -> Iterator[Diagnostic]:
    """`yes`, `no`, `on` and `off` without quotes as a target's value, an allowed value or a model's parameter.

    `package` is where the file's values land in the configuration.
    """
    for path, written in walk(document.root) if document.root else ():
        if not (written.plain and is_switch(written.text)):
            continue
        full = ".".join(part for part in (package, path) if part)
        if path and known_paths.is_free(full):
            meant = "true" if written.text.lower() in ("yes", "on") else "false"
            message = f"YAML reads `{written.text}` as {meant}"
            remedy = f'write {meant}, or put quotes round it for the text: "{written.text}"'
            yield document.diagnostic("HR117", message, written.at, remedy)
