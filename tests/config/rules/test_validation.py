from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def codes(project: ProjectFolder) -> list[str]:
    return [found.code for found in project.check().warnings]


@pytest.mark.parametrize(
    "rule",
    [
        "{min: 0, max: 0}",
        "{min: a, max: b}",
        "{nullable: false, max_null_share: 0}",
        "{type: bool, values: [true]}",
        '{matches: "[A-Z]+"}',
    ],
)
def test_rules_that_can_be_met(project: ProjectFolder, rule: str) -> None:
    project.edit(PIPELINE, "gates:", f"validation: {{table: {{columns: {{carrier: {rule}}}}}}}\ngates:")
    assert codes(project) == []
