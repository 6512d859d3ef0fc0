"""The page of a run: one HTML file that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from headrace.report import wording
from headrace.report.documents import RunFacts, from_documents, read_documents
from headrace.report.facts import PageFacts
from headrace.report.sections.checks import checks
from headrace.report.sections.data import data
from headrace.report.sections.features import features
from headrace.report.sections.figures import figures
from headrace.report.sections.origin import commands, origin
from headrace.report.sections.scores import scores
from headrace.report.sections.training import training
from headrace.report.sections.verdict import verdict
from headrace.report.sections.work import work

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["PageFacts", "RunFacts", "from_documents", "read_documents", "render"]


def render(run: PageFacts | Mapping[str, Any]) -> str:
    """The page as HTML: pictures, styles and all, no script and nothing to fetch.

    A mapping is read as PageFacts; pydantic's ValidationError says what does not fit. Every value is escaped.
    """
    facts = run if isinstance(run, PageFacts) else PageFacts.model_validate(run)
    page = _environment().get_template("page.html.j2")
    return page.render(
        facts=facts,
        style=files("headrace.report").joinpath("template", "page.css").read_text(encoding="utf-8"),
        verdict=verdict(facts),
        scores=scores(facts),
        figures=figures(facts),
        data=data(facts),
        checks=checks(facts),
        features=features(facts),
        training=training(facts),
        work=work(facts),
        origin=origin(facts),
        commands=commands(facts),
    )


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("headrace.report", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        moment=wording.moment,
        counted=wording.counted,
        without_password=wording.without_password,
        breakable=_breakable,
    )
    return environment


def _breakable(text: str) -> Markup:
    """The text, escaped, with a place to break a line after every joint of a name or path."""
    from markupsafe import Markup, escape

    parts = (escape(part) for part in re.split(r"(?<=[_./:,-])(?=\w)", text))
    return Markup("<wbr>").join(parts)
