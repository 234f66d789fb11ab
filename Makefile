# Every verb sets up what it needs; a fresh machine needs only python3 (3.11 or newer, with venv) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo test lint format e2e e2e-nightly recordings parity bench bench-short bench-agent live proof vsix docs dist generated lock clean

help:
	@echo "make demo     check the example service and ask the embedded architect about its worst function"
	@echo "make test     run the tests"
	@echo "make lint     ruff, mypy --strict, import contracts, and our own check on ourselves"
	@echo "make e2e      run the end-to-end tests: real editors (.ci/setup-e2e installs them), pipx and uv, hook and action"
	@echo "make e2e-nightly  what takes long: Helix, and a VSIX of one platform (after .ci/setup-e2e)"
	@echo "make recordings   record anew what the editors say of themselves, for the protocol tests"
	@echo "make parity   compare every function of a large corpus with lizard's command line"
	@echo "make bench    set the server against its peers on the same files, as ratios"
	@echo "make bench-short  the same road in half a minute: fails when a result is wrong, never by time"
	@echo "make bench-agent  measure what the architect costs beside the model's own time"
	@echo "make live     one small real run of the model, with your key, and what it cost"
	@echo "make proof    refactor real projects, run their tests, make mistakes: the figures of docs/proof.md"
	@echo "make vsix     build the VS Code extension (needs node 20 or newer); TARGET=linux-x64 adds Claude's SDK for that platform"
	@echo "make docs     build the documentation as a site; fails on broken links"
	@echo "make dist     build wheel, sdist and SBOM for a release"
	@echo "make generated  renew docs/settings.md, the settings in package.json and the table of capabilities"
	@echo "make lock     renew requirements/*.txt"

setup: $(STAMP)

$(STAMP): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Architect LSP needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the dependencies into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

demo: setup
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python examples/demo.py

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/architect check server agents
	@if command -v npm >/dev/null; then $(BIN)/python client-vscode/check.py; \
	  else echo "npm is missing: the VS Code client was not checked (its checks need Node.js 20 or newer)"; fi

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

e2e: setup
	$(BIN)/python -m pytest tests/e2e --ignore=tests/e2e/nightly $(PYTEST_ARGS)

e2e-nightly: setup
	.ci/setup-nightly
	$(BIN)/python -m pytest tests/e2e/nightly $(PYTEST_ARGS)

# Needs the editors of e2e and e2e-nightly.
recordings: setup
	RECORD=1 $(BIN)/python -m pytest tests/e2e/editors tests/e2e/vscode/test_vscode_recording.py \
	  tests/e2e/nightly -k "play or helix"

# FOLDERS="…" adds folders of other languages' sources.
CORPUS := .tools/corpus
PACKAGES := ansible django jinja2 matplotlib networkx numpy pandas scipy sqlalchemy sympy tornado twisted
parity: setup
	@test -d $(CORPUS) || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --target $(CORPUS) -r benchmarks/parity-corpus.txt
	$(BIN)/python benchmarks/parity.py "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
	  $(PACKAGES:%=$(CORPUS)/%) $(FOLDERS)
	$(BIN)/python benchmarks/incremental_parity.py --files 5200 --edits 4 $(PACKAGES:%=$(CORPUS)/%)

bench: setup
	$(BIN)/python benchmarks/run.py $(BENCH_ARGS)
	$(BIN)/python benchmarks/gap.py
	$(BIN)/python benchmarks/memory.py

bench-short: setup
	$(BIN)/python benchmarks/short.py

bench-agent: setup
	$(BIN)/python benchmarks/agent.py $(BENCH_ARGS)

live: setup
	$(BIN)/python examples/live.py

# ARGS=--quick for a first look, ARGS=--write to renew docs/proof.md.
proof: setup
	$(BIN)/python benchmarks/proof $(ARGS)

vsix: setup
	$(BIN)/python client-vscode/build.py $(if $(TARGET),--target $(TARGET))

# The tools of the site and of a release have environments of their own.
.tools/%/.installed: requirements/%.txt
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

docs: .tools/docs/.installed
	NO_MKDOCS_2_WARNING=1 .tools/docs/bin/mkdocs build --strict
	@echo "build/site/index.html"

dist: setup .tools/release/.installed
	rm -rf dist
	$(BIN)/python -m build --no-isolation --wheel --sdist --outdir dist
	.tools/release/bin/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml \
	  --output-file dist/architect-lsp.cdx.json requirements/vsix.txt
	.tools/release/bin/twine check --strict dist/*.whl dist/*.tar.gz

generated: setup
	$(BIN)/python -m architect_server.settings.docs docs/settings.md
	$(BIN)/python -m architect_server.app server/architect_server/capabilities.json
	$(BIN)/python client-vscode/generate_settings.py

lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --all-extras --group dev pyproject.toml -o requirements/dev.txt
	for group in docs release; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --group $$group -o requirements/$$group.txt; done
	$(BIN)/uv pip compile --quiet --python-version 3.11 --python-platform linux --generate-hashes --no-header \
	  --no-emit-index-url -c requirements/dev.txt requirements/vsix.in -o requirements/vsix.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url benchmarks/proof/environment.in -o benchmarks/proof/environment.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url -c requirements/dev.txt requirements/model.in -o requirements/model.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
