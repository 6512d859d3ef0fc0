from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.lint.inspection import look_at
from headrace.lint.walk import Found


@pytest.mark.parametrize(
    ("name", "chooses", "mentions"),
    [
        ("config", ("schedule/manual",), ()),
        ("pipeline/late", ("dataset/flights", "model/boosted", "schedule/daily"), ()),
        ("dataset/flights", (), ("flights.sql",)),
    ],
)
def test_what_a_file_chooses(
    project: ProjectFolder, name: str, chooses: tuple[str, ...], mentions: tuple[str, ...]
) -> None:
    facts = look_at(Found(project.conf / f"{name}.yaml", name, f"conf/{name}.yaml"))
    assert (facts.chooses, facts.mentions, facts.problems) == (chooses, mentions, ())
    assert len(facts.places) == len(chooses)
