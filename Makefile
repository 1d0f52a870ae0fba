# Two commands do everything: `make lab` opens your copies of the lessons, `make test` proves them.
# PYTHON, PIP_ARGS, LAB_ARGS and XENC_CACHE may be set: make lab PYTHON=python3.12 LAB_ARGS=--no-browser
# Another package index for everything, models and text included, is PIP_INDEX_URL.
# REQUIREMENTS is what pip installs, TEST_ARGS goes to pytest.
# WORKERS is how many test files run at a time: most tests keep one core busy. Plain pytest runs them one by one.
ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif
VENV := .venv
WORKERS ?= 2
REQUIREMENTS ?= -r requirements.lock
READY := $(VENV)/ready
KIT_READY := $(VENV)/kit-ready

# In a container the user is often root, and JupyterLab wants to be told that this is meant.
ROOT_ARGS := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab test quick cov soak check lint notebooks findings site browser lesson edition student adapt slides assignment bench frontier clean setup

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# OpenMP's threads sleep while they wait, as in the tests: see share_cores in authoring/execute.py.
lab: export OMP_WAIT_POLICY ?= PASSIVE
lab: setup  ## set up and open your own copies of the lessons in JupyterLab
	$(BIN)/python -m authoring work
	$(BIN)/jupyter lab --notebook-dir=work $(ROOT_ARGS) $(LAB_ARGS)

test: setup  ## set up and run the unit tests and every lesson
	$(BIN)/pytest --nbval --numprocesses $(WORKERS) --dist loadfile $(TEST_ARGS)

quick: $(READY)  ## run the unit tests that need no model (under a minute)
	$(BIN)/pytest -m "not models and not slow" tests

cov: setup  ## run all unit tests and show the lines that none of them reaches
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered tests

soak: export XENC_SOAK := 1
soak: setup  ## try thousands of made-up inputs, and the injected faults twenty times (hours)
	$(BIN)/pytest -m hypothesis $(TEST_ARGS) tests
	$(BIN)/pytest $(TEST_ARGS) tests/checkout/test_wheel.py
	for run in $$(seq 20); do $(BIN)/pytest $(TEST_ARGS) tests/faults || exit 1; done

check: lint  ## all that can be checked without running tests (seconds)
	$(BIN)/python -m authoring findings --check

lint: $(READY)  ## check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

notebooks: setup  ## run every lesson in place and store its outputs
	$(BIN)/python -m authoring notebooks

findings: setup  ## write FINDINGS.md from the outputs that the lessons store
	$(BIN)/python -m authoring findings

site: setup $(KIT_READY)  ## make the website, its slides and the book in build/site/
	$(BIN)/python -m authoring site

# With the tests that `make test` skips, because they need what KIT_READY installs.
browser: setup $(KIT_READY)  ## test lessons and website in a real browser (Chromium, minutes)
	$(BIN)/pytest $(TEST_ARGS) tests/browser tests/authoring/site tests/authoring/kit/test_assignment.py

# LENGTH is 90min, halfday or twodays; without it, all lessons are whole.
edition: setup  ## make the lessons of a class in build/: make edition LENGTH=90min
	$(BIN)/python -m authoring edition $(LENGTH)

student: setup  ## make the same without solutions: make student LENGTH=90min
	$(BIN)/python -m authoring edition --student $(LENGTH)

# Also CROSS_ENCODER and BI_ENCODER, LESSONS="01 04" or LENGTH=90min; without these, all that can be adapted.
adapt: setup  ## run lessons on your text and models: make adapt COLLECTION=folder
	$(BIN)/python -m authoring adapt --collection "$(COLLECTION)" --cross-encoder "$(CROSS_ENCODER)" \
		--bi-encoder "$(BI_ENCODER)" --lessons "$(LESSONS)" --length "$(LENGTH)"

slides: setup $(KIT_READY)  ## make slides of every lesson in build/slides/
	$(BIN)/python -m authoring slides

assignment: setup $(KIT_READY)  ## make an assignment for nbgrader: make assignment NAME=01_basics
	$(BIN)/python -m authoring assignment $(NAME)

lesson: setup  ## start a lesson that obeys the rules: make lesson NAME=21_mine
	$(BIN)/python -m authoring lesson $(NAME)

bench: setup  ## race every way to rerank, each in an environment that suits it (over an hour)
	$(BIN)/python benchmarks/environments.py $(PIP_ARGS)
	$(BIN)/python benchmarks/run.py $(BENCH_ARGS)

# A judged collection of your own joins: FRONTIER_ARGS="--judged FOLDER qrels/test.tsv FOLDER/runs/bm25.trec".
frontier: setup  ## measure quality against cost for lesson 05 (about an hour)
	$(BIN)/python benchmarks/frontier.py $(FRONTIER_ARGS)

setup: $(READY)  ## install everything into .venv and fetch models and text
	@$(BIN)/python -m xenc_course fetch

# The stamp is touched last, so a set-up that was interrupted is done again.
$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) and "Python 3.11 to 3.14 is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --no-cache-dir $(PIP_ARGS) $(REQUIREMENTS)
	$(BIN)/python -m pip install --disable-pip-version-check --no-cache-dir --no-deps --no-build-isolation --editable .
	touch $(READY)

# What only the website, the browser and a class need: it comes on top of the lock.
$(KIT_READY): $(READY) requirements-kit.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-cache-dir $(PIP_ARGS) -r requirements-kit.lock
	touch $(KIT_READY)

clean:  ## remove .venv and what runs leave behind (models stay in the cache)
	rm -rf $(VENV) benchmarks/.peers benchmarks/.rounds build *.egg-info .ruff_cache .mypy_cache .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
