"""The MLflow model of a trained one: it loads and scores where headrace is not installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from mlflow.models import Model

from headrace.registry import promote_version, register_version
from headrace.registry.package import requirements_of, signature_of, write_package
from headrace_features.scoring import load
from registered import fresh_settings, run_key, train


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    trained = train(tmp_path_factory.mktemp("trained"))
    folder = tmp_path_factory.mktemp("package")
    write_package(folder, trained.model, trained.info, Model())
    return folder


def test_it_holds_the_model_unchanged_and_all_that_loading_needs(package: Path, tmp_path: Path) -> None:
    trained = train(tmp_path)

    assert (package / "model.skops").stat().st_size == trained.model.stat().st_size
    names = {path.relative_to(package).as_posix() for path in package.rglob("*") if path.is_file()}
    assert {"MLmodel", "model.skops", "model.json", "requirements.txt", "conda.yaml", "python_env.yaml"} <= names
    assert "code/headrace_features/scoring.py" in names
    assert not {name for name in names if "__pycache__" in name}


def test_its_signature_names_columns_in_and_out(package: Path) -> None:
    signature = Model.load(str(package)).signature

    assert signature.inputs.input_names() == ["distance", "temp", "carrier"]
    assert signature.outputs.input_names() == ["prediction", "probability"]
    assert [str(column.type) for column in signature.outputs.inputs] == ["DataType.boolean", "DataType.double"]


def test_a_description_without_an_example_still_has_inputs() -> None:
    signature = signature_of({"features": {"numeric": ["a"], "categorical": ["b"]}}, None)

    assert signature.inputs.input_names() == ["a", "b"]
    assert signature.outputs is None


def test_its_requirements_are_pinned_once_each() -> None:
    requirements = requirements_of({"requirements": ["xgboost==3.2.0", "scikit-learn==1.6.0"]})

    assert {"xgboost==3.2.0", "scikit-learn==1.6.0"} <= set(requirements)
    assert all("==" in requirement for requirement in requirements)
    names = [requirement.partition("==")[0] for requirement in requirements]
    assert sorted(names) == ["mlflow", "numpy", "pandas", "scikit-learn", "skops", "xgboost"]
    assert "headrace" not in " ".join(requirements)


def test_its_environment_is_told_in_each_of_mlflows_forms(package: Path) -> None:
    requirements = (package / "requirements.txt").read_text().split()
    conda = yaml.safe_load((package / "conda.yaml").read_text())

    assert conda["dependencies"][-1] == {"pip": requirements}
    assert yaml.safe_load((package / "python_env.yaml").read_text())["python"].count(".") == 2


def test_a_model_that_cannot_score_its_example_is_not_packed(tmp_path: Path) -> None:
    trained = train(tmp_path / "trained")
    info = json.loads(trained.info.read_text())
    info["input_example"] = [{"distance": "far", "temp": 1.0, "carrier": "AA"}]
    trained.info.write_text(json.dumps(info))

    with pytest.raises(ValueError, match="distance"):
        write_package(tmp_path / "package", trained.model, trained.info, Model())


CLEAN = """
import importlib.abc, json, sys

class NoHeadrace(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "headrace":
            raise ModuleNotFoundError(f"No module named {name!r}")
        return None

sys.meta_path.insert(0, NoHeadrace())
sys.path[:] = [entry for entry in sys.path if not entry.endswith("/pipeline")]
import mlflow, pandas as pd
model = mlflow.pyfunc.load_model("models:/late@champion")
import headrace_features
assert "artifacts/code/headrace_features" in headrace_features.__file__, headrace_features.__file__
frame = pd.read_parquet(sys.argv[1])
print(json.dumps({
    "test": model.predict(frame).to_dict("list"),
    "typed by hand": model.predict(pd.DataFrame([{"distance": 1400, "temp": 39, "carrier": None}])).to_dict("list"),
    "gaps": model.predict(frame.assign(carrier="new", distance=frame["distance"].astype("Int64"))).to_dict("list"),
    "example": model.predict(model.input_example).to_dict("list"),
    "sklearn": type(mlflow.sklearn.load_model("models:/late@champion")).__name__,
}))
"""


def test_it_predicts_the_same_where_headrace_is_not_installed(tmp_path: Path) -> None:
    settings, trained = fresh_settings(tmp_path), train(tmp_path / "trained")
    version = register_version(settings, run_key(), "late", trained.candidate())
    promote_version(settings, "late", "champion", version.version, None)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    done = subprocess.run(
        [sys.executable, "-c", CLEAN, str(trained.test)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**environment, "MLFLOW_TRACKING_URI": settings.tracking_uri, "MLFLOW_DISABLE_TELEMETRY": "true"},
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    scorer = load(trained.folder)
    assert said["test"] == scorer.predict(trained.rows).to_dict("list")
    one = pd.DataFrame([{"distance": 1400, "temp": 39, "carrier": None}])
    assert said["typed by hand"] == scorer.predict(one).to_dict("list")
    assert len(said["gaps"]["prediction"]) == len(trained.rows)
    assert len(said["example"]["probability"]) == 3
    assert said["sklearn"] == "Pipeline"
