"""The tree of option files as a document."""

from __future__ import annotations

from headrace.config.option_files import OptionFile, Selection
from headrace.errors import Place


def test_the_tree_as_json() -> None:
    chosen = (Selection(Place("override 'model=x'"), "x"), Selection(Place("conf/config.yaml", 2, 10), "y"))
    tree = OptionFile(
        "config", "conf/config.yaml", "", (), (OptionFile("model: x", "conf/model/x.yaml", "model", chosen),)
    )

    assert tree.to_json()["inside"] == [
        {
            "label": "model: x",
            "file": "conf/model/x.yaml",
            "package": "model",
            "chosen": [
                {"option": "x", "written": "override 'model=x'"},
                {"option": "y", "written": "conf/config.yaml:2:10"},
            ],
            "inside": [],
        }
    ]
