"""What a reviewer should look at first, and why: each rule looks at one pipeline's change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from headrace.change.document import PipelineChange, Risk, Severity, ValueChange
from headrace.change.production import alias, registered_name
from headrace.errors import Place
from headrace.plan.model import Plan

_ORDER: dict[Severity, int] = {"high": 0, "medium": 1, "low": 2}
#: From how many runs on making up for the past is more than a nuisance.
_MANY_RUNS = 50


@dataclass(frozen=True, slots=True)
class Case:
    """One pipeline's change with what it was made from."""

    change: PipelineChange
    before: Plan | None
    after: Plan | None
    values: tuple[ValueChange, ...] = ()

    def risk(self, severity: Severity, message: str, reason: str, place: Place | None = None) -> Risk:
        """A risk of this pipeline."""
        return Risk(severity, message, reason, (self.change.name,), place)

    def place(self, path: str) -> Place | None:
        """Where a value is written now, or was."""
        plan = self.after or self.before
        return plan.place_of(path) if plan else None

    @property
    def top(self) -> Place | None:
        """The pipeline's own file."""
        plan = self.after or self.before
        return plan.places.get("") if plan else None


Rule = Callable[[Case], Iterator[Risk]]


def risks(cases: Sequence[Case]) -> tuple[Risk, ...]:
    """Every risk, the worst first; one that several pipelines share is told once."""
    found: dict[tuple[object, ...], Risk] = {}
    for case in cases:
        for rule in RULES:
            for risk in rule(case):
                key = (risk.severity, risk.message, risk.reason, risk.place)
                known = found.get(key)
                names = (*known.pipelines, *risk.pipelines) if known else risk.pipelines
                found[key] = Risk(risk.severity, risk.message, risk.reason, names, risk.place)
    return tuple(sorted(found.values(), key=lambda risk: (_ORDER[risk.severity], risk.pipelines)))


def _broken(case: Case) -> Iterator[Risk]:
    if case.change.state not in ("breaks", "broken"):
        return
    first = next((found for found in case.change.diagnostics if found.severity == "error"), None)
    why = f"nothing of it runs, and its DAG fails: {first.code}, {first.message}" if first else "see `headrace lint`"
    place = first.place if first else None
    if case.change.state == "broken":
        yield case.risk("medium", "does not compile, as before this change", why, place)
    else:
        yield case.risk("high", "does not compile any more", why, place)


def _gone(case: Case) -> Iterator[Risk]:
    name = registered_name(case.before)
    if case.change.state == "removed" and name:
        yield case.risk("high", "the pipeline and its DAG are deleted", f"the model {name} is served on and gets old")


def _renamed(case: Case) -> Iterator[Risk]:
    old, new = registered_name(case.before), registered_name(case.after)
    if case.before is None or case.after is None or old is None or new is None or old == new:
        return
    what = "renamed, and its registered model with it" if case.change.renamed_from else "registered under another name"
    absent = [gate["if_absent"] for gate in case.after.spec["gates"] if gate.get("baseline") == "champion"]
    first = (
        "the first model is promoted without a comparison" if "refuse" not in absent else "the first model is refused"
    )
    yield case.risk(
        "high",
        f"{what}: {old} → {new}",
        f"{new} has no champion to compare with: {first}",
        case.top if case.change.renamed_from else case.place("registry.name"),
    )


def _gates(case: Case) -> Iterator[Risk]:
    if case.before is None or case.after is None:
        return
    for gate in case.change.gates:
        notes = f"; {'; '.join(gate.notes)}" if gate.notes else ""
        if gate.fate == "removed":
            yield case.risk(
                "high", f"gate removed: {gate.before}", "models that it refused can be promoted", gate.place
            )
        elif gate.fate == "loosened":
            reason = f"models that it refused can be promoted{notes}"
            yield case.risk("high", f"gate loosened: {gate.before} → {gate.after}", reason, gate.place)
        elif gate.fate == "changed":
            reason = f"it lets other models through than before{notes}"
            yield case.risk("medium", f"gate changed: {gate.before} → {gate.after}", reason, gate.place)
        elif gate.fate == "tightened":
            reason = "a model like today's champion may be refused"
            yield case.risk("low", f"gate tightened: {gate.before} → {gate.after}", reason, gate.place)
        elif gate.notes:
            yield case.risk("medium", f"gate added: {gate.after}", "; ".join(gate.notes), gate.place)


def _no_gates(case: Case) -> Iterator[Risk]:
    if case.after is None or registered_name(case.after) is None or case.after.spec["gates"]:
        return
    if case.before is None or case.before.spec["gates"]:
        reason = f"every model that trains becomes {alias(case.after)}"
        yield case.risk("high", "there is no gate at all", reason, case.place("gates"))


def _champion_elsewhere(case: Case) -> Iterator[Risk]:
    if case.before is None or case.after is None:
        return
    for key in ("tracking.uri", "tracking.registry_uri", "registry.alias"):
        change = _value(case, key)
        if change and registered_name(case.after):
            reason = "today's champion is not found there, so gates see none"
            yield case.risk("high", f"{key} changes: {change.before} → {change.after}", reason, change.after_place)


def _comparability(case: Case) -> Iterator[Risk]:
    for reason in case.change.incomparable:
        serious = "split" not in reason
        path = "split" if not serious else "task" if "task" in reason else "target"
        yield case.risk(
            "high" if serious else "medium",
            f"scores are not comparable with earlier ones: {reason}",
            "a better or worse number says nothing about the model",
            case.place(path),
        )


def _schedule(case: Case) -> Iterator[Risk]:
    change = case.change.schedule
    if change is None:
        return
    if change.backfill:
        count = f"{'more than ' if change.backfill_is_more else ''}{change.backfill:,}"
        severity: Severity = "high" if change.backfill >= _MANY_RUNS else "medium"
        yield case.risk(
            severity,
            f"catchup starts {count} runs for days that are past",
            "they begin as soon as the DAG is unpaused",
            case.place("schedule.catchup"),
        )
    if change.times_as_often and change.times_as_often >= 2:
        reason = "it costs as much more, and a run may not end before the next one begins"
        yield case.risk("medium", f"runs {change.times_as_often:g} times as often", reason, case.place("schedule.cron"))
    if change.times_as_often and change.times_as_often <= 0.5:
        yield case.risk(
            "low",
            f"runs {change.times_as_often:g} times as often",
            "the champion gets older between runs",
            case.place("schedule.cron"),
        )
    if change.fate == "renamed" and change.next_after:
        reason = "Airflow takes it for a new DAG, which begins paused: no run starts until somebody unpauses it"
        yield case.risk(
            "medium", f"its DAG is a new one: {case.change.renamed_from} → {case.change.name}", reason, case.top
        )
    ends = change.fate == "rescheduled" and not change.next_after and not _starts_at_other_times(case)
    stops = change.fate == "by hand" or ends
    if stops and change.next_before:
        yield case.risk(
            "medium", "its scheduled runs end", "the champion is renewed only by hand", case.place("schedule.cron")
        )


def _starts_at_other_times(case: Case) -> bool:
    """Whether data, a timetable or the end of the last run starts runs: at moments that nobody can tell."""
    schedule = case.after.spec.get("schedule", {}) if case.after else {}
    return any(schedule.get(key) for key in ("assets", "depends_on", "timetable", "continuous", "once"))


def _features(case: Case) -> Iterator[Risk]:
    for fate, severity, reason in (
        ("added", "medium", "whoever asks a served model must send it"),
        ("dropped", "low", "the model no longer sees it"),
        ("type", "medium", "values of the old type in requests may be refused"),
        ("moved", "low", "it reaches the model in another form"),
    ):
        columns = [feature.column for feature in case.change.features if feature.fate == fate]
        if columns:
            what = {"type": "of another type", "moved": "treated otherwise"}.get(fate, fate)
            plural = "s" if len(columns) > 1 else ""
            yield case.risk(severity, f"feature{plural} {what}: {', '.join(columns)}", reason, case.place("features"))  # type: ignore[arg-type]


def _data(case: Case) -> Iterator[Risk]:
    if case.before is None or case.after is None:
        return
    for change in case.values:
        if (
            change.path.startswith("dataset.sources.")
            and change.path.endswith(".path")
            and change.before
            and change.after
        ):
            yield case.risk(
                "medium",
                f"reads other data: {change.before} → {change.after}",
                "scores move with the data",
                change.after_place,
            )
        if change.path.startswith("validation.") and change.after in (None, "null"):
            yield case.risk(
                "medium",
                f"a check is gone: {change.path} ({change.before})",
                "data that it stopped reaches the model",
                change.before_place,
            )
    sql = case.change.sql
    if sql is not None and not sql.is_layout and (sql.rows or sql.unknown):
        what = f"{', '.join(sql.rows)} changed" if sql.rows else sql.unknown
        yield case.risk(
            "medium",
            f"the SQL gives other rows: {what}",
            "scores move with the data",
            case.place("dataset.transform.query"),
        )


def _trust(case: Case) -> Iterator[Risk]:
    for change in case.values:
        if change.before and "${secret:" in change.before and "${secret:" not in (change.after or "${secret:"):
            yield case.risk(
                "high",
                f"{change.path} was a secret's name and is plain text now",
                "everyone who reads the file reads it",
                change.after_place,
            )
        if change.path == "model_packages" and case.before is not None:
            yield case.risk(
                "medium",
                f"model_packages: {change.before} → {change.after}",
                "YAML may name code of these packages",
                change.after_place,
            )
        if change.path.startswith("notify") and change.after is None:
            yield case.risk(
                "medium",
                f"a listener is gone: {change.before}",
                "nobody there hears of failures any more",
                change.before_place,
            )
        if change.path == "seed" and case.before is not None:
            yield case.risk(
                "low",
                f"another seed: {change.before} → {change.after}",
                "scores move without a better model",
                change.after_place,
            )


def _store(case: Case) -> Iterator[Risk]:
    change = _value(case, "home")
    if change and case.before is not None and case.after is not None:
        yield case.risk(
            "high",
            f"home moves: {change.before} → {change.after}",
            "no earlier result is found, and a database there starts without a champion",
            change.after_place,
        )


def _value(case: Case, path: str) -> ValueChange | None:
    return next((value for value in case.values if value.path == path), None)


#: To add a rule, write it here and name it.
RULES: tuple[Rule, ...] = (
    _broken,
    _gone,
    _renamed,
    _no_gates,
    _gates,
    _champion_elsewhere,
    _comparability,
    _trust,
    _store,
    _schedule,
    _data,
    _features,
)
