# twinpost: every target sets up what it needs. `make demo` and `make test` work on a fresh Debian.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# Servers that the tests start for themselves on loopback ports; nothing of them is configured.
PACKAGES := dovecot-imapd dovecot-lmtpd postfix postgresql

# The tests start the program hundreds of times: it is compiled once, whatever the machine prefers.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint check packages bench mutants histories corpus format clean help

help:  ## show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: $(VENV)/run.stamp  ## play an exchange, and a whole school year, on this machine
	$(BIN)/twinpost demo $(ARGS)

test: packages $(VENV)/dev.stamp  ## every test, with real servers where they are to be had
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)
	$(BIN)/python -m pytest -n auto --dist worksteal -q --ledger postgresql -m "ledger and not live and not slow" \
	  --ignore tests/ledger --ignore tests/contracts $(ARGS) || [ $$? -eq 5 ]

lint: $(VENV)/dev.stamp  ## style, types, import order
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint  ## the quick look: lint, and the unit tests
	$(BIN)/python -m pytest -q -n auto -m "not live and not slow" --ignore tests/stories --ignore tests/contracts

bench: packages $(VENV)/dev.stamp  ## measure, with a floor in the same run
	$(BIN)/python -m bench $(ARGS)

mutants: $(VENV)/dev.stamp  ## a hundred thousand broken mails, on all processors
	$(BIN)/python -m tests.wild $(ARGS)

histories: $(VENV)/dev.stamp  ## ten thousand invented histories: nobody is written to wrongly in any (an hour)
	TWINPOST_PROPERTIES=explore TWINPOST_HISTORIES=2500 $(BIN)/python -m pytest -q -n auto --timeout 0 \
	  tests/stories/test_safety.py -k "not octets" $(ARGS)

corpus: $(VENV)/dev.stamp  ## read mails met in the wild: make corpus CORPUS=folder
	@test -f "$(CORPUS)/index.tsv" || { echo "make corpus CORPUS=folder, with its index.tsv"; exit 2; }
	TWINPOST_CORPUS=$(abspath $(CORPUS)) $(BIN)/python -m pytest -q tests/corpus $(ARGS)

format: $(VENV)/dev.stamp  ## put the style in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

packages:
	@sh tests/packages.sh $(PACKAGES)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "twinpost needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh tests/packages.sh python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,oauth,postgres]'
	@touch $@ $(VENV)/run.stamp

clean:  ## forget what was set up
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
