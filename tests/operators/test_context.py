"""What Airflow tells a function by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from headrace.operators.context import CONTEXT

_CODE = "import json; from airflow.sdk.definitions.context import KNOWN_CONTEXT_KEYS as k; print(json.dumps(sorted(k)))"


def test_the_names_are_airflows(tmp_path: Path) -> None:
    environment = {"AIRFLOW_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", _CODE], env=environment, capture_output=True, text=True, check=True)

    assert set(json.loads(done.stdout.splitlines()[-1])) <= CONTEXT
