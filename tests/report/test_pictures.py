from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.report.pictures import PICTURES, draw
from run_documents import binary_curves, diabetes, flights, wine

BINARY = {"task": "binary", "target": {"column": "late"}, "metrics": {"test": {"roc_auc": 0.7121}}}


def words(path: Path) -> list[str]:
    """Texts of a picture; it must be valid XML."""
    root = ET.fromstring(path.read_bytes())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (flights, ["roc.svg", "precision_recall.svg", "calibration.svg", "confusion.svg", "importance.svg"]),
        (wine, ["confusion.svg", "importance.svg"]),
        (diabetes, ["predicted_vs_actual.svg", "residuals.svg", "importance.svg"]),
    ],
)
def test_every_task_has_its_pictures(make: Any, expected: list[str], tmp_path: Path) -> None:
    documents = make()
    info = {**documents.documents["train/model.json"], "metrics": documents.documents["evaluate/metrics.json"]}
    assert draw(documents.documents["evaluate/curves.json"], info, tmp_path / "pictures") == expected
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == sorted(expected)
    assert all(words(tmp_path / "pictures" / name) for name in expected)
    assert all((tmp_path / "pictures" / name).stat().st_size < 60_000 for name in expected)


def test_the_numbers_stand_in_the_pictures(tmp_path: Path) -> None:
    draw(binary_curves(), {**BINARY, "metrics": {"test": {"roc_auc": 0.7121, "average_precision": 0.43}}}, tmp_path)
    assert {"0.712", "ROC AUC"} <= set(words(tmp_path / "roc.svg"))
    assert {"0.430", "guessing 23.1%"} <= set(words(tmp_path / "precision_recall.svg"))
    assert {"18,984", "92% of actual false", "1,702", "27% of actual true"} <= set(words(tmp_path / "confusion.svg"))
    assert {"Predicted late", "Actual late"} <= set(words(tmp_path / "confusion.svg"))
    assert {"departure_minute", "0.071", "0.000"} <= set(words(tmp_path / "importance.svg"))


def test_an_area_that_is_not_measured_is_taken_from_the_curve(tmp_path: Path) -> None:
    draw({"roc": {"fpr": [0, 0.5, 1], "tpr": [0, 1, 1]}}, {"task": "binary"}, tmp_path)
    assert "0.750" in words(tmp_path / "roc.svg")


def test_precision_is_drawn_from_either_end(tmp_path: Path) -> None:
    up = {"precision_recall": {"recall": [0, 0.5, 1], "precision": [1, 0.6, 0.2]}}
    down = {"precision_recall": {name: values[::-1] for name, values in up["precision_recall"].items()}}
    draw(up, BINARY, tmp_path / "up")
    draw(down, BINARY, tmp_path / "down")
    assert (tmp_path / "up/precision_recall.svg").read_bytes() == (tmp_path / "down/precision_recall.svg").read_bytes()


def test_the_same_data_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from run_documents import flights;"
        "flights().draw(Path(sys.argv[1]));"
        "import matplotlib; print('matplotlib.pyplot' in sys.modules, matplotlib.rcParams['svg.fonttype'])"
    )
    flights().draw(tmp_path / "here")
    for seed in ("1", "2"):
        rc = tmp_path / f"rc{seed}"
        rc.mkdir()
        (rc / "matplotlibrc").write_text(f"axes.labelsize: 2{seed}\naxes.labelweight: bold\n")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONHASHSEED": seed,
            "MATPLOTLIBRC": str(rc),
        }
        command = [sys.executable, "-c", code, str(tmp_path / seed)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        assert done.stdout.split() == ["False", "path"]  # no pyplot, and what was set before is set again
        for path in (tmp_path / "here").iterdir():
            assert (tmp_path / seed / path.name).read_bytes() == path.read_bytes()


def test_sixty_features_with_long_names_give_the_twenty_largest(tmp_path: Path) -> None:
    entries = [{"feature": f"feature_with_a_very_long_name_{i:02}_{'x' * i}", "mean": i, "std": 1} for i in range(60)]
    draw({"importance": entries}, BINARY, tmp_path)
    found = words(tmp_path / "importance.svg")
    names = [word for word in found if word.startswith("feature")]
    assert len(names) == 20
    assert all(len(name) <= 26 for name in names)
    assert "mean ± standard deviation · 40 smaller ones not shown" in found
    assert {"59.0", "40.0"} <= set(found)
    assert "39.0" not in found


def test_names_are_written_as_they_are(tmp_path: Path) -> None:
    names = ["$\\alpha$ & <b>", "0.123456789", "列名\x00\n名"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw({"importance": [{"feature": name, "mean": 1.0} for name in names]}, BINARY, tmp_path)
    assert {"$\\alpha$ & <b>", "0.123456789", "列名\N{REPLACEMENT CHARACTER} 名"} <= set(
        words(tmp_path / "importance.svg")
    )


def test_the_rarest_of_many_classes_are_put_together(tmp_path: Path) -> None:
    labels = [f"class {i}" for i in range(40)]
    counts = [[(1000 + i if i == j else 7) for j in range(40)] for i in range(40)]
    draw({"confusion": {"labels": labels, "counts": counts}}, {"task": "multiclass"}, tmp_path)
    found = words(tmp_path / "confusion.svg")
    assert found.count("29 others") == 2
    assert {"class 39", "class 29"} <= set(found)
    assert "class 28" not in found
    assert (tmp_path / "confusion.svg").stat().st_size < 60_000


@pytest.mark.parametrize(
    ("curves", "task", "expected"),
    [
        ({}, "binary", []),
        ({}, "regression", []),
        ({"roc": None, "confusion": [], "importance": {}}, "binary", []),
        ({"roc": {"fpr": [0.0, float("nan")], "tpr": [0.0, 1.0]}}, "binary", []),
        ({"confusion": {"labels": ["a"], "counts": [[5]]}}, "binary", ["confusion.svg"]),
        ({"confusion": {"labels": ["a", "b"], "counts": [[5, 0], [0, 0]]}}, "binary", ["confusion.svg"]),
        ({"confusion": {"labels": ["a", "b"], "counts": [[0, 0], [0, 0]]}}, "binary", []),
        ({"confusion": {"labels": ["a", "b"], "counts": [[1, 2]]}}, "multiclass", []),
        ({"calibration": {"predicted": [0.5], "observed": [0.0], "count": [3]}}, "binary", ["calibration.svg"]),
        (
            {
                "calibration": {"predicted": [0.1, 0.4], "observed": [0.1, 0.5], "count": [3, 3]},
                "score_histogram": {"edges": [0, 0.3, 0.6, 1], "negative": [1, 2], "positive": [3, 4]},
            },
            "binary",
            ["calibration.svg"],
        ),
        ({"importance": [{"feature": "only", "mean": 0.0, "std": 0.0}]}, "binary", ["importance.svg"]),
        ({"importance": [{"feature": "a", "mean": None}, {"feature": "b", "mean": float("inf")}]}, "binary", []),
        ({"predicted_vs_actual": {"actual": [1.0], "predicted": [1.0]}}, "regression", ["predicted_vs_actual.svg"]),
        (
            {"predicted_vs_actual": {"actual": [1.7e308, -1.7e308, 2], "predicted": [1, 1, 1]}},
            "regression",
            ["predicted_vs_actual.svg"],
        ),
        ({"residuals": {"edges": [0, 0], "counts": [3]}}, "regression", ["residuals.svg"]),
        ({"residuals": {"edges": [0, 1], "counts": [3, 4]}}, "regression", []),
        (binary_curves(), None, []),
    ],
)
def test_what_cannot_be_drawn_is_left_out(
    curves: dict[str, Any], task: str | None, expected: list[str], tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw(curves, {"task": task}, tmp_path) == expected
    assert all(words(tmp_path / name) for name in expected)


_number = st.one_of(st.none(), st.floats(), st.integers(-3, 3), st.text(max_size=3), st.booleans(), st.just(10**400))
_numbers = st.one_of(st.lists(_number, max_size=8), st.lists(st.floats(0, 1), min_size=2, max_size=8), st.none())
_curves = st.fixed_dictionaries(
    {},
    optional={
        "roc": st.fixed_dictionaries({"fpr": _numbers, "tpr": _numbers}),
        "precision_recall": st.fixed_dictionaries({"precision": _numbers, "recall": _numbers}),
        "calibration": st.fixed_dictionaries({"predicted": _numbers, "observed": _numbers, "count": _numbers}),
        "score_histogram": st.fixed_dictionaries({"edges": _numbers, "negative": _numbers, "positive": _numbers}),
        "confusion": st.fixed_dictionaries(
            {"labels": st.lists(st.text(max_size=40), max_size=3), "counts": st.lists(_numbers, max_size=3)}
        ),
        "importance": st.lists(
            st.fixed_dictionaries({"feature": st.text(max_size=60), "mean": _number, "std": _number}), max_size=25
        ),
        "predicted_vs_actual": st.fixed_dictionaries({"actual": _numbers, "predicted": _numbers}),
        "residuals": st.fixed_dictionaries({"edges": _numbers, "counts": _numbers}),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(curves=_curves, task=st.sampled_from(list(PICTURES)), column=st.text(max_size=50))
def test_no_data_breaks_a_picture(curves: dict[str, Any], task: str, column: str, tmp_path: Path) -> None:
    names = draw(curves, {"task": task, "target": {"column": column}, "metrics": {"test": {"roc_auc": None}}}, tmp_path)
    for name in names:
        words(tmp_path / name)
        assert (tmp_path / name).stat().st_size < 60_000
