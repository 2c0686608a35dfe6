# One command a job. `make report` and `make test` need only Python >= 3.11, make and a package index.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.synced
# What JupyterLab finds in the environment only once it is installed there.
INSTALLED := $(wildcard src/helpers/explore/labextension/*.json src/helpers/explore/labextension/static/*.js)

.PHONY: env report test lab check fix bench docs trust pictures lock clean

env: $(STAMP)

$(STAMP): requirements.lock pyproject.toml $(INSTALLED)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --compile-bytecode requirements.lock
	VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

report: env
	$(BIN)/quarterdeck run

test: env
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow"

lab: env
	$(BIN)/quarterdeck lab

check: env
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/quarterdeck check

fix: env
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; $(BIN)/python docs/reference.py

bench: env docs
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "slow or hypothesis" --hypothesis-profile long
	broken=0; for name in startup lab pages cells growth fleet experiments; do $(BIN)/python benchmarks/$$name.py || broken=1; done; exit $$broken

# What builds the site (the group `docs` of pyproject.toml) has an environment of its own: nothing that runs needs it.
docs: report .venv/docs/bin/sphinx-build
	.venv/docs/bin/sphinx-build --quiet --fail-on-warning --keep-going -c docs/site -d .venv/docs/doctrees docs outputs/docs
	$(BIN)/python docs/gallery.py
	@echo outputs/docs/index.html

# What is in the environment, as CycloneDX has it, and what is known against the pins; an index must be within reach.
trust: env .venv/trust/bin/pip-audit
	.venv/trust/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml --output-file outputs/sbom.json .venv/bin/python
	.venv/trust/bin/pip-audit --requirement requirements.lock --require-hashes --disable-pip

.venv/trust/bin/pip-audit: pyproject.toml
	$(PYTHON) -m venv --without-pip .venv/trust
	VIRTUAL_ENV=.venv/trust $(BIN)/uv pip install --quiet --group trust
	touch $@

.venv/docs/bin/sphinx-build: pyproject.toml
	$(PYTHON) -m venv --without-pip .venv/docs
	VIRTUAL_ENV=.venv/docs $(BIN)/uv pip install --quiet --group docs
	touch $@

pictures: report
	$(BIN)/python docs/pictures.py
	QUARTERDECK_PICTURES=docs/images $(BIN)/python -m pytest tests/browser/test_day_in_lab.py

lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --output-file requirements.lock pyproject.toml

clean:
	rm -rf outputs .venv
