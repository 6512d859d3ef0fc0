"""transform: makes the table that a model learns from, and says what its columns are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from headrace.config.schema.dataset import SqlTransform, Transform
from headrace.config.schema.strict import Names, Part
from headrace.data.sql import run_sql
from headrace.data.transformed import Transformed
from headrace.stages.contract import StageContext, StageResult


class TransformConfig(Part):
    """The slice of transform."""

    transform: Transform
    row_id: Names | None = None


#: How each type of transform is run. To add one: its part of the schema, its function, and a line here.
#: It writes `NAME.parquet` for every table it names into the last folder; one of them is `table`.
TRANSFORMS: Mapping[type[Part], Callable[..., Transformed]] = {SqlTransform: run_sql}


def run(ctx: StageContext) -> StageResult:
    """Write `table.parquet`, what other tables the transform makes, and `lineage.json`."""
    config = TransformConfig.model_validate(dict(ctx.config))
    tables = TRANSFORMS[type(config.transform)](config.transform, config.row_id, ctx.inputs, ctx.out)
    lineage = {
        name: {
            column: {"sources": None if origins is None else list(origins)} for column, origins in table.lineage.items()
        }
        for name, table in tables.items()
    }
    (ctx.out / "lineage.json").write_text(json.dumps({"tables": lineage}, ensure_ascii=False, indent=1))
    return StageResult({"rows": tables["table"].rows, "columns": tables["table"].columns})
