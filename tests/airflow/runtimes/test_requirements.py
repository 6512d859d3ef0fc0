from __future__ import annotations

import sys

import pytest

from headrace_airflow.runtimes.requirements import MissingClientError, require_runtime


@pytest.mark.parametrize("kind", ["process", "in_process", "docker", "kubernetes"])
def test_what_is_installed_is_enough(kind: str) -> None:
    require_runtime(kind)


@pytest.mark.parametrize(
    ("kind", "module"), [("docker", "docker"), ("kubernetes", "airflow.providers.cncf.kubernetes")]
)
def test_what_is_missing_is_named(kind: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingClientError, match=module) as caught:
        require_runtime(kind)

    assert f"headrace[{kind}]" in caught.value.remedy
