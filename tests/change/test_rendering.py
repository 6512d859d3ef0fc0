"""One rich change, word for word, in all three forms."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from headrace.change.document import Change
from headrace.change.markdown import as_markdown
from headrace.change.text import as_text
from repositories import repository
from rich_change import rich_change

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(scope="module")
def change(tmp_path_factory: pytest.TempPathFactory) -> Change:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        return rich_change(repository(tmp_path_factory.mktemp("rich") / "repo"))


def check(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def test_text(change: Change) -> None:
    check("rich.txt", as_text(change))


def test_markdown(change: Change) -> None:
    check("rich.md", as_markdown(change))


def test_json(change: Change) -> None:
    check("rich.json", json.dumps(change.to_json(), indent=1, ensure_ascii=False) + "\n")


def test_what_is_secret_is_in_none_of_them(change: Change) -> None:
    for text in (as_text(change), as_markdown(change), json.dumps(change.to_json())):
        assert "S3CRET" not in text
