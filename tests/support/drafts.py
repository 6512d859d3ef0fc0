"""A small draft of a new pipeline, for tests of what is made of it."""

from __future__ import annotations

from headrace.config.schema.dataset import CsvSource
from headrace.config.schema.modelling import StratifiedSplit
from headrace.scaffold.decide.columns import ColumnChoice
from headrace.scaffold.decide.draft import Draft
from headrace.scaffold.decide.split import SplitChoice
from headrace.scaffold.decide.target import TargetChoice


def draft(name: str = "shop", path: str = "data/shop.csv") -> Draft:
    """Numbers and categories of 100 rows, and a binary target."""
    return Draft(
        name=name,
        source=CsvSource(type="csv", path=path),
        source_notes={},
        rows=100,
        columns=(
            ColumnChoice("size", "numeric"),
            ColumnChoice("kind", "categorical"),
            ColumnChoice("note", "out", "text"),
            ColumnChoice("y", "target"),
        ),
        target=TargetChoice("y", "binary", positive=1, labels={0: 50, 1: 50}, notes=("task: y has two values",)),
        sql={},
        sql_notes={},
        derived=(),
        row_id="row_number",
        row_number="row_number",
        split=SplitChoice(StratifiedSplit(method="stratified", test=0.25), "each label by itself"),
        model_option="hist_gradient_boosting_classifier",
    )
