"""What has to be installed beside Airflow for stages to run elsewhere. Imports nothing of it."""

from __future__ import annotations

from importlib.util import find_spec

from headrace.errors import HeadraceError

#: Type -> the module that is asked for, and the extra of headrace that brings it.
_NEEDS = {"docker": ("docker", "docker"), "kubernetes": ("airflow.providers.cncf.kubernetes", "kubernetes")}


class MissingClientError(HeadraceError):
    """Stages are to run where nothing installed here can start them."""

    code = "HR397"


def require_runtime(kind: str) -> None:
    """MissingClientError unless what starts stages of this type is installed."""
    if kind not in _NEEDS:
        return
    module, extra = _NEEDS[kind]
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # of a package around it
        found = False
    if not found:
        raise MissingClientError(
            f"`type: {kind}` needs the Python package {module}, which is not installed beside Airflow",
            remedy=f"pip install 'headrace[{extra}]' where Airflow is",
            key="runtime.type",
        )
