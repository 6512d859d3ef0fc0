"""The defaults list as an editor takes it."""

from __future__ import annotations

from headrace.editor.defaults_list import defaults_list


def test_groups_are_rooted_outside_of_the_main_file() -> None:
    options = {"model": ("ridge",)}
    inside = defaults_list(options, (), rooted=False)["items"]["anyOf"][2]["properties"]
    main = defaults_list(options, (), rooted=True)["items"]["anyOf"][2]["properties"]

    assert {"/model", "override /model"} <= set(inside)
    assert "model" not in inside
    assert {"model", "override model", "/model"} <= set(main)


def test_options_may_be_several_or_none() -> None:
    choice = defaults_list({"model": ("ridge",)}, (), rooted=False)["items"]["anyOf"][2]["properties"]["/model"][
        "anyOf"
    ]

    assert choice[0] == {"enum": ["ridge", None]}
    assert choice[1]["items"] == {"enum": ["ridge"]}


def test_files_beside_may_be_built_upon() -> None:
    assert defaults_list({}, ["base"], rooted=False)["items"]["anyOf"][0] == {"enum": ["_self_", "base"]}


def test_where_any_name_may_stand_none_is_offered() -> None:
    files, free, _ = defaults_list({}, None, rooted=False)["items"]["anyOf"]

    assert files == {"enum": ["_self_"]}
    assert free["pattern"] == ""
