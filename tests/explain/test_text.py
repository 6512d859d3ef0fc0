"""Explanations as they are read."""

from __future__ import annotations

from pathlib import Path

from headrace.config.option_files import OptionFile, Selection
from headrace.errors import Place
from headrace.explain import Explained, Step
from headrace.explain.meaning import Meaning
from headrace.explain.text import changes, compact, full, tree
from headrace.plan.differences import Difference, Side

DEPTH = Explained(
    "model.params.max_depth",
    6,
    "conf/pipeline/p.yaml:2:29",
    "",
    (Step("replaced", "4", "conf/model/m.yaml:6:14", "model.params.max_depth"),),
    Meaning("how deep a tree may be", "an integer ≥ 0", default=None, has_default=True),
)
SEED = Explained("seed", 0, None, "the schema's default", (), Meaning())


def test_one_value_in_full(tmp_path: Path) -> None:
    path = tmp_path / "conf/pipeline/p.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("# a\nmodel: {params: {max_depth: 6, max_bin: 1}}\n")

    assert list(full([DEPTH], tmp_path)) == [
        "model.params.max_depth = 6",
        "  conf/pipeline/p.yaml:2:29   max_depth: 6",
        "  replaces   conf/model/m.yaml:6:14   4",
        "  default    null, the library's",
        "  meaning    how deep a tree may be",
        "  allowed    an integer ≥ 0",
    ]


def test_a_line_that_holds_one_value_is_shown_with_its_comment(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("x:\n  seed: 0   # for everything\n")
    seed = Explained("x.seed", 0, "c.yaml:2:9", "", (), Meaning())

    assert list(full([seed], tmp_path))[1] == "  c.yaml:2:9   seed: 0 # for everything"


def test_many_values_have_a_line_each_by_part() -> None:
    tags = [Explained(f"tags.{n}", name, "c.yaml:1:1", "", (), Meaning()) for n, name in enumerate("ab")]

    assert list(compact([DEPTH, *tags, SEED])) == [
        "model",
        "  params.max_depth  6  conf/pipeline/p.yaml:2:29",
        "      replaces   conf/model/m.yaml:6:14   4",
        "tags",
        "  0…1  a, b  c.yaml:1:1",
        "seed  0  the schema's default",
    ]


def test_no_line_is_wider_than_the_terminal(tmp_path: Path) -> None:
    long = Explained("description", "word " * 80, "c.yaml:1:1", "", (), Meaning("word " * 80))

    assert max(map(len, full([long], tmp_path))) <= 100


def test_the_tree_shows_whose_choice_was_replaced() -> None:
    chosen = (Selection(Place("override 'model=x'"), "x"), Selection(Place("c.yaml", 2, 3), "y"))
    inner = OptionFile("model: x", "conf/model/x.yaml", "model", chosen)
    root = OptionFile("config", "conf/config.yaml", "", (), (inner, OptionFile("env: null", "", "", ())))

    assert list(tree(root)) == [
        "conf/config.yaml",
        "├─ model: x          override 'model=x'",
        "│        replaces y  c.yaml:2:3",
        "└─ env: null",
    ]


def test_changes_have_both_sides() -> None:
    found = [Difference("a.b", Side(1, None), Side(None, "c.yaml:1:1")), Difference("c", None, Side("x", "d.yaml:1:1"))]

    assert [" ".join(line.split()) for line in changes(found, ("env=dev", "env=prod"))] == [
        "a.b",
        "env=dev 1 the schema's default",
        "env=prod null c.yaml:1:1",
        "c",
        "env=dev is not there",
        "env=prod x d.yaml:1:1",
    ]
