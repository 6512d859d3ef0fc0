"""Names that become other things: of a file, a DAG, a table, a model."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from headrace.config.composed import Composed
from headrace.config.schema import Spec
from headrace.errors import Diagnostic, Place

#: A pipeline is a DAG, an MLflow experiment and a part of file names.
_PIPELINE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
#: A source becomes the file NAME.parquet and a table in SQL.
_NOT_IN_FILES = re.compile(r'[/\\:*?"<>|]')
_ALIAS = re.compile(r"[A-Za-z_][\w-]{0,99}")
_NOT_IN_MODELS = re.compile(r"[/:'\"`<>\\]")
_NOT_IN_TAGS = re.compile(r"[<>`]")
_MODULE = re.compile(r"[A-Za-z]\w*")
#: What these do is not for YAML to reach.
_CLOSED_PACKAGES = frozenset(
    {
        "headrace",
        "headrace_airflow",
        "headrace_features",
        "airflow",
        "mlflow",
        "hydra",
        "omegaconf",
        "pip",
        "setuptools",
    }
    | {"pkg_resources", "pytest", "joblib", "cloudpickle", "dill", "skops", "duckdb", "yaml"}
)
#: Their public estimators are allowed already, and their other parts are none.
_KNOWN_PACKAGES = frozenset({"sklearn", "xgboost", "lightgbm"})


def problems(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Names of one configuration that cannot be what they have to become, at their places."""
    yield from _sources(spec, composed)
    yield from _registry(spec, composed)
    yield from _tags(spec, composed)
    yield from _packages(spec, composed)
    yield from _private(spec, composed)


def pipeline_problems(name: str, file: str) -> Iterator[Diagnostic]:
    """Why a pipeline may not be called so; asked before anything is made of its name."""
    if not _PIPELINE.fullmatch(name) or name.endswith("."):
        message = f"`{name}` cannot be a pipeline's name: it is the name of a DAG, of files and of a model too"
        remedy = "rename the file: letters, digits, `_`, `-` and `.`, at most 100"
        yield Diagnostic("HR251", message, Place(file), remedy)


def file_name_problem(name: str) -> str:
    """Why a table of this name cannot be kept in a file of that name; empty if it can."""
    if not name.strip() or len(name) > 100:
        return "is empty, or longer than 100 characters"
    if found := _NOT_IN_FILES.search(name):
        return f"has `{found[0]}`, which no file name may have"
    if name.startswith(".") or name != name.strip() or not name.isprintable():
        return "begins with a dot, or has spaces at its ends or characters that cannot be seen"
    return ""


def _sources(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    first: dict[str, str] = {}
    for name in spec.dataset.sources:
        place = composed.key_of(f"dataset.sources.{name}")
        if why := file_name_problem(name):
            yield composed.diagnostic("HR251", f"the source's name `{name[:80]}` {why}", place, "choose a plain name")
        elif (other := first.setdefault(name.casefold(), name)) != name:
            message = f"the sources `{other}` and `{name}` are one table in SQL, which takes no notice of case"
            yield composed.diagnostic("HR251", message, place, "rename one of them")


def _registry(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    if spec.registry is None:
        return
    name, alias = spec.registry.name, spec.registry.alias
    if name is not None and (not name.strip() or _NOT_IN_MODELS.search(name)):
        message = f"`{name}` cannot be the name of a registered model"
        place = composed.place_of("registry.name")
        yield composed.diagnostic("HR251", message, place, "leave out / : \\ < > and quotes, or the whole line")
    if not _ALIAS.fullmatch(alias) or alias == "latest" or re.fullmatch(r"v\d+", alias):
        message = f"`{alias}` cannot be an alias"
        remedy = "write a word of letters, digits, `_` and `-`; MLflow keeps `latest` and v1, v2, … to itself"
        yield composed.diagnostic("HR251", message, composed.place_of("registry.alias"), remedy)


def _tags(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    texts = [("owner", spec.owner), *((f"tags.{index}", tag) for index, tag in enumerate(spec.tags))]
    texts += [("tracking.experiment", spec.tracking.experiment or "-")]
    for path, text in texts:
        place = composed.place_of(path)
        if not text.strip():
            yield composed.diagnostic("HR251", f"`{path}` is empty", place, "write a name, or leave the line out")
        elif found := _NOT_IN_TAGS.search(text):
            message = f"`{path}` has `{found[0]}`: it is a label, not markup"
            yield composed.diagnostic("HR251", message, place, "leave it out")
        elif path.startswith("tags") and len(text) > 100:
            yield composed.diagnostic(
                "HR261", f"`{path}`: a tag cannot be longer than 100 characters", place, "shorten it"
            )


def closed_package(name: str, what: str = "estimators") -> str:
    """Why such things may not come from a package of this name; empty if they may."""
    if not _MODULE.fullmatch(name):
        return "is not the name of a package"
    if name in sys.stdlib_module_names or name in sys.builtin_module_names:
        return "is a part of Python itself"
    return f"is a tool, not a package of {what}" if name in _CLOSED_PACKAGES else ""


def _packages(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    for index, name in enumerate(spec.model_packages):
        if why := closed_package(name):
            remedy = "name the one package of your own that has the estimator, as in `model_packages: [my_models]`"
            place = composed.place_of(f"model_packages.{index}")
            yield composed.diagnostic("HR256", f"`{name}` {why}", place, remedy)


def _private(spec: Spec, composed: Composed) -> Iterator[Diagnostic]:
    """Only public parts of an allowed package: what a library keeps to itself leads everywhere."""
    if spec.model is None:
        return
    private = [part for part in spec.model.type.split(".") if part.startswith("_") or part.endswith("__")]
    if private and spec.model.type.partition(".")[0] in {*_KNOWN_PACKAGES, *spec.model_packages}:
        message = f"`{private[0]}` is a private part of a library"
        remedy = "write the estimator's public path, as in sklearn.linear_model.LogisticRegression"
        yield composed.diagnostic("HR258", message, composed.place_of("model.type"), remedy)
