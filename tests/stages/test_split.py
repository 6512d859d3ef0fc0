from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.data.tables import read_table, write_frame
from headrace.data.time_column import ALWAYS
from headrace.errors import DataError
from headrace.stages.contract import StageResult
from headrace.stages.split import run
from stage_calls import Notes, context, outputs

START = date(2013, 1, 1)
TABLE = pl.DataFrame(
    {
        "id": range(600),
        "day": [START + timedelta(days=n // 10) for n in range(600)],
        "group": [f"g{n % 40}" for n in range(600)],
        "label": ["yes" if n % 3 else "no" for n in range(600)],
    }
)
METHODS: dict[str, dict[str, Any]] = {
    "time": {"method": "time", "column": "day", "test": "10d", "validation": "1w"},
    "random": {"method": "random", "test": 0.2, "validation": 0.2},
    "stratified": {"method": "stratified", "test": 0.2, "validation": 0.2},
    "grouped": {"method": "grouped", "column": "group", "test": 0.2, "validation": 0.2},
}


def split(
    folder: Path,
    frame: pl.DataFrame,
    method: dict[str, Any],
    row_id: list[str] | None = None,
    as_of: datetime | None = None,
    target: str | None = "label",
) -> tuple[StageResult, dict[str, pl.DataFrame]]:
    write_frame(folder / "table.parquet", frame)
    config = {"split": method, "row_id": row_id, "target": target}
    out = folder / "out"
    for old in outputs(out) if out.exists() else []:
        (out / old).unlink()
    result = run(context(config, out, {"table": folder / "table.parquet"}, as_of=as_of))
    return result, {Path(name).stem: read_table(out / name) for name in outputs(out)}


def refusal(folder: Path, frame: pl.DataFrame, method: dict[str, Any], **more: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        split(folder, frame, method, **more)
    assert caught.value.remedy
    return caught.value


def places(parts: dict[str, pl.DataFrame]) -> dict[int, str]:
    return {row: name for name, frame in parts.items() for row in frame["id"]}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("row_id", [["id"], None])
def test_parts_are_disjoint_and_complete_and_keep_their_order(
    tmp_path: Path, method: str, row_id: list[str] | None
) -> None:
    result, parts = split(tmp_path, TABLE, METHODS[method], row_id)
    assert set(parts) == {"train", "validation", "test"}
    assert pl.concat(parts.values()).sort("id").equals(TABLE)
    assert all(frame["id"].is_sorted() for frame in parts.values())
    assert result.facts["rows"] == {name: frame.height for name, frame in parts.items()}
    assert result.facts["method"] == method


@pytest.mark.parametrize("method", METHODS)
def test_without_validation_there_are_two_parts(tmp_path: Path, method: str) -> None:
    declared = {key: value for key, value in METHODS[method].items() if key != "validation"}
    result, parts = split(tmp_path, TABLE, declared)
    assert set(parts) == set(result.facts["rows"]) == {"train", "test"}


@pytest.mark.parametrize("method", ["random", "stratified", "grouped"])
@pytest.mark.parametrize("row_id", [["id"], None])
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_no_row_moves_when_others_come_or_go(
    tmp_path_factory: pytest.TempPathFactory, method: str, row_id: list[str] | None, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("split")
    before = places(split(folder, TABLE, METHODS[method], row_id)[1])
    gone = data.draw(st.sets(st.integers(0, 599), max_size=30))
    fresh = data.draw(
        st.lists(st.tuples(st.sampled_from(["g1", "g2", "new"]), st.sampled_from(["yes", "no"])), max_size=9)
    )
    new = pl.DataFrame(
        {
            "id": range(1000, 1000 + len(fresh)),
            "day": [START] * len(fresh),
            "group": [group for group, _ in fresh],
            "label": [label for _, label in fresh],
        },
        schema=TABLE.schema,
    )
    changed = pl.concat([new, TABLE.filter(~pl.col("id").is_in(sorted(gone)))]).sample(fraction=1, shuffle=True, seed=1)
    after = places(split(folder, changed, METHODS[method], row_id)[1])
    assert all(after[row] == part for row, part in before.items() if row not in gone)


def test_groups_stay_together(tmp_path: Path) -> None:
    _, parts = split(tmp_path, TABLE, METHODS["grouped"])
    groups = [set(frame["group"]) for frame in parts.values()]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 40


def test_strata_are_drawn_apart(tmp_path: Path) -> None:
    """One id in two strata may be in two parts; in one stratum it is not."""
    twice = pl.concat([TABLE.with_columns(label=pl.lit(label)) for label in ("yes", "no")])
    _, parts = split(tmp_path, twice, METHODS["stratified"], ["id"])
    seen = pl.concat([frame.with_columns(part=pl.lit(name)) for name, frame in parts.items()])
    apart = seen.group_by("id").agg(pl.col("part").n_unique()).filter(pl.col("part") > 1)
    assert 100 < apart.height < 600


def test_a_stratum_that_misses_a_part_is_named(tmp_path: Path) -> None:
    rare = TABLE.with_columns(label=pl.when(pl.col("id") == 7).then(pl.lit("rare")).otherwise("label"))
    error = refusal(tmp_path, rare, METHODS["stratified"], row_id=["id"])
    assert "label has values that do not reach every part: rare (1 row) has none for" in error.message
    assert error.key == "split"


def test_another_column_can_be_the_stratum(tmp_path: Path) -> None:
    method = {"method": "stratified", "column": "group", "test": 0.5}
    _, parts = split(tmp_path, TABLE, method, ["id"])
    assert set(parts["test"]["group"]) == set(parts["train"]["group"])
    assert refusal(tmp_path, TABLE, {"method": "stratified", "test": 0.2}, target=None).key == "split.column"


def test_time_windows_say_where_they_lie(tmp_path: Path) -> None:
    result, parts = split(tmp_path, TABLE, METHODS["time"])
    assert result.facts == {
        "method": "time",
        "rows": {"train": 430, "validation": 70, "test": 100},
        "from": {"train": "2013-01-01", "validation": "2013-02-13", "test": "2013-02-20"},
        "to": {"train": "2013-02-12", "validation": "2013-02-19", "test": "2013-03-01"},
    }
    assert parts["test"]["day"].min() == date(2013, 2, 20)
    assert result.holds_after == datetime(2013, 3, 2, tzinfo=UTC) - timedelta(microseconds=1)


def test_as_of_moves_the_windows_and_its_result_holds_for_it_alone(tmp_path: Path) -> None:
    before = TABLE.filter(pl.col("day") < date(2013, 2, 20))
    as_of = datetime(2013, 2, 19, 18, tzinfo=UTC)
    result, parts = split(tmp_path, before, METHODS["time"], as_of=as_of)
    assert result.holds_after is None
    assert parts["test"]["day"].min() == date(2013, 2, 10)  # midnight of the 9th is earlier than 18:00, ten days back


def test_rows_after_as_of_are_kept_and_warned_of(tmp_path: Path) -> None:
    write_frame(tmp_path / "table.parquet", TABLE)
    config = {"split": METHODS["time"], "row_id": None, "target": None}
    as_of = datetime(2013, 2, 20, tzinfo=UTC)
    ctx = context(config, tmp_path / "out", {"table": tmp_path / "table.parquet"}, as_of=as_of)
    assert sum(run(ctx).facts["rows"].values()) == 600
    assert isinstance(ctx.log, Notes)
    assert ctx.log.warnings == [
        ("rows from after as_of are in the test part", {"rows": 100, "as_of": "2013-02-20T00:00:00+00:00"})
    ]


@pytest.mark.parametrize("method", ["random", "stratified", "grouped"])
def test_what_does_not_look_at_the_clock_holds_always(tmp_path: Path, method: str) -> None:
    early, _ = split(tmp_path, TABLE, METHODS[method], as_of=datetime(2013, 1, 5, tzinfo=UTC))
    assert early.holds_after == ALWAYS


@pytest.mark.parametrize(
    ("change", "method", "row_id", "key", "message"),
    [
        (pl.col("day"), {**METHODS["time"], "column": "dy"}, None, "split.column", "the table has no column dy"),
        (pl.col("day"), {**METHODS["grouped"], "column": "grp"}, None, "split.column", "the table has no column grp"),
        (pl.col("day"), METHODS["random"], ["idd"], "dataset.row_id", "the table has no column idd"),
        (pl.col("id").replace(5, None), METHODS["random"], ["id"], "dataset.row_id", "id is missing in 1 of 600 rows"),
        (pl.col("day").replace(START, None), METHODS["time"], None, "split.column", "day is missing in 10 of 600 rows"),
        (pl.col("group").replace("g1", None), METHODS["grouped"], None, "split.column", "group is missing in 15 of"),
        (pl.col("label").replace("no", None), METHODS["random"], None, "target.column", "label is missing in 200 of"),
        (pl.col("label"), {**METHODS["time"], "column": "label"}, None, "split.column", "not a date or time"),
        (pl.concat_list("id").alias("id"), METHODS["random"], ["id"], "dataset.row_id", "which does not name a row"),
    ],
)
def test_what_cannot_be_dealt_out_is_an_error_at_its_key(
    tmp_path: Path, change: pl.Expr, method: dict[str, Any], row_id: list[str] | None, key: str, message: str
) -> None:
    error = refusal(tmp_path, TABLE.with_columns(change), method, row_id=row_id)
    assert message in error.message
    assert error.key == key


def test_a_missing_target_says_how_to_filter(tmp_path: Path) -> None:
    frame = TABLE.with_columns(label=pl.lit(None, pl.String))
    assert "WHERE label IS NOT NULL" in refusal(tmp_path, frame, METHODS["random"]).remedy


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ({"method": "time", "column": "day", "test": "90d"}, "the train part would be empty: train 0, test 600"),
        (
            {"method": "time", "column": "day", "test": "10d", "validation": "90d"},
            "validation 500, test 100. The windows start at validation 2012-11-22T00:00:00+00:00, test 2013-02-20T",
        ),
        ({"method": "random", "test": 0.5, "validation": 0.6}, "the train part would be empty: train 0, validation"),
        ({"method": "random", "test": 1e-9}, "the test part would be empty: train 600, test 0"),
    ],
)
def test_an_empty_part_is_an_error_with_counts(tmp_path: Path, method: dict[str, Any], message: str) -> None:
    error = refusal(tmp_path, TABLE, method)
    assert message in error.message
    assert error.key == "split"


def test_a_gap_in_time_leaves_validation_empty(tmp_path: Path) -> None:
    gap = TABLE.filter(~pl.col("day").is_between(date(2013, 2, 13), date(2013, 2, 19)))
    assert "the validation part would be empty" in refusal(tmp_path, gap, METHODS["time"]).message


@pytest.mark.parametrize("method", METHODS)
def test_equal_input_gives_equal_bytes(tmp_path: Path, method: str) -> None:
    contents = []
    for attempt in ("1", "2"):
        (tmp_path / attempt).mkdir()
        split(tmp_path / attempt, TABLE, METHODS[method], ["id"])
        out = tmp_path / attempt / "out"
        contents.append([(out / name).read_bytes() for name in outputs(out)])
    assert contents[0] == contents[1]
