# Everything a person needs; `make help` lists it. Only Python 3.11 with venv is assumed.
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app app

.DEFAULT_GOAL := help
# Compiled modules are kept wherever this runs: each command and reader process would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/ran: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev: .venv/ran requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run: .venv/ran ## Install, migrate, load the demonstration, and serve http://127.0.0.1:8000
	$(FLASK) seed demo
	$(BIN)/python app.py

demo: .venv/ran ## Make the demonstration without serving it
	$(FLASK) seed demo

test: .venv/dev ## Run every test, on SQLite and on an embedded PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/dev ## Check the style of the code
	$(BIN)/ruff check .

types: .venv/dev ## Check the types
	$(BIN)/mypy

check: lint types test ## What must be green before a change lands

translations: .venv/dev ## Collect new messages into the Thai catalogue and compile it
	$(BIN)/pybabel extract --no-location --sort-output -F babel.cfg -k _l -k lazy_gettext --project Jangwat --version 1.0 --copyright-holder Jangwat --msgid-bugs-address Jangwat -o translations/messages.pot .
	$(BIN)/pybabel update --no-fuzzy-matching --ignore-obsolete -D messages -i translations/messages.pot -d translations -l th
	for domain in messages admin wtforms flask_security; do $(BIN)/pybabel compile -D $$domain -d translations -l th; done

requirements: .venv/dev ## Pin the newest allowed versions, with hashes
	$(BIN)/pip-compile -q -U --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in
	$(BIN)/pip-compile -q -U --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links -o requirements-dev.txt requirements-dev.in

bench: .venv/dev ## Measure against vanilla Flask-Admin on a million rows
	$(BIN)/python -m bench

.PHONY: help run demo test lint types check translations requirements bench
