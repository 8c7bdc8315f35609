# make run   install, index the configured articles, start (Telegram with TELEGRAM_BOT_TOKEN, else the terminal)
# make test  everything CI runs
# make bench measurements over ../shared/data (or VERBATIM_DATA), two hours on two cores; skipped where the data is absent
#            BENCH_PASSAGES="15000 1000000" chooses the sizes; records and plots go to .verbatim/bench
# make soak  uses the bot for 20 minutes while Telegram and sources fail and the snapshot is swapped; fails where something grew
# make audit asks the public data for known vulnerabilities in what is installed; fails where there are any, and where it could
#            not be asked: the last line says which (config/supply/audit.py, which cron can call, has a status for each)
# make sbom  writes the software bill of materials of what is installed to .verbatim/sbom.json (CycloneDX)
# make reader trains the reading model anew, by three teachers, and fits its weights: half an hour with a graphics card, a day on two cores (CONTRIBUTING, "Training the reader")

PYTHON ?= python3
VENV := .venv
DATA := $(or $(VERBATIM_DATA),../shared/data)
SETS := squad2-dev news-2024 xquad-es xquad-de xquad-ru
BIN := $(VENV)/bin
BENCH := PYTHONPATH=tests:. VERBATIM_DATA=$(DATA) $(BIN)/python tests/benchmarks
AUDIT := $(VENV)/audit
RECORDS := .verbatim/bench
BENCH_PASSAGES ?= 15000 100000
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint types bench answers costs soak audit sbom reader clean

# The bot starts unless the build failed: not where documents are broken (3), another build goes on (4), the gate holds
# the new snapshot back (5), or the time was over (124).
run: $(VENV)/.installed
	@$(BIN)/verbatim-index build </dev/null || case $$? in 3|4|5|124) ;; *) exit 1 ;; esac
	@exec $(BIN)/verbatim-bot run

# Most tests wait for processes: more of them at once than there are cores.
test: lint types
	$(BIN)/python -m pytest -n 4

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

bench: $(VENV)/.installed-dev
	@test -d $(DATA) || echo "no question sets in $(DATA): name their folder with VERBATIM_DATA"
	@test ! -d $(DATA) || $(MAKE) --no-print-directory answers costs

answers:
	$(BENCH)/fusion.py
	for set in $(SETS); do \
		echo "== $$set"; \
		$(BIN)/verbatim-bot evaluate --articles $(DATA)/$$set/articles.jsonl.gz --questions $(DATA)/$$set/questions.jsonl.gz || exit 1; \
	done

costs:
	mkdir -p $(RECORDS)
	$(BENCH)/vectors.py --passages $(BENCH_PASSAGES) --json $(RECORDS)/vectors.json
	$(BENCH)/words.py --passages $(BENCH_PASSAGES) --json $(RECORDS)/words.json
	$(BENCH)/growing.py --passages $(BENCH_PASSAGES) --keep $(RECORDS)/indexes --to $(RECORDS)
	$(BENCH)/asking.py --passages $(BENCH_PASSAGES) --keep $(RECORDS)/indexes --to $(RECORDS)
	$(BENCH)/encoding.py --storage $(RECORDS)/indexes/news-2024-$(firstword $(BENCH_PASSAGES))/storage --json $(RECORDS)/encoding.json
	$(BENCH)/refresh.py

soak: $(VENV)/.installed-dev
	mkdir -p $(RECORDS)
	PYTHONPATH=tests:. $(BIN)/python tests/benchmarks/soak.py --to $(RECORDS)

audit: $(VENV)/.installed $(AUDIT)/.installed
	@$(BIN)/python -m config.supply.audit $(AUDIT)/bin/pip-audit

sbom: $(VENV)/.installed
	@$(BIN)/python -m config.supply.sbom --output .verbatim/sbom.json

reader: $(VENV)/.installed-dev
	$(BIN)/python -m bot.training mine
	for seed in 0 1 2; do $(BIN)/python -m bot.training train --recipe teacher --name teacher-$$seed --seed $$seed || exit; done
	$(BIN)/python -m bot.training train --recipe taught --name taught --start .work/training/runs/teacher-0 --teachers .work/training/runs/teacher-0 .work/training/runs/teacher-1 .work/training/runs/teacher-2 --write
	$(BIN)/python -m bot.training fit --write

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable . </dev/null
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --editable '.[dev]' </dev/null
	@touch $@ $(VENV)/.installed

# In an environment of its own: what looks after the dependencies is none of them.
$(AUDIT)/.installed: config/supply/audit.txt | $(BIN)/python
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --requirement config/supply/audit.txt </dev/null
	@touch $@

clean:
	rm -rf $(VENV) .verbatim build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
