"""Runs mutated configurations through the compiler and judges what comes out."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from config_mutations import FOLDER, LINK, Draft, Step, apply, bases, steps
from headrace.config.codes import CODES
from headrace.errors import Diagnostic
from headrace.models.index import load_index
from headrace.plan.compile import compile_pipeline
from headrace.plan.model import Plan
from headrace.project import Project

#: Processor seconds that one configuration may take.
MAX_SECONDS = 5.0
#: Bytes that the process may grow to.
MAX_MEMORY = 1 << 30
#: Seconds on the clock after which a process counts as hung and is killed: many, since other work may hold it up.
_HUNG = 180.0
#: Cases after which a process makes way for a new one: what it remembers of thousands of odd files is no finding.
_SERVED = 2_000
_LONGEST_MESSAGE = 2_000
_DIED, _HANGS = "the process died", "hangs"


@dataclass(frozen=True)
class Case:
    """One mutated configuration."""

    seed: int
    base: str
    changes: tuple[Step, ...]

    @classmethod
    def of(cls, seed: int) -> Case:
        return cls(seed, *steps(seed))


@dataclass(frozen=True)
class Finding:
    """A case that ended in neither a plan nor good diagnostics."""

    case: Case
    what: str
    detail: str = ""

    def __str__(self) -> str:
        changes = ", ".join(f"{step.name}:{step.seed}" for step in self.case.changes)
        return f"seed {self.case.seed} ({self.case.base}; {changes}): {self.what}\n{self.detail}"


class Compiler:
    """A folder in which cases are compiled one after the other."""

    def __init__(self, folder: Path) -> None:
        self._root, self._bases = folder / "project", bases()
        self._home = folder / "home"
        load_index(self._home / "compiled")  # so that parameters are held against it

    def judge(self, case: Case) -> Finding | None:
        """None for a plan, or for diagnostics that a person can use."""
        draft = self.draft(case)
        write(self._root, draft)
        before, held = time.process_time(), _most_held()
        try:
            result = compile_pipeline(Project(self._root, self._home), draft.pipeline, draft.overrides)
            what = _wrong_plan(result.plan) if result.plan else _wrong_diagnostics(result.diagnostics, self._root)
            detail = "\n".join(map(str, result.diagnostics))[:_LONGEST_MESSAGE] if what else ""
        except Exception as error:  # noqa: BLE001 - exactly what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            what, detail = f"{type(error).__name__} in {Path(last.filename).name}:{last.name}", traceback.format_exc()
        spent = time.process_time() - before
        if not what and spent > MAX_SECONDS:
            what = "slower than allowed"
            detail = f"{spent:.1f} s"
        if not what and _most_held() - held > MAX_MEMORY:
            what = "more memory than allowed"
        return Finding(case, what, detail) if what else None

    def draft(self, case: Case) -> Draft:
        return apply(self._bases[case.base], case.changes)

    def smaller(self, finding: Finding) -> Finding:
        """The same finding of a case with as few changes as it takes."""
        for step in finding.case.changes:
            fewer = tuple(other for other in finding.case.changes if other is not step)
            found = self.judge(replace(finding.case, changes=fewer))
            if found is not None and found.what == finding.what:
                finding = found
        return finding


def write(root: Path, draft: Draft) -> None:
    """The files of a draft, and nothing else, in a folder."""
    shutil.rmtree(root, ignore_errors=True)
    for name, content in draft.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content == FOLDER:
            path.mkdir()
        elif isinstance(content, str) and content.startswith(LINK):
            path.symlink_to(content.removeprefix(LINK))
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))


def _wrong_plan(plan: Plan) -> str:
    return "" if Plan.from_json(plan.to_json()).digest == plan.digest else "the plan does not survive JSON"


def _wrong_diagnostics(found: Sequence[Diagnostic], root: Path) -> str:
    if not found:
        return "no plan, and no word why"
    return next((what for diagnostic in found if (what := _wrong_diagnostic(diagnostic, root))), "")


def _wrong_diagnostic(found: Diagnostic, root: Path) -> str:
    if found.code not in CODES:
        return f"an unknown code {found.code}"
    if found.place is None or not found.place.file:
        return f"{found.code} without a place"
    if found.place.line is not None and not found.excerpt and (root / found.place.file).stat().st_size:
        return f"{found.code} without an excerpt"
    if not found.message.strip() or len(found.message) > _LONGEST_MESSAGE:
        return f"{found.code} whose message is empty or endless"
    return ""


def run(seeds: Iterable[int], workers: int, seconds: float = float("inf")) -> Iterator[Finding | int]:
    """Judge all seeds in processes of their own; yields findings, and the number of cases done so far.

    Ends early, between two cases, when that many seconds have passed.
    """
    ends, done = time.monotonic() + seconds, 0
    left = (seed for seed in seeds if time.monotonic() < ends)
    running = dict(_started() for _ in range(workers))
    asked: dict[Connection, tuple[int, float]] = {}
    served: dict[Connection, int] = {}
    try:
        while _ask(running, asked, left):
            for line, found in _answers(asked):
                del asked[line]
                if found is not None:
                    yield found
                done += 1
                served[line] = served.get(line, 0) + 1
                if served[line] >= _SERVED or (found is not None and found.what in (_DIED, _HANGS)):
                    running.pop(line).kill()
                    running.update([_started()])
                yield done
    finally:
        for process in running.values():
            process.kill()


def _ask(running: Mapping[Connection, Any], asked: dict[Connection, tuple[int, float]], left: Iterator[int]) -> bool:
    """Give work to whoever has none; whether anybody is at work."""
    for line in [line for line in running if line not in asked]:
        seed = next(left, None)
        if seed is not None:
            line.send(seed)
            asked[line] = (seed, time.monotonic())
    return bool(asked)


def _answers(asked: Mapping[Connection, tuple[int, float]]) -> Iterator[tuple[Connection, Finding | None]]:
    ready: list[Any] = wait(list(asked), timeout=1)
    for line, (seed, since) in list(asked.items()):
        if line in ready:
            yield line, _answer(line, seed)
        elif time.monotonic() - since > _HUNG:
            yield line, Finding(Case.of(seed), _HANGS)


def _answer(line: Connection, seed: int) -> Finding | None:
    try:
        found: Finding | None = line.recv()
    except EOFError:
        return Finding(Case.of(seed), _DIED)
    return found


def _started() -> tuple[Connection, Any]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    ours.recv()  # it has imported everything
    return ours, process


def _serve(line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with TemporaryDirectory(prefix="headrace-fuzz-") as folder:
        compiler = Compiler(Path(folder))
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + 2 * MAX_MEMORY,) * 2)
        line.send("ready")
        while True:
            try:
                seed = line.recv()
            except EOFError:
                return
            found = compiler.judge(Case.of(seed))
            line.send(compiler.smaller(found) if found else None)


def _address_space() -> int:
    """Bytes of addresses in use: libraries reserve more than they fill."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def difference(case: Case) -> str:
    """What a case changes, as a diff, and its overrides."""
    base = bases()[case.base]
    draft = apply(base, case.changes)
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a", base)
        write(Path(folder) / "b", draft)
        words = ["diff", "-ruaN", "--no-dereference", "a", "b"]
        shown = subprocess.run(words, cwd=folder, capture_output=True, check=False).stdout.decode(
            errors="backslashreplace"
        )
    return f"overrides: {draft.overrides}\n{shown}"


def grouped(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    """Findings by what they are."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.what, []).append(finding)
    return groups


def _most_held() -> int:
    """Bytes of the most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
