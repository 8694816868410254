# `make course` builds the example course, `make check` is for while you work, `make test` runs everything. Each sets up what it needs.
.PHONY: course check test lint types player docs unit coverage pytest soak bench release lock clean setup-course setup-check setup-test
.NOTPARALLEL:

PYTHON_RUN := .venv/bin/python
# Two more than there are processors: a browser is often waited for.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 2)))
# Node and npm, and Chromium where the machine has none.
export PATH := $(CURDIR)/.venv/tools:$(PATH)
MINUTES ?= 5

course: setup-course
	.venv/bin/coursepack build course_source --out build

# No browser, and nothing that an administrator would have to install.
check:
	@tools/run-parts setup-check lint,types,player unit

# pytest comes last: its closing line and the times are the last words.
test:
	@tools/run-parts setup-check setup-test,lint,types,player,docs pytest

setup-course:
	@tools/setup course

setup-check:
	@tools/setup check

setup-test:
	@tools/setup test

lint: setup-check
	$(PYTHON_RUN) -m ruff check .
	$(PYTHON_RUN) -m ruff format --check .

types: setup-check
	$(PYTHON_RUN) -m mypy

player: setup-check
	cd player && npm run --silent check
	cd player && npm test --silent
	tools/check-player-bundle

docs: setup-check
	$(PYTHON_RUN) -m sphinx -W --keep-going -q -b html docs docs/_build/html

unit: setup-check
	$(PYTHON_RUN) -m pytest -n $(WORKERS) --dist worksteal --ignore tests/browser -m "not long and not soak"

# Coverage of lines by what the tests run in their own process. With sys.monitoring, from Python 3.12 on, it costs next to nothing, and
# `make test` measures it too; before, tests take half as long again.
COVERAGE = --cov --cov-report=html:htmlcov
coverage pytest: export COVERAGE_CORE = $(shell $(PYTHON_RUN) -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")' 2>/dev/null)

coverage: setup-check
	$(PYTHON_RUN) -m pytest -n $(WORKERS) --dist worksteal --ignore tests/browser -m "not soak" $(COVERAGE)
	@echo "lines of src/coursepack that ran, in per cent (htmlcov/index.html): $$($(PYTHON_RUN) -m coverage report --format=total)"

pytest: setup-test
	if [ -x .venv-second/bin/python ]; then export COURSEPACK_SECOND_PYTHON="$$PWD/.venv-second/bin/python"; fi; \
	$(PYTHON_RUN) -m pytest -n $(WORKERS) --dist worksteal --durations 15 -m "not soak" $(if $(filter sysmon,$(COVERAGE_CORE)),$(COVERAGE)) || \
	{ [ $$? -eq 1 ] && $(PYTHON_RUN) tests/unsteady.py; }
	@[ "$$COVERAGE_CORE" = ctrace ] || \
	echo "lines of src/coursepack that ran, in per cent (htmlcov/index.html): $$($(PYTHON_RUN) -m coverage report --format=total)"

# Goes on with other seeds for so many minutes where the tests leave off.
soak: setup-test
	$(PYTHON_RUN) tests/soak.py $(MINUTES)

bench: setup-test
	$(PYTHON_RUN) benchmarks/run.py
	$(PYTHON_RUN) benchmarks/player.py
	$(PYTHON_RUN) benchmarks/check.py
	$(PYTHON_RUN) benchmarks/release.py
	$(PYTHON_RUN) benchmarks/media.py

# Builds the sdist and the wheel of the last commit into dist/, and tries them.
release: setup-check
	tools/release

# Renews both lock files; the hashes cover every platform.
lock:
	tools/lock

clean:
	rm -rf .venv .venv-second build dist docs/_build player/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
