# Everything runs in .venv, which is made on first use and renewed when the pins change.
# pip's own settings (PIP_INDEX_URL, PIP_FIND_LINKS, ...) are taken from the environment as usual.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Files of tests are dealt out to so many processes; each may hold a small model.
TEST_PROCESSES ?= 2
PIP_INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## Install curate with training and its tests into .venv

# torch first and by its exact pin, so that no other package's looser bound chooses another build.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "curate needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Installing into $(VENV) (once; a few minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) torch
	@$(PIP_INSTALL) --editable '.[train,language,embedding,pii,classifier,balance,augment,attack,dev]'
	@touch $@

demo: $(INSTALLED) ## Clean, version, diff and train on the demonstration data, in demo-output/
	@PATH="$(CURDIR)/$(BIN):$$PATH" rules/demo/run.sh

test: $(INSTALLED) ## Run all tests
	@$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist loadfile

lint: $(INSTALLED) ## Check style, types and layers
	@failed=0; for check in "ruff check ." "ruff format --check ." mypy "lint-imports --no-logo"; do \
	  $(BIN)/$$check || failed=1; done; exit $$failed

bench: $(INSTALLED) ## Measure again what the README states
	@for script in benchmarks/build.py benchmarks/store.py benchmarks/rules.py benchmarks/dedup.py; do \
	  echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

clean: ## Remove .venv and what the demonstration made
	rm -rf $(VENV) demo-output
