"""Diagnostics -> a DAG in the place of a pipeline that does not compile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from airflow.sdk import DAG

from headrace.errors import Diagnostic
from headrace_airflow.runtimes.operator import BrokenOperator
from headrace_airflow.spec.documentation import document_problems

#: The tag that every pipeline's DAG carries, and the one of a stand-in.
TAG, BROKEN = "headrace", "broken"


def build_stand_in(name: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    """A DAG that carries what is wrong, and never runs by itself."""
    dag = DAG(
        dag_id=valid_id(name),
        description=f"does not compile: {len(diagnostics)} problem{'' if len(diagnostics) == 1 else 's'}",
        schedule=None,
        tags=[TAG, BROKEN],
        doc_md=document_problems(name, diagnostics),
    )
    BrokenOperator(task_id=BROKEN, diagnostics=tuple(diagnostics), dag=dag)
    return dag


def valid_id(name: str) -> str:
    """The id of a pipeline's DAG: its name, or where Airflow would refuse that, one like it that is no other's."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]
    return plain if plain == name else f"{plain}-{sha256(name.encode()).hexdigest()[:8]}"
