# `make run` opens the app, `make test` checks everything. No virtual environment needs activating.

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
LOCK := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11

# Python may keep its compiled files: without them every start reads the sources again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-spark check chromium pictures bench lock clean

run: $(VENV)/installed
	$(PYTHON) -m streamlit run app.py

test: check chromium
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile

test-spark: $(VENV)/installed-spark
	$(PYTHON) -m pytest tests/spark_equality.py

check: $(VENV)/installed-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

chromium: $(VENV)/installed-dev
	$(PYTHON) -m tests.chromium

pictures: chromium
	$(PYTHON) -m docs.pictures.make

bench: chromium
	$(PYTHON) -m benchmarks

lock: $(PYTHON)
	$(PIP) uv
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-spark.in -o requirements-spark.txt

clean:
	rm -rf $(VENV) .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The files below are stamps: they say that a step was done after its input last changed.

$(VENV)/installed: requirements.txt | $(PYTHON)
	@echo "Installing what requirements.txt names. The first time takes a minute or two."
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	$(PIP) -r requirements-dev.txt
	@touch $@

$(VENV)/installed-spark: requirements-spark.txt $(VENV)/installed-dev
	@command -v java >/dev/null || { echo "Spark runs on Java 17, and no java was found. On Debian or Ubuntu: apt-get install openjdk-17-jre-headless"; exit 1; }
	@echo "Installing PySpark, 470 MB."
	$(PIP) -r requirements-spark.txt
	@touch $@

$(PYTHON):
	@for python in python3.11 python3.12 python3.13 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    $$python -m venv $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; \
	    exit 1; \
	  fi; \
	done; \
	echo "Rungwise needs Python 3.11 or newer, and none was found. Install one and run make again."; \
	exit 1
