"""Stages small enough to see through: what the engine is tested with."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from headrace.errors import ChampionMovedError, DataError
from headrace.plan.model import Plan, Ref, Stage
from headrace.stages.contract import StageContext, StageResult, World
from headrace.stages.kind import StageKind


def _no_drafts(spec: object) -> tuple[()]:
    return ()


def note_call(ctx: StageContext, name: str) -> None:
    """One byte a call, in a file beside the project: survives the process."""
    with (ctx.root / f"{name}.calls").open("a") as file:
        file.write("x")


def observe_source(config: Mapping[str, Any], world: World) -> dict[str, Any]:
    return {"file": world.digest_file(world.root / config["path"])}


def read(ctx: StageContext) -> StageResult:
    note_call(ctx, "read")
    lines = (ctx.root / ctx.config["path"]).read_text().splitlines()
    newest = datetime.fromisoformat(max(lines))
    kept = [line for line in lines if ctx.as_of is None or datetime.fromisoformat(line) < ctx.as_of]
    (ctx.out / "lines").write_text("\n".join(kept))
    return StageResult({"rows": len(kept)}, holds_after=newest)


def double(ctx: StageContext) -> StageResult:
    note_call(ctx, "double")
    text = ctx.inputs["lines"].read_text()
    (ctx.out / "half").write_text(text)
    if (ctx.root / "hang").exists():
        (ctx.root / "hanging").touch()
        time.sleep(60)
    if ctx.config.get("fails"):
        raise DataError("no good: " + str(ctx.config["fails"]), key="toy.fails")
    time.sleep(float(ctx.config.get("sleep", 0)))
    (ctx.out / "doubled").write_text(text * int(ctx.config["times"]))
    return StageResult({"pid": os.getpid()})


def decide(ctx: StageContext) -> StageResult:
    note_call(ctx, "decide")
    (ctx.out / "decision").write_text(str(ctx.observed["champion"]))
    return StageResult({"saw": ctx.observed["champion"]}, refused=bool(ctx.config.get("refuse")))


def observe_champion(config: Mapping[str, Any], world: World) -> dict[str, Any]:
    path = world.root / "champion"
    return {"champion": path.read_text() if path.exists() else None}


def crown(ctx: StageContext) -> StageResult:
    note_call(ctx, "crown")
    rival = ctx.root / "rival"
    if rival.exists():  # another run promotes between this one's decision and its promotion
        rival.replace(ctx.root / "champion")
        raise ChampionMovedError("the champion has moved")
    (ctx.root / "champion").write_text(ctx.inputs["doubled"].read_text()[:5])
    (ctx.out / "crowned").write_text("yes")
    return StageResult({"promoted": True})


def tell(ctx: StageContext) -> StageResult:
    note_call(ctx, "tell")
    assert ctx.run is not None
    (ctx.out / "inputs").write_text("\n".join(sorted(ctx.inputs)))
    return StageResult({"run_id": ctx.run.run_id, "inputs": sorted(ctx.inputs)})


_KINDS = {
    kind.type: kind
    for kind in (
        StageKind("read", "toy_stages:read", _no_drafts, clocked=True, observe="toy_stages:observe_source"),
        StageKind("double", "toy_stages:double", _no_drafts),
        StageKind("decide", "toy_stages:decide", _no_drafts, effect=True, observe="toy_stages:observe_champion"),
        StageKind(
            "crown", "toy_stages:crown", _no_drafts, effect=True, observe="toy_stages:observe_champion", settles=True
        ),
        StageKind("tell", "toy_stages:tell", _no_drafts, effect=True, even_if_refused=True),
    )
}
kind_of = _KINDS.__getitem__


def toy_plan(*, times: int = 2, refuse: bool = False, **double_config: Any) -> Plan:
    """read → double → decide → crown → tell."""

    def stage(name: str, config: Mapping[str, Any], inputs: Mapping[str, Ref], after: tuple[str, ...] = ()) -> Stage:
        return Stage(name, name, config, inputs, recipe=f"{name} {sorted(config.items())}", after=after)

    return Plan(
        pipeline="toy",
        spec={"times": times, "refuse": refuse, **double_config},
        stages=(
            stage("read", {"path": "source.txt"}, {}),
            stage("double", {"times": times, **double_config}, {"lines": Ref("read", "lines")}),
            stage("decide", {"refuse": refuse}, {"doubled": Ref("double", "doubled")}),
            stage("crown", {}, {"doubled": Ref("double", "doubled")}, after=("decide",)),
            stage("tell", {}, {name: Ref(name, "*") for name in ("read", "double", "decide", "crown")}),
        ),
    )


def calls(root: Path) -> dict[str, int]:
    """How often each stage's work was done."""
    return {path.stem: path.stat().st_size for path in sorted(root.glob("*.calls"))}
