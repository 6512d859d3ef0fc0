"""People who answer what Airflow asks them, while `headrace dags test` waits in the same process.

The answers go through Airflow's own handler of its web page's requests; what nobody answers in time, its scheduler's
own method ends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

from airflow_runs import RunSeen
from projects import Sandbox

_RUN = """\
import contextlib, io, json, os, sys, threading, time
from headrace_airflow.cli import main

pipelines, answers = json.loads(sys.argv[1]), json.loads(sys.argv[2])
asked, over = [], threading.Event()

def answer_all():
    while not over.is_set():
        time.sleep(0.2)
        for question in questions():
            try:
                answer(*question)
            except Exception as error:
                asked.append([repr(error)])
                over.set()

def questions():
    from airflow.models.hitl import HITLDetail
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import TaskInstanceState
    from sqlalchemy import select
    columns = (TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.task_id, HITLDetail.subject, HITLDetail.body)
    joined = select(*columns).join(HITLDetail, HITLDetail.ti_id == TaskInstance.id)
    with create_session() as session:
        found = session.execute(joined.where(TaskInstance.state == TaskInstanceState.AWAITING_INPUT))
        return [tuple(row) for row in found]

def answer(dag_id, run_id, task_id, subject, body):
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
    from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.utils.session import create_session
    asked.append([dag_id, task_id, subject, body])
    if dag_id not in answers:
        SchedulerJobRunner(Job()).check_awaiting_input_timeouts()
        return
    payload = UpdateHITLDetailPayload(chosen_options=answers[dag_id][0], params_input=answers[dag_id][1])
    user = SimpleAuthManagerUser(username="ann", role="admin")
    with create_session() as session:
        update_hitl_detail(dag_id, run_id, task_id, payload, user, session, -1)

results = {}
people = None
for name in pipelines:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        if people is None:
            from headrace_airflow.cli import _enter, _project
            from headrace_airflow.local.settings import airflow_home, airflow_settings, enter
            project = _project(None)
            settings = airflow_settings(project, airflow_home(project, "check"))
            enter({**settings, "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"})
            # Two threads that import Airflow wait for one another for ever.
            import airflow.api_fastapi.core_api.routes.public.hitl, airflow.dag_processing.dagbag
            import airflow.api_fastapi.auth.managers.simple.user, airflow.jobs.scheduler_job_runner
            people = threading.Thread(target=answer_all, daemon=True)
            people.start()
        code = main(["test", name, "--wait"])
    results[name] = {"code": code, "out": out.getvalue()}
over.set()
people.join(30)
print("\\n" + json.dumps({"results": results, "asked": asked}), flush=True)
os._exit(0)  # threads of Airflow's in-process API may still be waiting
"""


def dags_test_with_people(
    sandbox: Sandbox,
    pipelines: Sequence[str],
    answers: Mapping[str, tuple[list[str], dict[str, object]]],
    **environment: str,
) -> tuple[dict[str, RunSeen], list[list[str]]]:
    """Run the DAGs; pipeline -> what somebody chooses and enters when it asks. None of it: nobody is there.

    What each ended with, and what was asked.
    """
    words = [sys.executable, "-c", _RUN, json.dumps(list(pipelines)), json.dumps(answers)]
    environment = {**sandbox.environment(), **environment}
    done = subprocess.run(
        words, cwd=sandbox.root, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    document = json.loads(done.stdout.splitlines()[-1])
    seen = {name: RunSeen(result["code"], result["out"]) for name, result in document["results"].items()}
    return seen, document["asked"]
