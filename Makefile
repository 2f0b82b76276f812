# The commands of hallqueue. `make run` to see it, `make test` to prove it.
PY := .venv/bin/python
QUICK := not slow and not browser and not servers

# Where a machine forbids it, every process would compile all it imports anew: a second of CPU at each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup check quick slow test bench backtest pictures demo-day clean venv test-venv

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: venv  ## serve the hall on port 8000 (PORT, HALLQUEUE_DATA change it); needs only Python 3.11 or newer
	@HALLQUEUE_DEMO=$${HALLQUEUE_DEMO-1} exec $(PY) manage.py serve

demo-day: venv  ## the same with a simulated day: citizens come and clerks call by themselves
	@HALLQUEUE_DEMO=1 HALLQUEUE_DEMO_DAY=1 exec $(PY) manage.py serve

test: setup  ## everything: installs what is missing, lint, types, migrations, all tests on both databases
	@exec $(PY) -m tests.ground.run

quick: test-venv  ## the everyday tests (under a minute, SQLite, no browser, no servers)
	@HYPOTHESIS_PROFILE=quick exec $(PY) -m pytest -q -n 2 -m "$(QUICK)"

slow: test-venv  ## find anew which tests `make quick` leaves out, with nothing else going on
	@HALLQUEUE_MEASURE_TESTS=1 $(MAKE) quick

check: test-venv  ## lint, format, types and missing migrations
	@exec $(PY) -m tests.ground.check

setup: test-venv  ## what the tests need from the system: PostgreSQL, Redis, nginx, Chromium, fonts, espeak-ng, zbar
	@$(PY) -m tests.ground.parts

bench: test-venv  ## how fast it is, through HTTP and WebSocket only; some of it: PARTS="rates screens"
	@exec $(PY) -m tests.bench $(PARTS)

backtest: test-venv  ## how often real waits fell into the ranges shown (LOG=a log of tickets)
	@DJANGO_SETTINGS_MODULE=hallqueue.settings exec $(PY) -m tests.bench.waits $(LOG)

pictures: setup  ## take the pictures of docs/pictures anew
	@HALLQUEUE_PICTURES=docs/pictures exec $(PY) -m pytest -q -m browser

clean:  ## remove .venv and caches; the data folder stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

venv:
	@.ci/venv requirements.txt

test-venv:
	@.ci/venv requirements-test.txt may-install
