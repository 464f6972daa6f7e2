# setup, demo, test, lint: nothing is needed but make and a Python 3.11 or newer with venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
TESTS ?= tests

.PHONY: setup demo test lint format lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer with venv: apt-get install python3-venv, or make PYTHON=..."; exit 2; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q tools models
	@touch $@

demo: setup  ## from SQL files to a proven database, and back to nothing
	@$(BIN)/tools scratch --empty -- $(BIN)/python examples/demo.py

test: setup  ## the whole suite, on an embedded PostgreSQL 18 or on TOOLS_SCRATCH_URL
	$(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## needs uv
	uv pip compile pyproject.toml --group dev --extra embedded --universal --generate-hashes \
		--no-annotate --no-header --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache build dist
