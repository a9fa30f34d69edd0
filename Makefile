# Two commands: `make run` and `make test`. Both do their own set-up.
SHELL := /bin/bash
.SILENT:
.DELETE_ON_ERROR:

PYTHON := .venv/bin/python
# The first of these that is new enough makes .venv; KICKS_PYTHON names another one.
CANDIDATES := $(or $(KICKS_PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
PYTHON_MISSING := $(if $(KICKS_PYTHON),KICKS_PYTHON ($(KICKS_PYTHON)) names no Python 3.11 or newer,\
	Python 3.11 or newer is missing: install python3 and try again)
# `about` is our own block (kicks/page_head.py).
INDENT := $(PYTHON) -m djhtml --tabwidth 2 --extra-block about,endabout --extra-block kept_for,endkept_for
PIP_INSTALL := umask 022; $(PYTHON) -m pip install --quiet --disable-pip-version-check \
	--require-hashes

# An empty HOME is worse than none: without one, pip asks the system.
ifeq ($(HOME),)
unexport HOME
endif

# What a server has in its environment: the checks that need no database look through its eyes.
PRODUCTION := env DEBUG=false \
	SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	FIELD_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
	DATABASE_URL=postgresql://kicks@127.0.0.1:1/kicks \
	REDIS_URL=redis://127.0.0.1:1/0 \
	ALLOWED_HOSTS=book.example.org \
	SITE_URL=https://book.example.org \
	EMAIL_URL=file:///nowhere/mail \
	DEFAULT_FROM_EMAIL=bookings@example.org

.PHONY: run test todays check fix templates drills coverage bench chaos attack lighthouse screens oracle requirements

run: .venv/installed
	exec $(PYTHON) -m kicks.run

# What CI runs first; CI goes on to the drills and the coverage.
test: check
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && $(PYTHON) -m pytest

# All tests on seven other days, one run after the other: what tests/todays.py says, and what it
# cannot reach. ONLY="-m 'real_time or flow'" runs what lives in real time alone: the clock of all
# others stands still, on whatever day.
todays: .venv/installed-dev
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && \
		exec $(PYTHON) -m tests.todays $(ONLY)

check: .venv/installed-dev
	$(PYTHON) -m ruff format --quiet --check . || { echo "run: make fix" >&2; exit 1; }
	$(PYTHON) -m ruff check --quiet .
	$(PRODUCTION) $(PYTHON) -m mypy
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(INDENT) --check templates 2>/dev/null || { echo "run: make templates" >&2; exit 1; }
	$(PYTHON) -m djlint --lint --quiet templates

# Mend what can be mended without a person: what is left, `make check` tells.
fix: templates
	$(PYTHON) -m ruff check --quiet --fix-only .
	$(PYTHON) -m ruff format --quiet .

# Indent the templates. Long lines are broken by hand, where white space shows nowhere.
templates: .venv/installed-dev
	$(INDENT) templates

# What the tests do once, at length: every page in every look, every way to book, races in many
# rounds, ten thousand practices.
drills: oracle
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && $(PYTHON) -m pytest -m drill

# The whole suite once more, counting: it fails where a line or a branch of the product's Python is
# taken by no test. What is not counted stands in pyproject.toml, each with its reason. A quarter of an hour.
coverage: .venv/installed-dev
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && \
		exec $(PYTHON) -m pytest --cov

# Ten thousand random practices against the slow oracle, and some of them stored and booked.
oracle: .venv/installed-dev
	KICKS_PRACTICES=10000 $(PYTHON) -m pytest tests/bookings/test_diary.py

# What is fast, beside its floor: a table, and .local/bench.json. About four minutes.
bench: .venv/installed-dev
	exec $(PYTHON) -m bench

# What goes wrong, all at once, and whether every promise holds: a table. About four minutes.
chaos: .venv/installed-dev
	exec $(PYTHON) -m chaos

# What somebody who means harm would try on a server, and whether any of it gets through: a table.
# Eight minutes. ONLY="walk leaks" tries these alone.
attack: .venv/installed-dev
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && exec $(PYTHON) -m attack $(ONLY)

# What Lighthouse makes of three pages with photos, each in three zones: the scores, and the reports
# in .local/lighthouse. Eight minutes. ONLY="times home-london" looks at these alone.
lighthouse: .venv/installed-dev .local/lighthouse/installed
	CHROME_PATH="$$(bash .ci/chromium)" && export CHROME_PATH && exec $(PYTHON) -m lighthouse $(ONLY)

# A picture of every page in every state, to look through: .local/screens/index.html, or in the
# folder that KICKS_SCREENS names. A minute.
screens: .venv/installed-dev
	KICKS_CHROMIUM="$$(bash .ci/chromium)" && export KICKS_CHROMIUM && \
		$(PYTHON) -m pytest -n 0 tests/flows/screens.py
	echo "Look at $${KICKS_SCREENS:-.local/screens}/index.html"

# Compile the pins anew, for every Python that we support and with the hashes of each file. What is
# pinned stays until it has to move; UPGRADE=--upgrade takes the newest of everything.
requirements: .venv/installed-dev
	for name in requirements requirements-dev; do \
		$(PYTHON) -m uv pip compile --quiet --no-config --universal --python-version 3.11 \
			--generate-hashes --annotation-style line $(UPGRADE) \
			--output-file $$name.txt $$name.in || exit 1; \
	done

# Each stamp is older than the requirements only when there is something to install.
.venv/installed: requirements.txt
	refuse() { echo "kicks: $$1" >&2; exit 2; }; \
	[ -w . ] || refuse "this folder is not writable: make it yours, or copy it to one that is"; \
	for python in $(CANDIDATES) none; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	[ $$python != none ] || refuse "$(PYTHON_MISSING)"; \
	$$python -c 'import ensurepip, venv' 2>/dev/null \
		|| refuse "$$python cannot make a virtual environment: install python3-venv and try again"; \
	echo "Installing what Kicks needs into .venv (once)..."; \
	umask 022; $$python -m venv .venv && $(PIP_INSTALL) -r requirements.txt \
		|| refuse "the installation failed, as said above: mend that and try again"
	touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	echo "Installing what checks Kicks into .venv (once)..."
	$(PIP_INSTALL) -r requirements-dev.txt
	touch $@

# Lighthouse asks for Node.js 22.19; it was seen to run on 20 too.
.local/lighthouse/installed: lighthouse/package.json lighthouse/package-lock.json
	command -v npm >/dev/null \
		|| { echo "kicks: npm is missing: install Node.js and try again" >&2; exit 2; }
	echo "Installing Lighthouse into .local (once)..."
	mkdir -p $(@D) && cp lighthouse/package.json lighthouse/package-lock.json $(@D)
	cd $(@D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
