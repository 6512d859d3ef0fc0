from __future__ import annotations

from headrace.change.document import SourceRead
from repositories import Repository


def test_data_that_is_read_again_with_its_size(repo: Repository) -> None:
    repo.write({"data/flights.csv": "id,day\n1,2\n", "data/parts/a.csv": "1", "data/parts/b.csv": "22"})
    repo.edit("conf/dataset/flights.yaml", "path: data/weather.csv}", "path: data/parts/*.csv}")
    repo.edit("conf/dataset/flights.yaml", "transform:", "  planes: {type: csv, path: data/planes.csv}\ntransform:")

    assert repo.only().sources == (
        SourceRead("flights", "data/flights.csv", "read again", 1, 11),
        SourceRead("weather", "data/parts/*.csv", "changed", 2, 3),
        SourceRead("planes", "data/planes.csv", "new", None, None, "not on this machine"),
    )


def test_a_source_that_is_gone_and_a_pointer(repo: Repository) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9999\n"
    repo.write({"data/weather.csv": pointer})
    repo.edit(
        "conf/dataset/flights.yaml",
        "  flights: {type: csv, path: data/flights.csv, columns: [id, distance, carrier, day, delay]}\n",
        "",
    )
    repo.edit(
        "conf/dataset/flights.sql",
        "FROM flights f LEFT JOIN weather w USING (day)",
        "FROM weather f JOIN weather w USING (day)",
    )

    weather, flights = repo.only().sources

    assert (weather.fate, weather.size, weather.note) == (
        "read again",
        None,
        "Git LFS pointers here: the files are elsewhere",
    )
    assert (flights.name, flights.fate) == ("flights", "removed")


def test_nothing_is_read_when_sources_stay(repo: Repository) -> None:
    repo.edit("conf/pipeline/late.yaml", "0.65", "0.6")

    assert repo.only().sources == ()
