"""A pipeline as a picture in text: Airflow shows neither Mermaid nor embedded images in documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headrace.plan.model import Plan, Stage

#: Columns of a picture; Airflow's panel shows about sixty.
_WIDTH = 56
_ARROW = " → "


def picture(plan: Plan) -> str:
    """From the sources through the stages to the registered model. Stages that may run at once are joined by `+`."""
    steps = [" + ".join(level) for level in _levels(plan.stages)]
    return "\n".join([*_sources(plan.spec["dataset"]["sources"]), *_wrapped([*steps, *_model(plan)])])


def _sources(sources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One line for each source, with a bracket that leads them together."""
    texts = [_one_line(f"{name} ({source.get('path', source.get('type', ''))})") for name, source in sources.items()]
    width = max(map(len, texts), default=0)
    for index, text in enumerate(texts):
        end = "─┘" if index == len(texts) - 1 else "─┐" if index == 0 else "─┤"
        yield f"{text} {'─' * (width - len(text))}{end if len(texts) > 1 else ''}".rstrip()


def _levels(stages: Sequence[Stage]) -> list[list[str]]:
    """Stages by how many others have to end before them."""
    depth: dict[str, int] = {}
    for stage in stages:
        depth[stage.name] = max((depth[name] + 1 for name in stage.upstream), default=0)
    return [[name for name, at in depth.items() if at == level] for level in range(max(depth.values(), default=-1) + 1)]


def _model(plan: Plan) -> Iterator[str]:
    registry = plan.spec["registry"]
    if registry is not None and any(stage.name == "register" for stage in plan.stages):
        yield f"[{_one_line(registry['name'] or plan.pipeline)}@{registry['alias']}]"


def _wrapped(steps: Sequence[str]) -> Iterator[str]:
    line: list[str] = []
    for step in steps:
        if line and len(_ARROW.join([*line, step])) > _WIDTH:
            yield _drawn(line)
            line = []
        line.append(step)
    yield _drawn(line)


def _drawn(steps: Sequence[str]) -> str:
    return _ARROW.join(["", *steps]).lstrip()


def _one_line(text: str) -> str:
    return " ".join(text.split())
