"""`headrace init`: a folder with what a project needs, and no more."""

from __future__ import annotations

import shutil
from pathlib import Path

from headrace.errors import UsageError

#: What of this project's own configuration a new one starts with: one pipeline, and every shared option.
_CONF = (
    "config.yaml",
    "pipeline/wine_cultivars.yaml",
    "dataset/wine.yaml",
    "validation/none.yaml",
    "validation/wine.yaml",
    "model/*.yaml",
    "schedule/*.yaml",
    "runtime/*.yaml",
    "tracking/*.yaml",
    "env/*.yaml",
)
_OWN = {
    "gitignore": ".gitignore",
    "Makefile": "Makefile",
    ".github/workflows/headrace.yml": None,
    ".vscode/settings.json": None,
    ".vscode/extensions.json": None,
}
_LOADER = "headrace_dags.py"
#: What `headrace new` chooses between.
_TRIED = tuple(
    f"{model}.yaml"
    for model in (
        "hist_gradient_boosting_classifier",
        "hist_gradient_boosting_regressor",
        "random_forest_classifier",
        "random_forest_regressor",
        "logistic_regression",
        "ridge",
    )
)


def create_project(folder: Path) -> tuple[Path, ...]:
    """Write a new project into `folder`, which must be empty or absent; the files made, relative to it.

    UsageError if there is anything in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty", remedy="name a new folder: `headrace init DIR`")
    made: list[Path] = []
    for source, target in _files():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / target)
        made.append(Path(target))
    return tuple(sorted(made))


def model_options(conf: Path | None) -> Path:
    """The folder of model options: a project's own where it has boosting, else the ones that come with headrace."""
    if conf is not None and all((conf / "model" / name).is_file() for name in _TRIED):
        return conf / "model"
    return _sources(Path(__file__).parent / "template")[0] / "model"


def _files() -> list[tuple[Path, str]]:
    template = Path(__file__).parent / "template"
    conf, loader = _sources(template)
    files = [(path, f"conf/{path.relative_to(conf).as_posix()}") for name in _CONF for path in sorted(conf.glob(name))]
    files += [(template / name, target or name) for name, target in _OWN.items()]
    return [*files, (loader, f"dags/{_LOADER}")]


def _sources(template: Path) -> tuple[Path, Path]:
    """The built wheel carries copies of conf/ and of the DAG file; a checkout has the originals."""
    if (template / "conf").is_dir():
        return template / "conf", template / _LOADER
    checkout = Path(__file__).parents[3]
    return checkout / "conf", checkout / "dag_factory" / "dags" / _LOADER
