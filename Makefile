# make run    the demo county on this machine          make check  format, lint, types, templates, size
# make test   set up what the tests need, run them     make proof  the long forms, figures into docs/proof.md
# make bench  the benchmark                            make lock   new lock files (asks the package index)
# make accuracy  what the reader finds in labelled texts, with every miss

PYTHON ?= python3
BIN := .venv/bin
VAR := $(CURDIR)/var
ifndef SEED
SEED := $(shell od -An -N4 -tu4 /dev/urandom | tr -d ' ')
endif
JOBS ?= auto
PORT ?= 8400

# What every installation shares; the second argument of pip is always the lock, never a loose name.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test
CATALOGS := $(wildcard tracker/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGS:.po=.mo)

TEMPLATES := templates
DEMO := env TRACKER_DATA_DIR=$(VAR) TRACKER_DATABASE_URL=sqlite:///$(VAR)/demo.db
ACCOUNTS := $(VAR)/demo-accounts.shown

.PHONY: run test proof check format bench accuracy lock translations clean no-demo-yet
.DELETE_ON_ERROR:

run: $(RUN_READY) $(COMPILED) $(ACCOUNTS)
	@cat $(ACCOUNTS)
	@exec $(DEMO) $(BIN)/python deploy/foreground.py $(BIN)/tracker serve --port $(PORT)

test: $(TEST_READY) $(COMPILED)
	@$(BIN)/python tests/setup.py
	TRACKER_SEED=$(SEED) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q --hypothesis-seed=$(SEED)

proof: $(TEST_READY) $(COMPILED)
	@$(BIN)/python tests/setup.py
	TRACKER_PROOF=1 TRACKER_SEED=$(SEED) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m proof -q \
	  --hypothesis-seed=$(SEED)

check: $(TEST_READY) $(COMPILED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --check --quiet $(TEMPLATES)
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_import_order.py
	$(BIN)/python tests/check_size.py

format: $(TEST_READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djlint --reformat --quiet $(TEMPLATES)

bench: $(TEST_READY) $(COMPILED)
	$(BIN)/python -m tests.bench

accuracy: $(TEST_READY)
	@$(BIN)/python -m tests.accuracy $(wildcard ../shared/corpus)

lock: $(TEST_READY)
	uv pip compile pyproject.toml --group build --universal --generate-hashes --no-emit-index-url \
	  --no-header --python-version 3.11 --quiet --output-file requirements.txt
	uv pip compile pyproject.toml --group build --extra test --universal --generate-hashes --no-emit-index-url \
	  --no-header --python-version 3.11 --quiet --output-file requirements-test.txt

# New texts come into the catalogues untranslated, texts no longer used go; a test asks for the translations.
translations: $(TEST_READY)
	@mkdir -p $(VAR)
	$(BIN)/pybabel -q extract --mapping babel.cfg --keyword _l --keyword N_ --keyword NP_:1c,2 \
	  --no-location --no-wrap --project tracker --version 0 --output-file $(VAR)/messages.pot .
	$(BIN)/pybabel -q update --input-file $(VAR)/messages.pot --output-dir tracker/translations \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find tracker/translations -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment comes from the lock alone, hashes checked; the product itself is linked, not copied.
$(BIN)/python:
	$(PYTHON) -m venv .venv

$(RUN_READY): requirements.txt pyproject.toml setup.py | $(BIN)/python
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

$(TEST_READY): requirements-test.txt $(RUN_READY)
	$(PIP) --require-hashes -r requirements-test.txt
	@touch $@

# `tracker demo` migrates, fills an empty database and prints the accounts. It is asked again only when there is
# something to do: no database, a new migration, or new passwords (`tracker demo --reset`).
$(ACCOUNTS): $(wildcard migrations/versions/*.py $(VAR)/demo-accounts.txt)
$(ACCOUNTS): $(if $(wildcard $(VAR)/demo.db),,no-demo-yet) | $(RUN_READY) $(COMPILED)
	@umask 077; mkdir -p $(VAR); $(DEMO) $(BIN)/tracker demo > $@.new
	@mv $@.new $@

no-demo-yet:

%.mo: %.po | $(RUN_READY)
	@$(BIN)/pybabel -q compile --input-file $< --output-file $@
