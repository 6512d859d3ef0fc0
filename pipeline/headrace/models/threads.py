"""How the threads of native libraries behave beside other work."""

from __future__ import annotations

import os


def wait_politely() -> None:
    """Let OpenMP threads sleep, not spin, while they wait for each other.

    Spinning threads hold on to cores that the others need: with more work than cores, XGBoost then trains six times
    slower. The libraries read this once, when they are loaded; who has set `OMP_WAIT_POLICY` is left alone.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
