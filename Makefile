# lnregions: `make render` and `make test` each set up all they need on a machine with Python 3.11+, pip and make.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python of 3.11 or newer that is found; set PYTHON=... to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2
OUTPUT ?= output
CASES ?= 20000
CITY ?= 210100
SEED ?= $(shell date +%s)

.PHONY: help install render test test-long coverage fuzz lint lab app audit size bench gallery picture lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install: $(READY)  ## set up .venv with the locked packages and lnregions itself

$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or name it: make install PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV); }
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || { if $(BIN)/python -m pip --version >/dev/null 2>&1; \
		then $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; \
		else $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv; fi; }
	@$(BIN)/python -m uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.txt || \
		{ echo "The locked packages could not be installed; see the message above."; exit 1; }
	@$(BIN)/python -m uv --version >/dev/null 2>&1 || true
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

render: $(READY)  ## run the notebooks for every region and city, in both languages, into output/
	@$(BIN)/lnregions render --output $(OUTPUT) --jobs $(JOBS)

test: $(READY)  ## run the tests on three workers, which kernels and browsers keep waiting (browser tests need chromium)
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-long: $(READY)  ## run what takes longer: fuzzing, fifty killed renders, 340 regions, papermill's own tests
	@$(BIN)/python -m pytest -m long
	@$(MAKE) --no-print-directory fuzz
	@$(BIN)/python benchmarks/bench.py scale
	@$(BIN)/python benchmarks/papermill_suite.py

coverage: $(READY)  ## run the tests with line and branch coverage
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --cov --cov-report=term

fuzz: $(READY)  ## read CASES damaged files (20,000); SEED=... repeats a run
	@FUZZ_CASES=$(CASES) FUZZ_SEED=$(SEED) $(BIN)/python -m pytest tests/tables/test_fuzz_tables.py tests/boundaries/test_fuzz_boundaries.py -q

audit: $(READY)  ## audit the dependencies: consistent, licences, and known vulnerabilities where the network allows
	@$(BIN)/uv pip check --python $(BIN)/python
	@$(BIN)/pip-licenses --python $(BIN)/python --summary --order count
	@$(BIN)/pip-audit --require-hashes --disable-pip -r requirements.txt || echo "Vulnerabilities could not be looked up; see above."

size:  ## print lines, modules and functions by folder, against their limits
	@$(PYTHON) benchmarks/size.py

lint: $(READY)  ## check style and spelling (ruff, notebooks included, and codespell)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/codespell

lab: $(READY)  ## open JupyterLab on the notebooks (elsewhere: make lab LAB="--no-browser --port 8899")
	@echo "JupyterLab is starting. To end it, press Control-C here, twice."
	@JUPYTER_CONFIG_PATH="$(CURDIR)/.lab$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
		$(BIN)/python -m jupyterlab --log-level ERROR $(LAB)

app: $(READY)  ## serve the explore notebook as an app, on this machine only (elsewhere: make app APP="--no-browser --port 8899")
	@$(BIN)/python -m lnregions.explorer.app $(APP)

bench: $(READY)  ## measure start, pictures, widgets and the batch against their goals (one of them: make bench BENCH=pictures)
	@$(BIN)/python benchmarks/bench.py $(BENCH)

gallery: $(READY)  ## draw every kind of figure in both languages at every width, and one page of all: gallery/index.html
	@for width in single onehalf double slide a4; do for place in "" "--city $(CITY)"; do \
		$(BIN)/lnregions figures $$place --width $$width --formats png --output gallery/$$width || exit 1; done; done
	@$(BIN)/python docs/make_gallery.py gallery

picture: $(READY)  ## take docs/site.png, the README's picture of the site, from what was rendered (needs chromium)
	@$(BIN)/python docs/make_picture.py $(OUTPUT)

lock: $(READY)  ## resolve requirements.txt anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--only-binary :all: --no-header --no-annotate --all-extras pyproject.toml -o requirements.txt

clean:  ## remove what was rendered and the environment
	rm -rf $(OUTPUT) $(VENV) .ruff_cache .coverage* htmlcov
