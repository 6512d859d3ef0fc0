from __future__ import annotations

import pytest

from headrace.config.safety.keys import climbs, refused


@pytest.mark.parametrize("key", ["_target_", "_partial_", "_args_", "_recursive_", "_convert_", "__class__", "__x__"])
def test_what_acts_is_refused(key: str) -> None:
    found = refused(key)
    assert found
    assert found.remedy


@pytest.mark.parametrize("key", ["target", "_self_", "__", "_x", "x__", "a", "0"])
def test_other_keys_are_left_alone(key: str) -> None:
    assert refused(key) is None


@pytest.mark.parametrize(
    ("folder", "entry", "out"),
    [
        ("pipeline", "/model/forest", False),
        ("pipeline", "../model/forest", False),
        ("pipeline", "../../model", True),
        ("", "../x", True),
        ("pipeline", "/../x", True),
        ("pipeline", "/model/../../x", True),
        ("pipeline", "/model/a..b", False),
    ],
)
def test_climbing(folder: str, entry: str, out: bool) -> None:
    assert climbs(folder, entry) is out
