"""Graphs to draw: one with groups, branches, a long edge and names that every format must escape."""

from __future__ import annotations

from collections.abc import Sequence

from headrace_airflow.spec.drawing.graph import Graph, graph_of
from headrace_airflow.spec.model import DagSpec, Options, StageTask

ODD = 'x<y>&"z'


def graph(*tasks: tuple[str, Sequence[str]], rules: dict[str, str] | None = None) -> Graph:
    """A graph of these tasks: (id, ids before it)."""
    made = [
        StageTask(name, (name,), tuple(before), options=Options(trigger_rule=(rules or {}).get(name)))
        for name, before in tasks
    ]
    return graph_of(DagSpec("d", "d", "0", made))


def rich_graph() -> Graph:
    return graph(
        ("wait.file", ()),
        ("wait.flag", ()),
        ("ingest", ("wait.file", "wait.flag")),
        ("split", ("ingest",)),
        ("models.train", ("split",)),
        ("models.baseline", ("split",)),
        (f"models.odd.{ODD}", ("split",)),
        ("evaluate", ("models.train", "models.baseline", f"models.odd.{ODD}", "split")),
        ("gate", ("evaluate",)),
        ("track", ("gate", "ingest")),
        rules={"track": "none_failed"},
    )
