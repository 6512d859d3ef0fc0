"""Native libraries, loaded in a process of their own: a broken one may end the process that loads it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from headrace.doctor.finding import Finding, Patient

#: Loading the library itself shows what importing the package would, a tenth as slowly.
_LOAD = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
_LIBOMP = "libomp"
_RUNTIMES = ("libomp", "libiomp5", "libgomp")
_KEEPERS = ("scikit-learn", "xgboost", "torch", "lightgbm", "numpy", "scipy")


def xgboost_loads(patient: Patient) -> Iterable[Finding]:
    """Whether XGBoost's library loads: on macOS its OpenMP is often missing."""
    library = _library()
    if library is None:
        return []  # that it is not installed is another finding
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(library)],
        env=dict(patient.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return [Finding("ok", "XGBoost", f"{metadata.version('xgboost')} loads")]
    last = next(iter(reversed(done.stderr.strip().splitlines())), f"ended by signal {-done.returncode}")
    return [Finding("fail", "XGBoost", f"its library does not load: {last[:200]}", _remedy(done.stderr))]


def openmp_runtimes(patient: Patient) -> Iterable[Finding]:
    """Copies of one OpenMP that several packages carry: two at work in one process can hang it on macOS."""
    del patient
    found = sorted({(runtime, name) for name in _KEEPERS for runtime in _runtimes_of(name)})
    intel = [name for runtime, name in found if runtime == "libiomp5"]
    others = [name for runtime, name in found if runtime != "libiomp5"]
    carried = ", ".join(f"{name} ({runtime})" for runtime, name in found) or "the system's"
    if intel and others:
        said = f"Intel's and another are mixed: {carried}"
        return [Finding("warn", "OpenMP", said, "if a run hangs, set OMP_NUM_THREADS=1, or install one build of both")]
    return [Finding("ok", "OpenMP", carried)]


def _library() -> Path | None:
    spec = importlib.util.find_spec("xgboost")
    if spec is None or spec.origin is None:
        return None
    found = [*(Path(spec.origin).parent / "lib").glob("*xgboost.*")]
    return next((path for path in found if path.suffix in (".so", ".dylib", ".dll")), None)


def _runtimes_of(distribution: str) -> set[str]:
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        return set()
    names = (Path(str(file)).name for file in files)
    return {runtime for name in names for runtime in _RUNTIMES if name.startswith(runtime)}


def _remedy(errors: str) -> str:
    if _LIBOMP in errors and sys.platform == "darwin":
        return "brew install libomp"
    return "install it again: pip install --force-reinstall xgboost"
