"""Diagnostics -> a DAG in the place of a pipeline that does not compile."""

from __future__ import annotations

from collections.abc import Sequence

from airflow.sdk import DAG

from headrace.counted import counted
from headrace.errors import Diagnostic
from headrace_airflow.runtimes.operator import BrokenOperator
from headrace_airflow.spec.documentation import document_problems
from headrace_airflow.spec.ids import valid_id

#: The tag that every pipeline's DAG carries, and the one of a stand-in.
TAG, BROKEN = "headrace", "broken"


def build_stand_in(name: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    """A DAG that carries what is wrong, and never runs by itself."""
    dag = DAG(
        dag_id=valid_id(name),
        description=f"does not compile: {counted(len(diagnostics), 'problem')}",
        schedule=None,
        tags=[TAG, BROKEN],
        doc_md=document_problems(name, diagnostics),
    )
    BrokenOperator(task_id=BROKEN, diagnostics=tuple(diagnostics), dag=dag)
    return dag
