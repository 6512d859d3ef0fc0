"""What may be chosen when a folder is built. Light: every `headrace dags` command knows these words."""

from __future__ import annotations

from typing import NamedTuple

#: The most pipelines that one loader may have: Airflow's time limits are for each file.
MOST = 50


class Choices(NamedTuple):
    """How a folder is built."""

    per_file: int = 1
    """Pipelines in one loader."""
    project_at: str = ""
    """The project's folder on the workers, where their environment does not say."""
    home_at: str = ""
    """The folder of its state on the workers."""

    @property
    def site(self) -> dict[str, str]:
        """What the loaders are told of it."""
        said = {"project": self.project_at, "home": self.home_at}
        return {name: value for name, value in said.items() if value}
