"""Diagnostics -> a DAG in the place of a pipeline that does not compile, or of those that a file cannot hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from airflow.sdk import DAG

from headrace.counted import counted
from headrace.errors import Diagnostic
from headrace_airflow.runtimes.operator import BrokenOperator
from headrace_airflow.spec.documentation import document_problems
from headrace_airflow.spec.ids import valid_id
from headrace_airflow.spec.markdown import lines

#: The tag that every pipeline's DAG carries, and the one of a stand-in.
TAG, BROKEN = "headrace", "broken"
#: The id of the DAG that names pipelines which have none.
LEFT_OUT = "pipelines_left_out"


def build_stand_in(name: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    """A DAG that carries what is wrong, and never runs by itself."""
    description = f"does not compile: {counted(len(diagnostics), 'problem')}"
    return _broken(valid_id(name), description, document_problems(name, diagnostics), diagnostics)


def build_left_out(names: Sequence[str], taken: Collection[str], why: str, remedy: str) -> DAG:
    """A DAG that names the pipelines which have none, under an id that is not `taken`."""
    dag_id = LEFT_OUT
    while dag_id in taken or dag_id in names:
        dag_id += "_"
    lacking = f"{counted(len(names), 'pipeline')} without a DAG"
    problem = Diagnostic("HR710", f"{lacking}, for {why}: {', '.join(names)}", remedy=remedy)
    page = f"# {lacking}\n\n{lines(f'{why}: {remedy}')}\n\nThese have none:\n\n{lines(chr(10).join(names))}\n"
    return _broken(dag_id, f"{lacking}: {why}", page, [problem])


def _broken(dag_id: str, description: str, page: str, diagnostics: Sequence[Diagnostic]) -> DAG:
    dag = DAG(dag_id=dag_id, description=description, schedule=None, tags=[TAG, BROKEN], doc_md=page)
    BrokenOperator(task_id=BROKEN, diagnostics=tuple(diagnostics), dag=dag)
    return dag
