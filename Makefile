# make run   install, index the configured articles, start (Telegram with TELEGRAM_BOT_TOKEN, else the terminal)
# make test  everything CI runs
# make bench measurements over ../shared/data (or VERBATIM_DATA); skipped where the data is absent

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint types bench clean

run: $(VENV)/.installed
	@$(BIN)/verbatim-index build </dev/null || [ $$? -eq 3 ]
	@exec $(BIN)/verbatim-bot run

test: lint types
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pytest tests/benchmarks --run-benchmarks

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable . </dev/null
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[dev]' </dev/null
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .verbatim build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
