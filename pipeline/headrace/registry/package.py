"""A model as MLflow keeps it: a folder that loads, scores and serves where headrace is not installed."""

from __future__ import annotations

import json
import platform
import re
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.models import Model, ModelSignature

#: What loading and scoring import, whatever the estimator is.
_ALWAYS = ("mlflow", "numpy", "pandas", "scikit-learn", "skops")
_LOADER = "headrace_features.scoring"
_EXAMPLE = "input_example.json"
_SERVING_EXAMPLE = "serving_input_example.json"


def write_package(folder: Path, model: Path, info_file: Path, mlflow_model: Model) -> None:
    """Fill `folder` with an MLflow model around a saved one, which is copied and never loaded or saved again.

    `model` is the skops file and `info_file` the `model.json` beside it. The description's input example is scored
    once, so that a model which cannot score is found here and not in production; what that raises is not caught.
    """
    from mlflow import pyfunc

    info = json.loads(info_file.read_text(encoding="utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model, folder / "model.skops")
    shutil.copyfile(info_file, folder / "model.json")
    _copy_scoring_code(folder / "code")
    _write_environment(folder, info)
    example = _input_example(info)
    mlflow_model.signature = signature_of(info, _scored(folder, example))
    if example is not None:
        mlflow_model.saved_input_example_info = _write_example(folder, example)
    environment = {"conda_env": "conda.yaml", "python_env": "python_env.yaml"}
    pyfunc.add_to_model(mlflow_model, loader_module=_LOADER, code="code", **environment)
    mlflow_model.add_flavor(
        "sklearn",
        pickled_model="model.skops",
        sklearn_version=version("scikit-learn"),
        serialization_format="skops",
        skops_trusted_types=list(info.get("trusted_types", ())),
        code="code",
    )
    mlflow_model.model_size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    mlflow_model.save(folder / "MLmodel")


def signature_of(info: Mapping[str, Any], scored: pd.DataFrame | None) -> ModelSignature:
    """Input and output columns of a model.

    Numbers are declared `any`: MLflow turns whole numbers away where it expects doubles, and gaps where it expects
    whole numbers, so no numeric type takes every table that the model itself takes. Text is `string`.
    """
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types import ColSpec, DataType, Schema, TensorSpec
    from mlflow.types.schema import AnyType

    types = info.get("input_dtypes", {})
    features = (*info["features"]["numeric"], *info["features"]["categorical"])
    number = AnyType()  # type: ignore[no-untyped-call]
    columns: list[ColSpec | TensorSpec] = [
        ColSpec(DataType.string if types.get(name) == "string" else number, name, required=True) for name in features
    ]
    outputs = infer_signature(scored).inputs if scored is not None else None
    return ModelSignature(inputs=Schema(columns), outputs=outputs)


def requirements_of(info: Mapping[str, Any]) -> list[str]:
    """Pinned requirements: those of the description, and what loading needs in any case."""
    declared = list(info.get("requirements", ()))
    named = {re.split(r"[=<>!~\[; ]", requirement, maxsplit=1)[0].lower() for requirement in declared}
    return sorted([*declared, *(_pinned(name) for name in _ALWAYS if name not in named)])


def _pinned(name: str) -> str:
    try:
        return f"{name}=={version(name)}"
    except PackageNotFoundError:
        return name


def _copy_scoring_code(folder: Path) -> None:
    import headrace_features

    source = Path(headrace_features.__file__).parent
    for path in sorted(source.rglob("*.py")):
        target = folder / source.name / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _write_environment(folder: Path, info: Mapping[str, Any]) -> None:
    """The three forms in which MLflow rebuilds an environment; written, not inferred: that takes seconds."""
    import yaml

    requirements = requirements_of(info)
    python = platform.python_version()
    (folder / "requirements.txt").write_text("\n".join(requirements) + "\n")
    python_env = {"python": python, "build_dependencies": ["pip"], "dependencies": ["-r requirements.txt"]}
    (folder / "python_env.yaml").write_text(yaml.safe_dump(python_env, sort_keys=False))
    dependencies = [f"python={python}", "pip", {"pip": requirements}]
    conda = {"name": "mlflow-env", "channels": ["conda-forge"], "dependencies": dependencies}
    (folder / "conda.yaml").write_text(yaml.safe_dump(conda, sort_keys=False))


def _input_example(info: Mapping[str, Any]) -> pd.DataFrame | None:
    import pandas as pd

    rows: Sequence[Mapping[str, Any]] = info.get("input_example", ())
    features = [*info["features"]["numeric"], *info["features"]["categorical"]]
    return pd.DataFrame.from_records(list(rows), columns=features) if rows else None


def _scored(folder: Path, example: pd.DataFrame | None) -> pd.DataFrame | None:
    from headrace_features.scoring import load

    return None if example is None else load(folder).predict(example)


def _write_example(folder: Path, example: pd.DataFrame) -> dict[str, Any]:
    """The example as a table, and as the body of a request to a served model."""
    split = json.loads(example.to_json(orient="split", index=False, double_precision=15))
    split = {"columns": split["columns"], "data": split["data"]}
    (folder / _EXAMPLE).write_text(json.dumps(split))
    (folder / _SERVING_EXAMPLE).write_text(json.dumps({"dataframe_split": split}))
    return {
        "artifact_path": _EXAMPLE,
        "serving_input_path": _SERVING_EXAMPLE,
        "type": "dataframe",
        "pandas_orient": "split",
    }
