"""Scoring files with the champion."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.errors import DataError, ServiceError, UsageError
from headrace.predict import Summary, features_of_text, predict
from headrace.registry import UnusableModelError, promote_version, register_version
from headrace.tracking import Settings
from headrace_features.scoring import load
from registered import Trained, fresh_settings, run_key, train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="module")
def settings(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = fresh_settings(tmp_path_factory.mktemp("project"))
    version = register_version(settings, run_key(), "late", trained.candidate())
    promote_version(settings, "late", "champion", version.version, None)
    return settings


def score(settings: Settings, data: Path, out: Path) -> Summary:
    return predict(settings, "late", "champion", data, out)


def read_text(path: Path) -> str:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


def expected(trained: Trained) -> pd.DataFrame:
    return load(trained.folder).predict(trained.rows)


def test_parquet_to_parquet_keeps_columns_and_their_types(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    summary = score(settings, trained.test, tmp_path / "out.parquet")

    assert summary == Summary("late", "1", "champion", 80, ("prediction", "probability"), tmp_path / "out.parquet")
    before, after = pq.read_table(trained.test), pq.read_table(tmp_path / "out.parquet")
    assert after.select(before.column_names).equals(before)
    pd.testing.assert_frame_equal(after.select(["prediction", "probability"]).to_pandas(), expected(trained))


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_csv_to_csv_keeps_every_field_as_it_was(
    settings: Settings, trained: Trained, tmp_path: Path, suffix: str
) -> None:
    rows = trained.rows.assign(flight="007", note='a "quoted", field\nof two lines')
    data, out = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    rows.to_csv(data, index=False)

    score(settings, data, out)

    before = pd.read_csv(data, dtype=str, keep_default_na=False)
    after = pd.read_csv(out, dtype=str, keep_default_na=False)
    pd.testing.assert_frame_equal(after[list(before.columns)], before)
    after[list(before.columns)].to_csv(tmp_path / f"again{suffix}", index=False)
    assert read_text(tmp_path / f"again{suffix}") == read_text(data)
    assert after["probability"].astype(float).tolist() == pytest.approx(expected(trained)["probability"].tolist())
    assert (after["prediction"] == "true").tolist() == expected(trained)["prediction"].tolist()


def test_categories_that_were_numbers_in_training_are_numbers_in_text(trained: Trained, tmp_path: Path) -> None:
    table = pa.table({"month": ["5", "05", "5.0", "", "new"]})
    info = {"features": {"numeric": [], "categorical": ["month"]}, "input_dtypes": {"month": "long"}}

    whole = features_of_text(table.slice(0, 4), [], info, tmp_path)
    with_text = features_of_text(table, [], info, tmp_path)

    assert whole["month"].to_pylist() == [5.0, 5.0, 5.0, None]
    assert with_text["month"].to_pylist() == ["5", "05", "5.0", None, "new"]


def test_csv_to_parquet_has_types(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    trained.rows.to_csv(tmp_path / "in.csv", index=False)

    score(settings, tmp_path / "in.csv", tmp_path / "out.parquet")

    after = pq.read_table(tmp_path / "out.parquet")
    assert after.schema.field("distance").type == pa.int64()
    assert after.schema.field("carrier").type == pa.string()
    assert after["probability"].to_pylist() == pytest.approx(expected(trained)["probability"].tolist())


def test_parquet_to_csv(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    score(settings, trained.test, tmp_path / "out.csv")

    after = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert after["probability"].tolist() == pytest.approx(expected(trained)["probability"].tolist())


def test_a_category_may_read_like_a_missing_value(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("distance,temp,carrier\n500,50,NA\n")
    row = pd.DataFrame([{"distance": 500, "temp": 50.0, "carrier": "NA"}])

    score(settings, tmp_path / "in.csv", tmp_path / "out.csv")

    after = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert after["carrier"].tolist() == ["NA"]
    assert after["probability"][0] == pytest.approx(load(trained.folder).predict(row)["probability"][0])


def test_what_is_not_a_number_is_named_with_its_row(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("distance,temp,carrier\n500,50,AA\nfar,50,UA\n")

    with pytest.raises(DataError, match="column distance must hold numbers, and row 2 holds 'far'"):
        score(settings, tmp_path / "in.csv", tmp_path / "out.csv")

    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("in.csv", b"distance,temp\n1,2\n", "has no column carrier"),
        ("in.csv", b"distance,temp,carrier\n", "has no rows"),
        ("in.csv", b"", "is empty"),
        ("in.csv", b"distance,temp,temp,carrier\n1,2,3,AA\n", "names temp twice"),
        ("in.csv", b"distance,temp,carrier\n1,2,AA\n1,2\n", "cannot be read"),
        ("in.csv", b"distance,temp,carrier\n1,2,AA,more\n", "cannot be read"),
        ("in.csv", b"distance,temp,carrier\n1,2,\xff\xfe\n", "cannot be read"),
        ("in.csv.gz", b"not gzip", "cannot be read"),
        ("in.csv.gz", gzip.compress(b"distance,temp,carrier\n1,2,AA\n", mtime=0)[:-9], "cannot be read"),
        ("in.parquet", b"PAR1 but no more", "cannot be read"),
        ("in.csv", b"distance,temp,carrier,prediction\n1,2,AA,9\n", "has a column prediction already"),
        ("in.csv", b"distance,temp,carrier\ninf,2,AA\n", "infinite"),
    ],
)
def test_files_that_cannot_be_scored(settings: Settings, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=said) as caught:
        score(settings, tmp_path / name, tmp_path / "out.csv")

    assert caught.value.remedy
    assert not (tmp_path / "out.csv").exists()


def test_files_that_are_not_there_or_of_no_known_kind(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        score(settings, tmp_path / "in.csv", tmp_path / "out.csv")
    with pytest.raises(UsageError, match="cannot tell how to read"):
        score(settings, tmp_path / "in.xlsx", tmp_path / "out.csv")
    with pytest.raises(UsageError, match="cannot tell how to write") as caught:
        score(settings, trained.test, tmp_path / "out.json")
    assert ".parquet" in caught.value.remedy


def test_without_a_champion_the_command_that_makes_one_is_named(trained: Trained, tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)

    with pytest.raises(UsageError, match="late has no champion yet") as caught:
        score(settings, trained.test, tmp_path / "out.csv")
    assert "`headrace run late`" in caught.value.remedy

    (settings.home / "mlflow.db").unlink()
    with pytest.raises(UsageError, match="late has no champion yet"):
        score(settings, trained.test, tmp_path / "out.csv")
    assert not (settings.home / "mlflow.db").exists()


def test_csv_has_quotes_where_they_are_needed_and_nowhere_else(settings: Settings, tmp_path: Path) -> None:
    lines = ["distance,temp,carrier,late", '500,50.0,AA,"a, b"', "700,,,"]
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n")

    score(settings, tmp_path / "in.csv", tmp_path / "out.csv")

    said = (tmp_path / "out.csv").read_text().splitlines()
    assert said[0] == lines[0] + ",prediction,probability"
    for before, after in zip(lines[1:], said[1:], strict=True):
        assert re.fullmatch(re.escape(before) + r",(true|false),0\.\d+", after)


def test_a_champion_that_was_tampered_with_is_not_used(trained: Trained, tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    version = register_version(settings, run_key(), "late", trained.candidate())
    promote_version(settings, "late", "champion", version.version, None)
    (model,) = settings.home.rglob("model.skops")
    model.write_bytes(model.read_bytes() + b"x")

    with pytest.raises(UnusableModelError, match="not what was registered") as caught:
        score(settings, trained.test, tmp_path / "out.csv")

    assert isinstance(caught.value, ServiceError)
    assert not caught.value.retryable


def test_an_output_that_was_there_is_replaced_whole(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.csv"
    score(settings, trained.test, out)
    first = out.read_bytes()

    score(settings, trained.test, out)

    assert out.read_bytes() == first
    assert [path.name for path in out.parent.iterdir()] == ["out.csv"]


def test_gaps_and_padding_in_a_text_file(settings: Settings, trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("carrier,temp,distance\nAA, 50 ,500\n,NA,  700\nUA,,\n")
    rows = [
        {"distance": 500, "temp": 50, "carrier": "AA"},
        {"distance": 700, "temp": None, "carrier": None},
        {"distance": None, "temp": None, "carrier": "UA"},
    ]

    score(settings, tmp_path / "in.csv", tmp_path / "out.csv")

    said = pd.read_csv(tmp_path / "out.csv")["probability"].tolist()
    assert said == pytest.approx(load(trained.folder).predict(pd.DataFrame(rows))["probability"].tolist())
