"""Live progress of a run: a display on a terminal, plain lines into a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from headrace.cli.wording import detail, seconds_text
from headrace.plan.model import Plan
from headrace.run.engine import Event, Listener, silent

_MARKS = {"ran": "✓", "reused": "=", "failed": "✗", "skipped": "-"}


@contextmanager
def progress(plan: Plan, *, quiet: bool) -> Iterator[Listener]:
    """A listener that shows what happens, on stdout."""
    if quiet:
        yield silent
    elif sys.stdout.isatty():
        with _live(plan) as listener:
            yield listener
    else:
        yield _plain(plan, sys.stdout)


def _plain(plan: Plan, stream: TextIO) -> Listener:
    """A line when a stage ends. What is reused in a row is said in a line at the end of the row."""
    width = max(len(stage.name) for stage in plan.stages)

    def listen(event: Event) -> None:
        if event.status != "started":
            print(_line(event, width), file=stream, flush=True)

    return listen


def _line(event: Event, width: int) -> str:
    took = seconds_text(event.seconds) if event.status == "ran" else ""
    status = "refused" if event.refused else event.status
    return f"  {event.stage:<{width}}  {status:<7} {took:>9}  {detail(event.stage, event.facts)}".rstrip()


@contextmanager
def _live(plan: Plan) -> Iterator[Listener]:
    """Finished stages scroll above; the one at work has a spinner and a clock."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    width = max(len(stage.name) for stage in plan.stages)
    console = Console(highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as display:
        yield _live_listener(display.console.print, display, width)


def _live_listener(say: Callable[..., None], display: object, width: int) -> Listener:
    from rich.markup import escape
    from rich.progress import Progress, TaskID

    assert isinstance(display, Progress)
    styles = {"ran": "green", "reused": "dim", "failed": "red bold", "skipped": "dim"}
    current: list[TaskID] = []

    def listen(event: Event) -> None:
        if event.status == "started":
            current.append(display.add_task(f"{event.stage:<{width}}", total=None))
            return
        while current:
            display.remove_task(current.pop())
        style = "yellow" if event.refused else styles[event.status]
        say(f"[{style}]{_MARKS[event.status]}[/]{escape(_line(event, width)[1:])}")

    return listen
