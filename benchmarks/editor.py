"""How long an editor waits for yaml-language-server: with headrace's schema, against a schema of three keys."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from pairs import HEADRACE, PROJECT, BenchmarkError, Command, Options, Ratio, cost_of, note, run, scratch

LIMIT = 5.0
_PIPELINE = "conf/pipeline/flight_delays.yaml"
_PARAMS = "\nmodel:\n  params:\n    |"
_SMALL: dict[str, Any] = {
    "type": "object",
    "properties": {name: {"type": "string", "description": name} for name in ("task", "owner", "model")},
}


def measure(asked: Options) -> Sequence[Ratio]:
    """Completion of a parameter and hovering over a key, in the same file of the same server."""
    support = PROJECT / "tests" / "support"
    sys.path.insert(0, str(support))
    language_server: Any = import_module("language_server")
    if not language_server.SERVER.exists():
        raise BenchmarkError("yaml-language-server is not installed: make .venv/editor.stamp")
    text = (PROJECT / _PIPELINE).read_text(encoding="utf-8")
    questions = {"completion": text + _PARAMS, "hover": text.replace("task:", "ta|sk:", 1)}
    with scratch() as folder:
        small = folder / "small.json"
        small.write_text(json.dumps(_SMALL))
        cost_of(Command((HEADRACE, "schema", "--out", str(folder / "schema")), PROJECT, {}))
        ours = _times(language_server, folder / "schema" / "pipeline.json", questions, asked.pairs)
        theirs = _times(language_server, small, questions, asked.pairs)
    return [_row(method, ours[method], theirs[method]) for method in questions]


def _times(language_server: Any, schema: Path, questions: dict[str, str], count: int) -> dict[str, list[float]]:
    settings = {"yaml.schemas": {schema.as_uri(): [_PIPELINE]}, "yaml.schemaStore.enable": False, "yaml.hover": True}
    found: dict[str, list[float]] = {}
    with language_server.LanguageServer(PROJECT, {**settings, "yaml.completion": True}) as server:
        for method, text in questions.items():
            server.answer_time(_PIPELINE, text, method)  # the first one reads the schema
            found[method] = [server.answer_time(_PIPELINE, text, method) for _ in range(count)]
            note(f"{method} with {schema.name}: {median(found[method]) * 1e3:.1f} ms")
    return found


def _row(method: str, ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return Ratio(
        f"editor: {method}",
        "a schema of three keys",
        median(ours),
        median(theirs),
        "s",
        median(ratios),
        min(ratios),
        max(ratios),
        LIMIT,
    )


if __name__ == "__main__":
    sys.exit(run(__doc__, measure, count=20))
