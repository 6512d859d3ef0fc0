"""Every check there is. A new one is added here."""

from __future__ import annotations

from headrace.doctor.checks import airflow, machine, mlflow, native, packages, project, storage
from headrace.doctor.finding import Check

CHECKS: tuple[Check, ...] = (
    Check("Python", packages.python),
    Check("packages", packages.versions),
    Check("byte code", packages.byte_code),
    Check("XGBoost", native.xgboost_loads, patience=8.0),
    Check("OpenMP", native.openmp_runtimes),
    Check("time zones", machine.time_zones),
    Check("clock", machine.clock),
    Check("git", machine.git),
    Check("project", project.found),
    Check("configuration", project.compiles, patience=20.0),
    Check("secrets", project.secrets_file),
    Check("environment", project.environment),
    Check("store", storage.writable),
    Check("disk", storage.free_space),
    Check("file system", storage.file_system),
    Check("MLflow tracking", mlflow.tracking, patience=6.0),
    Check("MLflow registry", mlflow.registry, patience=6.0),
    Check("Airflow", airflow.installed),
    Check("DAG files", airflow.dag_files),
)
#: Asked for by `--dags`: Airflow itself takes half a minute.
WITH_AIRFLOW: tuple[Check, ...] = (Check("DAGs in Airflow", airflow.imports_dags, patience=180.0),)
