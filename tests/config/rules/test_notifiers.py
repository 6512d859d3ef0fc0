"""Listeners who could not be reached."""

from __future__ import annotations

import pytest

from config_folder import ProjectFolder
from headrace.config.rules import notifiers
from headrace.errors import ConfigError


def said(project: ProjectFolder, notify: str, packages: str = "[]") -> list[str]:
    project.edit("conf/config.yaml", "owner: nobody", f"owner: nobody\nnotify:\n  - {notify}")
    project.edit("conf/config.yaml", "model_packages: []", f"model_packages: {packages}")
    try:
        found = project.check().warnings
    except ConfigError as error:
        found = error.diagnostics
    return [f"{diagnostic.code} {diagnostic.message}" for diagnostic in found]


@pytest.mark.parametrize(
    "notify",
    [
        "{type: log, events: [failed, succeeded]}",
        '{type: slack, url: "${secret:SLACK_URL}"}',
        "{type: slack, connection: slack_alerts}",
        '{type: email, host: smtp.example.com, sender: a@example.com, to: [b@example.com, "Team <c@example.com>"]}',
        '{type: email, host: "${secret:H}", sender: a@b.c, to: [d@e.f], user: "${secret:U}", password: "${secret:P}"}',
    ],
)
def test_listeners_who_can_be_reached(project: ProjectFolder, notify: str) -> None:
    assert said(project, notify) == []


@pytest.mark.parametrize("name", ["my_alerts.page", "my_alerts.pager.page"])
def test_a_function_of_an_allowed_package(project: ProjectFolder, name: str) -> None:
    assert said(project, f"{{type: function, name: {name}}}", "[my_alerts]") == []


@pytest.mark.parametrize("name", ["my_alerts.page", "os.system", "page", "my_alerts._page", "my_alerts.page()"])
def test_any_other_function_is_refused(project: ProjectFolder, name: str) -> None:
    (found,) = said(project, f'{{type: function, name: "{name}"}}', "[other]")

    assert found.startswith("HR340 ")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("sender: nobody, to: [b@c.d]", "HR342"),
        ("sender: a@b.c, to: [b@c.d, nobody]", "HR342"),
        ('sender: a@b.c, to: [d@e.f], user: "${secret:U}"', "HR343"),
        ('sender: a@b.c, to: [d@e.f], user: "${secret:U}", password: "${secret:P}", security: none', "HR343"),
    ],
)
def test_mails_that_could_not_be_sent_or_would_give_the_password_away(
    project: ProjectFolder, keys: str, code: str
) -> None:
    (found,) = said(project, f"{{type: email, host: smtp.example.com, {keys}}}")

    assert found.startswith(code)


@pytest.mark.parametrize("host", ["a b", "http://smtp.example.com", "169.254.169.254", "x/y"])
def test_a_mail_server_is_a_host(project: ProjectFolder, host: str) -> None:
    (found,) = said(project, f'{{type: email, host: "{host}", sender: a@b.c, to: [d@e.f]}}')

    assert found.startswith("HR253")


@pytest.mark.parametrize("keys", ["", ', url: "${secret:U}", connection: x'])
def test_slack_is_reached_in_one_way(project: ProjectFolder, keys: str) -> None:
    (found,) = said(project, f"{{type: slack{keys}}}")

    assert "write either `url` or `connection`" in found


def test_a_connection_to_slack_needs_airflows_provider(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifiers, "_SLACK", "apache-airflow-providers-nowhere")  # an environment without it

    (found,) = said(project, "{type: slack, connection: slack_alerts}")

    assert found.startswith("HR341 Airflow's provider for Slack is not installed")
