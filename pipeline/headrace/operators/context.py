"""What Airflow itself tells every function that has a parameter of such a name."""

from __future__ import annotations

#: Names of Airflow's context; a test holds them against the Airflow that is installed.
CONTEXT = frozenset(
    {
        *("conn", "var", "macros", "params", "reason", "exception", "test_mode", "templates_dict"),
        *("dag", "dag_run", "run_id", "task", "ti", "task_instance", "task_instance_key_str", "try_number"),
        *("logical_date", "data_interval_start", "data_interval_end", "partition_key", "partition_date"),
        *("ds", "ds_nodash", "ts", "ts_nodash", "ts_nodash_with_tz", "expanded_ti_count", "map_index_template"),
        *("inlets", "outlets", "inlet_events", "outlet_events", "triggering_asset_events", "task_reschedule_count"),
        *("prev_data_interval_start_success", "prev_data_interval_end_success"),
        *("prev_start_date_success", "prev_end_date_success", "task_state_store", "asset_state_store"),
    }
)
