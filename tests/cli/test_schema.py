"""`headrace schema`."""

from __future__ import annotations

import json
from pathlib import Path

from projects import copy_of_repository


def test_schemas_are_written_printed_and_wired(tmp_path: Path) -> None:
    sandbox = copy_of_repository(tmp_path / "project", ["wine_cultivars"])

    wired = sandbox.headrace("schema", "--wire")
    one = sandbox.headrace("schema", "schedule")
    apart = sandbox.headrace("schema", "--out", "elsewhere")
    (sandbox.root / "file").write_text("in the way")
    refused = sandbox.headrace("schema", "--out", "file/inside")
    none = sandbox.headrace("schema", "shedule")

    assert wired.code == 0, wired.err
    assert "13 schemas" in wired.out
    assert (sandbox.root / ".vscode" / "settings.json").exists()
    assert json.loads(one.out)["properties"]["timezone"]["title"] == "Timezone"
    assert (sandbox.root / "elsewhere" / "model.json").exists(), apart.err
    assert refused.code == 2
    assert "cannot be written" in refused.err
    assert none.code == 2
    assert "there are config, dataset," in none.err

    (sandbox.root / "conf" / "dataset" / "boats.yaml").write_text("sources: {boats: {type: csv, path: boats.csv}}\n")
    sandbox.headrace("lint")
    assert "boats" in (sandbox.root / ".headrace" / "schema" / "pipeline.json").read_text()
