"""What Airflow is told to mask, once a secret was looked up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_LOOK_UP = """\
from airflow.sdk.log import redact
from headrace_airflow.secret_values import with_secrets

found = with_secrets({"HOOK": "the-address", "OTHER": "not-asked-for"}, ["HOOK", "FROM_AIRFLOW", "NOWHERE"])
print(sorted(found.items()), redact("the-address of-airflow not-asked-for"))
"""


def test_a_secret_is_masked_whatever_its_name(tmp_path: Path) -> None:
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW_VAR_FROM_AIRFLOW": "of-airflow"}
    words = [sys.executable, "-c", _LOOK_UP]

    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    said = "[('FROM_AIRFLOW', 'of-airflow'), ('HOOK', 'the-address'), ('OTHER', 'not-asked-for')] *** *** not-asked-for"
    assert done.stdout.splitlines()[-1] == said
