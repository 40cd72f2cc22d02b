# Every job of the project, one command each. `make run` and `make test` need nothing before them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup run run-elasticsearch lint types test fuzz bench bench-files bench-index bench-clocks chaos migration catalogue permissions clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 20

setup: $(VENV)/.ready web/static/vendor/.ready web/translations/.ready $(VENV)/.compiled ## Build .venv, fetch the front-end libraries, compile translations and loops

run: setup ## Serve the made-up city at http://127.0.0.1:8000/ (or a free port)
	@echo "→ starting; Ctrl-C ends it, a second start keeps the data (var/)"
	@exec $(BIN)/flask serve --demonstration --with-scheduler

run-elasticsearch: $(VENV)/.dev-ready setup ## The same on a real Elasticsearch node, kept in var-elasticsearch/
	@tools/debian-packages maven openjdk-17-jdk-headless
	@exec $(BIN)/python -m tests.services.elasticsearch var-elasticsearch $(BIN)/flask serve --demonstration --with-scheduler

# Four at a time on two cores: many tests wait, for a window or another process; with three a third of
# both cores was idle. What one process compiled the others need not compile again.
test: export PYTHONDONTWRITEBYTECODE :=
PYTEST = $(BIN)/python -m pytest -n $(shell echo $$(( $$(nproc 2>/dev/null || echo 2) * 2 ))) --dist worksteal

lint: $(VENV)/.dev-ready ## Style, complexity, and which way imports go
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev-ready ## Static types
	$(BIN)/mypy

test: $(VENV)/.dev-ready setup lint types ## Lint, types and every test; as root it installs what they need from Debian
	@tools/debian-packages chromium fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 dovecot-imapd postgresql maven openjdk-17-jdk-headless
	$(PYTEST)
	@echo "→ the tests that touch the records once more, on PostgreSQL"
	$(PYTEST) --database postgresql

fuzz: $(VENV)/.dev-ready setup ## Judge 100,000 odd texts and every real message in three scripts: a quarter of an hour
	MINSHENG_FUZZ_EXAMPLES=100000 MINSHENG_FUZZ_MESSAGES=100000 $(BIN)/python -m pytest -n auto --timeout 7200 tests/classifier/test_whole_judgement.py tests/classifier/test_strange_models.py
	@$(BIN)/python -m benchmarks.classifier_budget --texts 2000

bench: $(VENV)/.dev-ready setup ## Measure: one JSON line a figure
	@$(BIN)/python -m benchmarks

bench-files: $(VENV)/.dev-ready setup ## Measure files of half a million rows, killed on the way, on both databases: an hour or two
	@tools/debian-packages postgresql
	@$(BIN)/python -m benchmarks.file_import
	@$(BIN)/python -m benchmarks.file_import --database postgresql

bench-clocks: $(VENV)/.dev-ready setup ## Measure a million open clocks, on both databases: some minutes
	@tools/debian-packages postgresql
	@$(BIN)/python -m benchmarks.clocks
	@$(BIN)/python -m benchmarks.clocks --database postgresql

bench-index: $(VENV)/.dev-ready setup ## Measure a million messages in both engines of the trend index: an hour or more
	@tools/debian-packages maven openjdk-17-jdk-headless
	@$(BIN)/python -m benchmarks.index_engines

chaos: $(VENV)/.dev-ready setup ## Long tortures: processes and nodes of Elasticsearch killed under load
	@tools/debian-packages postgresql dovecot-imapd maven openjdk-17-jdk-headless
	MINSHENG_CHAOS_SECONDS=300 $(BIN)/python -m pytest tests/processes tests/routing/test_many_hands.py --database postgresql
	MINSHENG_CHAOS_SECONDS=300 $(BIN)/python -m pytest -s tests/monitor/test_elasticsearch_faults.py tests/monitor/test_elasticsearch_cluster.py

migration: $(VENV)/.ready ## Draft a migration: make migration NUMBER=0002 MESSAGE="Add ratings"
	$(BIN)/python -m casework.storage.draft_migration "$(NUMBER)" "$(MESSAGE)"

catalogue: $(VENV)/.dev-ready ## Collect the sentences of pages and code into the translation catalogue
	@mkdir -p .cache
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -o .cache/messages.pot web
	@$(BIN)/python -m web.collect_sentences .cache/messages.pot

permissions: $(VENV)/.ready ## Write who may enter which page into docs/permissions.md
	@$(BIN)/python -m web.permission_table

clean: ## Remove what setup built; var/ (the data) stays
	rm -rf $(VENV) node_modules web/static/vendor web/translations/*/LC_MESSAGES/*.mo web/translations/.ready

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tools/debian-packages python3-venv
	@echo "→ building $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: $(VENV)/bin/python requirements.txt
	@echo "→ installing the Python packages"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@mkdir -p $(@D) && touch $@

$(VENV)/.dev-ready: $(VENV)/.ready requirements-dev.txt
	@echo "→ installing what tests, lint and types need"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@mkdir -p $(@D) && touch $@

web/static/vendor/.ready: $(VENV)/.ready package.json package-lock.json web/vendor.py
	@echo "→ fetching the front-end libraries"
	@$(BIN)/python -m web.vendor
	@mkdir -p $(@D) && touch $@

# What runs over arrays, beside the bytecode; without it the first process to judge would wait for it.
$(VENV)/.compiled: $(VENV)/.ready $(wildcard classifier/*.py)
	@echo "→ compiling the loops of the classifier"
	@$(BIN)/python -m classifier.compiled
	@mkdir -p $(@D) && touch $@

web/translations/.ready: $(VENV)/.ready $(wildcard web/translations/*/LC_MESSAGES/*.po)
	@echo "→ compiling the translations"
	@$(BIN)/python -m web.compile_translations
	@mkdir -p $(@D) && touch $@
