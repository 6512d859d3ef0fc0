# Everything runs in .venv, made on first use from the hashed lock files.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
COMPILE := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet

# The system's certificates, as pip uses them: networks with a certificate authority of their own work too.
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.PHONY: help demo test soak e2e fuzz lint format reference dags up lock benchmark clean

help: ## Show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: .venv/run.stamp ## Train, gate and register a model of late flights
	@$(BIN)/headrace run flight_delays

test: .venv/dev.stamp .venv/editor.stamp ## Run the tests (minutes)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

soak: .venv/dev.stamp ## Run the slow tests: a real scheduler, kills, soaks
	@$(BIN)/python -m pytest -m slow $(ARGS)

e2e: .venv/dev.stamp ## Run the slow tests of tests/e2e alone: Airflow's scheduler, failures, kills, backfills
	@$(BIN)/python -m pytest -m slow tests/e2e $(ARGS)

fuzz: .venv/dev.stamp ## Compile 50,000 mutated configurations (an hour or more; ARGS="--cases 1000 --seed 7")
	@$(BIN)/python tests/safety/fuzz.py $(ARGS)

lint: .venv/dev.stamp ## Check style, types, layers and the configuration
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/headrace lint
	@$(BIN)/zizmor --offline --quiet .github
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml pipeline/headrace/scaffold/template/.github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml
	@$(BIN)/zizmor --offline --quiet pipeline/headrace/scaffold/template/.github
	@$(BIN)/pre-commit validate-manifest .pre-commit-hooks.yaml

format: .venv/dev.stamp ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

reference: .venv/dev.stamp ## Write the generated pages under docs/reference again
	@$(BIN)/python -m headrace.reference docs/reference

dags: .venv/dev.stamp ## Check every pipeline's DAG, and walk its structure
	@$(BIN)/headrace dags check
	@for file in conf/pipeline/*.yaml; do $(BIN)/headrace dags test $$(basename $$file .yaml) --structure || exit 1; done

up: .venv/dev.stamp ## Start Airflow with the pipelines' DAGs, and MLflow, on this machine only
	@$(BIN)/headrace up

benchmark: .venv/dev.stamp ## Measure against the bare script and against DVC
	@$(BIN)/python benchmarks/all.py

lock: $(UV) ## Resolve the lock files again
	$(UV) pip compile $(COMPILE) --extra dev pyproject.toml -o requirements-dev.txt
	$(UV) pip compile $(COMPILE) --extra examples -c requirements-dev.txt pyproject.toml -o requirements.txt

clean: ## Remove the environment and all state
	rm -rf .venv .headrace tests/editor/node_modules dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(UV):
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"headrace needs Python 3.11 to 3.13, and $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# The lock for running is a part of the lock for developing, so either may come first.
.venv/run.stamp: requirements.txt pyproject.toml | $(UV)
	@echo "Installing what a run needs: about 400 MB to download the first time, from the package index that pip uses."
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements.txt
	@$(UV) pip install --quiet --no-deps --editable .
	@$(BIN)/python -m compileall -q pipeline dag_factory
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt pyproject.toml | $(UV)
	@echo "Installing what development needs, Airflow included: about 480 MB to download the first time."
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements-dev.txt
	@$(UV) pip install --quiet --no-deps --editable .
	@$(BIN)/python -m compileall -q pipeline dag_factory
	@touch $@ .venv/run.stamp

# The language server that editors use; its tests are skipped where there is no npm.
.venv/editor.stamp: tests/editor/package.json | $(UV)
	@if command -v npm >/dev/null; then npm install --prefix tests/editor --no-package-lock --no-audit --no-fund --silent \
	  --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=60000 \
	  || echo "The language server could not be installed: the tests that drive it are skipped."; fi
	@touch $@
