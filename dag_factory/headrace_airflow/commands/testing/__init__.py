"""`headrace dags test`: runs of DAGs, for real, without a scheduler."""
