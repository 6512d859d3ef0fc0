"""Ids of DAGs."""

from __future__ import annotations

import re
from hashlib import sha256


def valid_id(name: str) -> str:
    """The id of a pipeline's DAG: its name, or where Airflow would refuse that, one like it that is no other's."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"
