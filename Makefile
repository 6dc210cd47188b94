# The make of a new machine: each target sets up what it needs. Needs Python 3.11 or newer, make, and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
SOURCES := app.py gunicorn.conf.py pos bench tests
# What others have made and the wallets are tested against; kept between runs.
PEERS := var/peers
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=8
# The tests start the till a hundred times: without its compiled files each start takes a third longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test all-tests test-fast test-peers coverage check screens bench soak words settings lock clean

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

run: $(VENV)/run ## Serve the till; with no wallet set, on play money
	@is_set() { [ -n "$$(printenv "$$1" || $(BIN)/dotenv -f .env get "$$1" 2>/dev/null)" ]; }; \
	is_set POS_WALLET || is_set POS_WALLET_URL || is_set POS_WALLET_URL_FILE || export POS_WALLET=sandbox; \
	exec $(BIN)/gunicorn

test: $(VENV)/dev ## Everything that continuous integration runs
	@.ci/need openssl openssl version
	@.ci/need chromium-headless-shell .ci/has-chromium
	@.ci/need fonts-dejavu-core .ci/has-font DejaVuSans-Bold.ttf
	@.ci/need fonts-liberation .ci/has-font LiberationSans-Bold.ttf
	@.ci/need libzbar0 $(BIN)/python -c "import pyzbar.pyzbar"
	@.ci/need libfribidi0 $(BIN)/python -c "from PIL import features; raise SystemExit(not features.check('raqm'))"
	@.ci/need postgresql .ci/has-postgresql
	@# Side by side: the tests that wait for something leave a core idle.
	@$(MAKE) --no-print-directory --jobs=2 check all-tests

# Both databases at once: each test runs on those that it is about.
all-tests:
	$(PYTEST) --database=sqlite --database=postgresql

test-fast: $(VENV)/dev ## The tests without a browser, without real time and without PostgreSQL, in less than a minute
	@.ci/need openssl openssl version
	@.ci/need fonts-dejavu-core .ci/has-font DejaVuSans-Bold.ttf
	@.ci/need fonts-liberation .ci/has-font LiberationSans-Bold.ttf
	@.ci/need libzbar0 $(BIN)/python -c "import pyzbar.pyzbar"
	@.ci/need libfribidi0 $(BIN)/python -c "from PIL import features; raise SystemExit(not features.check('raqm'))"
	$(PYTEST) --ignore=tests/browser -m "not real_time"

test-peers: $(PEERS)/installed ## The wallets, and LNURL, against programs of others: LNbits, a Nostr relay, Alby's SDK, wallets of PyPI and npm
	$(BIN)/python -m pytest -o python_files="peers_*.py" tests/peers

coverage: $(VENV)/dev ## Say which lines and branches of the till nothing runs in `make test-fast`
	@.ci/need openssl openssl version
	@.ci/need fonts-dejavu-core .ci/has-font DejaVuSans-Bold.ttf
	@.ci/need fonts-liberation .ci/has-font LiberationSans-Bold.ttf
	@.ci/need libzbar0 $(BIN)/python -c "import pyzbar.pyzbar"
	@.ci/need libfribidi0 $(BIN)/python -c "from PIL import features; raise SystemExit(not features.check('raqm'))"
	$(PYTEST) --ignore=tests/browser -m "not real_time" --cov --cov-report=
	@# By itself: a quiet pytest does not print it.
	$(BIN)/coverage report

check: $(VENV)/dev ## Lint, format and types; scripts, styles and the Dockerfile, too
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	@# Biome comes for Linux on x86-64 alone.
	@if [ -x $(BIN)/biome ]; then $(BIN)/biome ci --error-on-warnings; else echo "No Biome for this machine: scripts and styles unread."; fi

screens: $(VENV)/dev ## Draw every screen in every state into var/screens: sizes, day, night and more contrast, four languages; sheets to look through
	@.ci/need chromium-headless-shell .ci/has-chromium
	$(BIN)/python -m tests.browser.screens var/screens

bench: $(VENV)/dev ## Measure: sales, QR, start, push, memory, calls to the wallet, first page, floods, a million charges, their books and export
	@.ci/need chromium-headless-shell .ci/has-chromium
	@.ci/need postgresql .ci/has-postgresql
	$(BIN)/python -m bench

soak: $(VENV)/dev ## Crash the till 200 times while it sells; nothing may be lost
	$(BIN)/python -m bench.soak

words: $(VENV)/dev ## Collect all that the till says into pos/translations/*.po, to be translated
	$(BIN)/python -m pos.translations.collect

settings: $(VENV)/run ## Write docs/settings.md from what the code declares
	$(BIN)/python -m pos.settings.document > docs/settings.md

lock: $(VENV)/dev ## Resolve requirements*.in again and write the locks
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras \
		--upgrade requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-strip-extras \
		--upgrade requirements-dev.in -o requirements-dev.txt

clean: ## Throw away what was set up; var/, with the database and the keys, stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The till needs Python 3.11 or newer. PYTHON=... names one."; exit 1; }
	@.ci/need python3-venv $(PYTHON) -c "import ensurepip, venv"
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: requirements.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.txt
	@# Here, before the tests' packages come and hide it if one is missing.
	$(BIN)/python -c "import pos, gunicorn.workers.ggevent"
	@touch $@

# What comes from npm runs no scripts of its own while it is installed.
$(PEERS)/installed: tests/peers/lnbits.txt tests/peers/lnurl.txt tests/peers/nostr.txt tests/peers/package.json | $(VENV)/dev
	@.ci/need nodejs node --version
	@.ci/need npm npm --version
	for peer in lnbits lnurl nostr; do \
		$(BIN)/uv venv -q --clear --python $(BIN)/python $(PEERS)/$$peer && \
		$(BIN)/uv pip install -q --system-certs --python $(PEERS)/$$peer -r tests/peers/$$peer.txt || exit 1; \
	done
	cp tests/peers/package.json $(PEERS)/
	npm install --prefix $(PEERS) --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error
	@touch $@

# The official SDK of LNPay comes as source that imports requests to build itself.
$(VENV)/dev: requirements-dev.txt requirements-sdk.txt $(VENV)/run
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(PIP) install --require-hashes --no-deps --no-build-isolation -r requirements-sdk.txt
	@touch $@
