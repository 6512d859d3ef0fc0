"""The one table of stage kinds. A pipeline's stages are what each kind drafts for its Spec, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from headrace.plan.model import Ref
from headrace.stages.kind import Draft, StageKind

if TYPE_CHECKING:  # a plan that is already compiled is read without the schema
    from pydantic import BaseModel

    from headrace.config.schema.spec import Spec


_TRAINED = {"model": Ref("train", "model.skops"), "model_info": Ref("train", "model.json")}


def _slice(part: BaseModel | None) -> Any:
    return None if part is None else part.model_dump(mode="json")


def _registry_slice(spec: Spec) -> dict[str, Any]:
    """Where models of this pipeline are tracked and registered."""
    assert spec.registry is not None
    return {
        "tracking": _slice(spec.tracking),
        "registry": {"name": spec.registry.name or spec.name, "alias": spec.registry.alias},
        "pipeline": spec.name,
    }


def _table(spec: Spec) -> Ref:
    """The table that a model learns from: the transform's, or the only source."""
    if spec.dataset.transform is not None:
        return Ref("transform", "table.parquet")
    return Ref("ingest", f"{next(iter(spec.dataset.sources))}.parquet")


def _estimator_distributions(spec: Spec) -> tuple[str, ...]:
    assert spec.model is not None
    root = spec.model.type.partition(".")[0]
    return () if root == "sklearn" else (root,)


def _ingest(spec: Spec) -> Iterator[Draft]:
    # What is declared of leakage is for whoever checks the features: the rows are the same.
    sources = {n: source.model_dump(mode="json", exclude={"known_at"}) for n, source in spec.dataset.sources.items()}
    yield Draft("ingest", {"sources": sources, "data_roots": list(spec.data_roots)})


def _validate(spec: Spec) -> Iterator[Draft]:
    rules = {name: _slice(part) for name, part in spec.validation.items()}
    on_sources = {name: part for name, part in rules.items() if name in spec.dataset.sources}
    if on_sources:
        inputs = {name: Ref("ingest", f"{name}.parquet") for name in on_sources}
        yield Draft("validate", {"tables": on_sources}, inputs)
    if "table" in rules and "table" not in spec.dataset.sources:
        yield Draft("validate_table", {"tables": {"table": rules["table"]}}, {"table": _table(spec)})


def _transform(spec: Spec) -> Iterator[Draft]:
    if spec.dataset.transform is None:
        return
    unused = {"file"} if spec.dataset.transform.parameters else {"file", "parameters"}
    transform = spec.dataset.transform.model_dump(mode="json", exclude=unused)
    config = {"transform": transform, "row_id": _names(spec.dataset.row_id)}
    after = tuple(draft.name for draft in _validate(spec) if draft.name == "validate")
    inputs = {name: Ref("ingest", f"{name}.parquet") for name in spec.dataset.sources}
    yield Draft("transform", config, inputs, after)


def _names(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _values(where: Mapping[str, Any]) -> dict[str, Any]:
    return {column: list(value) if isinstance(value, tuple) else value for column, value in where.items()}


def _split(spec: Spec) -> Iterator[Draft]:
    if spec.split is None:
        return
    config = {
        "split": _slice(spec.split),
        "row_id": _names(spec.dataset.row_id),
        "target": spec.target.column if spec.target else None,
        **({"where": _values(spec.dataset.where)} if spec.dataset.where else {}),
    }
    yield Draft("split", config, {"table": _table(spec)}, tuple(draft.name for draft in _validate(spec)))


def _parts(spec: Spec) -> dict[str, Ref]:
    has_validation = spec.split is not None and spec.split.validation is not None
    names = ("train", "validation") if has_validation else ("train",)
    return {name: Ref("split", f"{name}.parquet") for name in names}


def _learning_slice(spec: Spec) -> dict[str, Any]:
    return {"task": spec.task, "target": _slice(spec.target), "seed": spec.seed}


def can_stop_early(spec: Spec) -> bool:
    """Whether there is a part to watch: without one, all rounds are fitted."""
    return spec.split is not None and spec.split.validation is not None


def _train(spec: Spec) -> Iterator[Draft]:
    if spec.model is None:
        return
    model = spec.model
    if not can_stop_early(spec):
        model = model.model_copy(update={"early_stopping": None})
    config = {
        **_learning_slice(spec),
        "features": _slice(spec.features),
        "model": _slice(model),
        "model_packages": list(spec.model_packages),
    }
    yield Draft("train", config, _parts(spec), distributions=_estimator_distributions(spec))


def _evaluate(spec: Spec) -> Iterator[Draft]:
    if spec.model is None:
        return
    config = {**_learning_slice(spec), "metrics": list(spec.metrics), "row_id": _names(spec.dataset.row_id)}
    inputs = {**_TRAINED, **_parts(spec), "test": Ref("split", "test.parquet")}
    yield Draft("evaluate", config, inputs, distributions=_estimator_distributions(spec))


def _gate(spec: Spec) -> Iterator[Draft]:
    if spec.model is None or spec.registry is None or not spec.gates:
        return
    config = {
        **_registry_slice(spec),
        "task": spec.task,
        "target": _slice(spec.target),
        "metrics": list(spec.metrics),
        "gates": [_slice(gate) for gate in spec.gates],
    }
    inputs = {
        "metrics": Ref("evaluate", "metrics.json"),
        "test": Ref("split", "test.parquet"),
        **_TRAINED,
    }
    yield Draft("gate", config, inputs)


def _after_gate(spec: Spec) -> tuple[str, ...]:
    return tuple(draft.name for draft in _gate(spec))


def _register(spec: Spec) -> Iterator[Draft]:
    if spec.model is None or spec.registry is None:
        return
    config = {
        **_registry_slice(spec),
        "task": spec.task,
        "description": spec.description,
        "owner": spec.owner,
        "tags": list(spec.tags),
    }
    inputs = {**_TRAINED, "metrics": Ref("evaluate", "metrics.json")}
    yield Draft("register", config, inputs, _after_gate(spec))


def _promote(spec: Spec) -> Iterator[Draft]:
    if spec.model is None or spec.registry is None:
        return
    inputs = {"version": Ref("register", "version.json")}
    if spec.gates:
        inputs["gates"] = Ref("gate", "gates.json")
    yield Draft("promote", _registry_slice(spec), inputs)


def _track(spec: Spec) -> Iterator[Draft]:
    config = {
        "tracking": _slice(spec.tracking),
        "pipeline": spec.name,
        "description": spec.description,
        "owner": spec.owner,
        "tags": list(spec.tags),
        "task": spec.task,
        **({"member": spec.member} if spec.member else {}),
    }
    others = [draft.name for kind in STAGES if kind.type != "track" for draft in kind.draft(spec)]
    yield Draft("track", config, {name: Ref(name, "*") for name in others})


_CHAMPION = "headrace.registry:observe_champion"
_PLACE = "headrace.tracking.place:observe_place"

STAGES: tuple[StageKind, ...] = (
    StageKind(
        "ingest",
        "headrace.stages.ingest:run",
        _ingest,
        ("numpy", "pyarrow"),
        clocked=True,
        observe="headrace.data.files:observe",
        lasting=True,
    ),
    StageKind("validate", "headrace.stages.validate:run", _validate, ("pandera", "polars")),
    StageKind("transform", "headrace.stages.transform:run", _transform, ("duckdb", "polars", "pyarrow", "sqlglot")),
    StageKind("split", "headrace.stages.split:run", _split, ("duckdb", "polars", "pyarrow"), clocked=True),
    StageKind("train", "headrace.stages.train:run", _train, ("numpy", "pandas", "scikit-learn", "skops"), lasting=True),
    StageKind("evaluate", "headrace.stages.evaluate:run", _evaluate, ("matplotlib", "numpy", "pandas", "scikit-learn")),
    StageKind("gate", "headrace.stages.gate:run", _gate, effect=True, observe=_CHAMPION),
    StageKind("register", "headrace.stages.register:run", _register, effect=True, observe=_PLACE),
    StageKind("promote", "headrace.stages.promote:run", _promote, effect=True, observe=_CHAMPION, settles=True),
    StageKind("track", "headrace.stages.track:run", _track, effect=True, observe=_PLACE, even_if_refused=True),
)

_BY_TYPE = {kind.type: kind for kind in STAGES}


def kind_of(stage_type: str) -> StageKind:
    """The kind of that type; KeyError if there is none."""
    return _BY_TYPE[stage_type]
