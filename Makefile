# Two commands do everything: `make demo` and `make test`. Both work in .venv and install what they need.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
export OMP_WAIT_POLICY = passive
export MLFLOW_DISABLE_TELEMETRY = true

.DEFAULT_GOAL := help
.PHONY: help demo test check fix bench campaign docs ui lock clean

help: ## what each command does
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/' | expand -t 18

demo: $(VENV)/.demo ## install, answer four questions on real data (sales twice, churn, customer value), show where to look
	$(BIN)/forecastlab run +experiments=quickstart
	$(BIN)/forecastlab run +experiments=cdnow
	$(BIN)/forecastlab run +experiments=churn
	$(BIN)/forecastlab run +experiments=clv
	@echo
	@echo "Look closer:  make ui          the studies in MLflow, in your browser"
	@echo "              mlruns/studies   leaderboards, forecasts and scores as files"
	@echo "Ask your own: $(BIN)/forecastlab list   and   $(BIN)/forecastlab run -m model=naive,theta segmentation=rfm"

test: $(VENV)/.dev ## install, check style, types and layers, run all tests
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile -m "not campaign"

check: $(VENV)/.dev ## style, types, layers
	$(BIN)/ruff format --check --quiet src tests benchmarks docs
	$(BIN)/ruff check --quiet src tests benchmarks docs
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fix: $(VENV)/.dev ## put style right where that can be done without thinking
	$(BIN)/ruff format src tests benchmarks docs
	$(BIN)/ruff check --fix src tests benchmarks docs

bench: $(VENV)/.bench ## measure against other libraries (half an hour; keep the machine quiet)
	for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file || exit 1; done

campaign: $(VENV)/.dev ## the full form of the proofs that make test runs in a quick form
	$(BIN)/pytest -m campaign

docs: $(VENV)/.dev ## the documentation as a site, in site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --site-dir site
	@echo "open site/index.html"

ui: $(VENV)/.demo ## the studies in MLflow, on this machine only
	$(BIN)/forecastlab ui

lock: $(VENV)/.dev ## resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --generate-hashes --upgrade \
	    pyproject.toml requirements/build.in --extra datasets --extra drivers -o requirements/demo.lock
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --generate-hashes \
	    pyproject.toml requirements/build.in --extra dev -c requirements/demo.lock -o requirements/dev.lock
	$(BIN)/uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --generate-hashes \
	    pyproject.toml requirements/build.in --extra bench -c requirements/dev.lock -o requirements/bench.lock

clean: ## remove the environment (results stay)
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(VENV)/.dev $(VENV)/.demo

$(VENV)/.bench: requirements/bench.lock $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	touch $(VENV)/.bench

$(VENV)/.demo: requirements/demo.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(VENV)/.demo
