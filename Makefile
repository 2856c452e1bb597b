# Two commands do everything, each with its own set-up: `make run` and `make test`.
SHELL := /bin/sh
# The first Python of at least 3.11 that is there. `make PYTHON=/path/to/python3.12 setup` takes another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Only what was committed decides: the lock and how the project is built.
READY := .venv/.ready

.PHONY: setup run test check format lock lock-check docs clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "paperhouse needs Python 3.11 or later; install it, or name it: make PYTHON=... setup" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $(READY)

# PATHS="file folder ...": those dumps, into the default home. Without: the bundled sample, into a home of its own.
run: setup
	$(BIN)/paperhouse run $(if $(PATHS),$(PATHS),--sample)

# A file's tests stay in one process: they share homes that took seconds to load.
test: setup
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# Lint, format, types, and whether what is generated is fresh.
check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m warehouse.dictionary --check

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What is pinned stays pinned while the bounds allow it; `make lock UPGRADE=--upgrade` moves everything.
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-strip-extras --python-version 3.11 --extra dev \
	--custom-compile-command "make lock" --no-emit-index-url pyproject.toml

lock: setup
	$(LOCK) $(UPGRADE) --output-file requirements.lock

# Asks the package registry, so it is no part of `check`, which works without a network.
lock-check: setup
	cp requirements.lock .venv/fresh.lock
	$(LOCK) --output-file .venv/fresh.lock
	@cmp -s requirements.lock .venv/fresh.lock || { diff requirements.lock .venv/fresh.lock | head -40; \
		echo "requirements.lock does not fit pyproject.toml: run make lock" >&2; exit 1; }

docs: setup
	$(BIN)/python -m warehouse.dictionary

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
