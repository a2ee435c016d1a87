# Everything runs from a virtual environment of the repository's own; nothing is installed outside it and the cache folder.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
MADE := $(VENV)/.made
STAMP := $(VENV)/.installed
DEMO_STAMP := $(VENV)/.installed-demo

.PHONY: help demo venv check test-fast test parts controlplane brokers bench format docs-tables pictures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# An environment of another Python is not used again: what was installed for it would be looked for in vain.
$(MADE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not there or older than Python 3.11; name another: make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Both targets fill one environment: development needs all that the demo does.
$(STAMP): $(MADE)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(DEMO_STAMP)

$(DEMO_STAMP): $(MADE)
	@echo "setting up $(VENV), once: about a minute, 280 MB"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[demo]'
	@touch $@

# What the environment has is not asked for here: on many machines KUBECONFIG names a cluster that people depend on.
said = $(if $(filter command,$(origin $(1))),$($(1)))
asked = $(filter-out 0 no false,$(call said,$(1)))

demo: $(DEMO_STAMP) ## shows the main job on this machine; REAL=1, KUBECONFIG=FILE, BROKER=URL, BROKER_CA=FILE, KEEP=1, SVG=FILE
	@$(BIN)/pinnace-sim demo $(if $(call asked,REAL),--real) $(if $(call asked,KEEP),--keep) \
		$(if $(call said,KUBECONFIG),--kubeconfig '$(KUBECONFIG)') $(if $(call said,SVG),--svg '$(SVG)') \
		$(if $(call said,BROKER),--broker '$(BROKER)') $(if $(call said,BROKER_CA),--broker-ca '$(BROKER_CA)')

venv: $(STAMP) ## the virtual environment with everything for development

check: $(STAMP) ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## rewrites the code in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Stores commit with fsync; in memory that costs nothing.
test-fast: $(STAMP) ## the tests that need nothing but Python; under a minute
	TMPDIR=$$(test -w /dev/shm && echo /dev/shm || echo "$${TMPDIR:-/tmp}") $(BIN)/pytest -q -m "not real and not slow" -n 2

controlplane: $(STAMP) ## builds kube-apiserver and its companions into the cache folder (once per version)
	$(BIN)/python -m pinnace_sim.provision controlplane

brokers: $(STAMP) ## finds or unpacks mosquitto into the cache folder
	$(BIN)/python -m pinnace_sim.provision brokers

parts: $(STAMP) # the real parts; without CI, tests of a part that cannot be had are named as not run
	$(BIN)/python -m pinnace_sim.provision all || [ "$$CI" != true ]

# A file's tests stay together, for the programs that they share. In the order of the files those that need only Python
# come last, and fill up what the long ones leave of the cores.
test: $(STAMP) parts ## all tests, on real parts
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: $(STAMP) parts ## measures beside floors and peers; ONLY="intake wire" runs some
	$(BIN)/python -m bench $(ONLY)

docs-tables: $(STAMP) ## prints the tables of docs/ from the code
	$(BIN)/python docs/tables.py

pictures: $(STAMP) ## draws the README's pictures from what really runs
	$(BIN)/python docs/pictures.py

clean: ## removes the virtual environment and caches of the repository (not the cache folder)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
