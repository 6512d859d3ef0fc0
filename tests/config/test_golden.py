"""What a person reads, to the letter."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder

PIPELINE = "conf/pipeline/late.yaml"


def said(project: ProjectFolder, *overrides: str) -> str:
    return "\n".join(str(found) for found in project.problems(*overrides)) + "\n"


def test_an_option_that_does_not_exist(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "/model: boosted", "/model: bosted")
    assert (
        said(project)
        == """\
conf/pipeline/late.yaml:4:13: error HR112: conf/model has no option `bosted`
  4 |   - /model: bosted
    |             ^
  remedy: did you mean boosted? There are: boosted, forest
"""
    )


def test_an_unknown_key(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "validation: 30d", "validaton: 30d")
    assert (
        said(project, "model.early_stopping=null")
        == """\
conf/pipeline/late.yaml:12:47: error HR140: unknown key `validaton` in `split`
  12 | split: {method: time, column: day, test: 30d, validaton: 30d}
     |                                               ^
  remedy: did you mean validation? There are: column, method, test, validation
"""
    )


def test_values_of_wrong_types(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "[carrier]", "[no]")
    project.edit(PIPELINE, "min: 0.65", 'min: "0.65"')
    assert (
        said(project)
        == """\
conf/pipeline/late.yaml:11:17: error HR142: `features.categorical.0` must be text, not false
  11 |   categorical: [no]
     |                 ^
  remedy: put quotes round it: YAML takes yes, no, on and off for true and false
conf/pipeline/late.yaml:17:28: error HR142: `gates.0.min` must be a number, not the text '0.65'
  17 |   - {metric: roc_auc, min: "0.65"}
     |                            ^
  remedy: write it without quotes: 0.65
"""
    )


def test_forbidden_things(project: ProjectFolder) -> None:
    project.edit("conf/model/boosted.yaml", "type: xgboost.XGBClassifier", "_target_: os.system")
    project.edit("conf/config.yaml", "owner: nobody", "owner: ${oc.env:USER}")
    assert (
        said(project)
        == """\
conf/config.yaml:5:8: error HR134: `${oc.env:…}` is forbidden
  5 | owner: ${oc.env:USER}
    |        ^
  remedy: write ${env:NAME} for what is recorded in the open, ${secret:NAME} for what is not
conf/model/boosted.yaml:1:1: error HR133: `_target_` is forbidden: configuration imports no code
  1 | _target_: os.system
    | ^
  remedy: delete it: an estimator is named by `type`, everything else by a value that the schema lists
"""
    )


def test_a_tab(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "  params: {max_bin: 128}", "\tparams: {max_bin: 128}")
    assert (
        said(project)
        == """\
conf/pipeline/late.yaml:14:1: error HR102: a tab in the indentation
  14 |  params: {max_bin: 128}
     | ^
  remedy: indent with spaces: YAML allows no tabs there
"""
    )


def test_a_column_that_is_not_there(project: ProjectFolder) -> None:
    project.edit(PIPELINE, "[distance, temp]", "[distance, tmp]")
    assert (
        said(project)
        == """\
conf/pipeline/late.yaml:10:23: error HR160: the table has no column `tmp`
  10 |   numeric: [distance, tmp]
     |                       ^
  remedy: did you mean temp? There are: carrier, day, distance, id, late, temp
"""
    )


def test_an_override(project: ProjectFolder) -> None:
    assert (
        said(project, "model.params.max_bn=64")
        == """\
override 'model.params.max_bn=64': error HR121: there is no `model.params.max_bn` to override
  remedy: did you mean model.params.max_bin? To add it, write +model.params.max_bn=64
"""
    )


def test_broken_sql(project: ProjectFolder) -> None:
    project.edit("conf/dataset/flights.sql", "SELECT f.id", "SELEKT f.id")
    assert (
        said(project)
        == """\
conf/dataset/flights.sql:1:1: error HR159: the SQL cannot be parsed: syntax error at or near "SELEKT"
  1 | SELEKT f.id, f.distance, w.temp, f.carrier, f.day, f.delay > 15 AS late
    | ^
  remedy: correct the SQL
"""
    )


@pytest.mark.parametrize("what", ["config", "pipeline"])
def test_the_places_of_a_circle(project: ProjectFolder, what: str) -> None:
    file = {"config": "conf/config.yaml", "pipeline": PIPELINE}[what]
    text = (project.root / file).read_text()
    project.write({file: f"{text}home: ${{description}}\ndescription: ${{home}}\n"})
    line = text.count("\n") + 1
    assert (
        said(project)
        == f"""\
{file}:{line}:7: error HR131: the interpolation leads back to itself: home → description → home
  {line} | home: ${{description}}
  {" " * len(str(line))} |       ^
  remedy: write one value out
{file}:{line + 1}:14: error HR131: the interpolation leads back to itself: description → home → description
  {line + 1} | description: ${{home}}
  {" " * len(str(line + 1))} |              ^
  remedy: write one value out
"""
    )
