"""How MLflow's own inference server is started for a model on this machine."""

from __future__ import annotations

import sys
from pathlib import Path

from headrace.tracking.quiet import quiet_environment


def server_command(folder: Path, host: str, port: int) -> tuple[list[str], dict[str, str]]:
    """Command and environment of the server of an MLflow model folder: `mlflow models serve` without its shell.

    That command needs `bash`, and `uvicorn` on the PATH; this one runs in the present interpreter.
    """
    from mlflow.pyfunc import scoring_server

    _, environment = scoring_server.get_cmd(str(folder), port, host)  # type: ignore[arg-type]
    app = "mlflow.pyfunc.scoring_server.app:app"
    command = [sys.executable, "-m", "uvicorn", "--host", host, "--port", str(port), "--log-level", "warning", app]
    return command, {**quiet_environment(), **environment}
