# What a developer needs; `.ci/run` and the workflow call the same targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install dev run test storm fuzz check audit bench package sbom lock score year clean browser redmine

PYTHON ?= python3
BIN := .venv/bin
SHARED := ../shared
# For `make run`: real posts instead of the samples, how many tenants, a folder that keeps state between runs, a ticket system
# (servicenow, jira, azure_devops, freshservice) that runs beside it.
POSTS ?=
TENANTS ?=
STATE ?=
TICKETS ?=
# For `make test`, `make storm` and `make fuzz`: how many tests run side by side; 2 where there are two processors or more.
WORKERS ?= $(shell [ "$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -ge 2 ] && echo 2 || echo 1)
SIDE_BY_SIDE = $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --dist worksteal)
# For `make storm`: only the ticket systems of this name.
ONLY ?=

help: ## what there is to make
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10
	@echo
	@echo 'make run POSTS=posts.jsonl TENANTS=3 STATE=.state TICKETS=servicenow   PYTHON=python3.12 chooses the interpreter'

install: .make/command ## .venv with the command foresignal, and nothing else: what an admin needs

dev: .make/python .make/node browser redmine ## what the tests need besides: tools, node_modules, a browser and a Redmine

run: .make/python .make/node ## the whole thing on this machine: it prints where to look
	@$(BIN)/foresignal sandbox $(if $(POSTS),--posts '$(POSTS)') $(if $(TENANTS),--tenants '$(TENANTS)') $(if $(STATE),--state '$(STATE)') $(if $(TICKETS),--tickets '$(TICKETS)')

test: dev check ## check, then every test
	$(BIN)/pytest $(SIDE_BY_SIDE)

storm: dev ## three hundred decisions over each ticket system while calls fail (`make test` has forty)
	STORM=300 $(BIN)/pytest $(SIDE_BY_SIDE) tests/contracts/test_ticket_storm.py $(if $(ONLY),-k '$(ONLY)')

fuzz: .make/python ## 2,000 mutated answers for each adapter and 10,000 hostile posts (`make test` has a tenth)
	FUZZ=10 $(BIN)/pytest $(SIDE_BY_SIDE) tests/security/test_03_fuzzed_answers.py tests/security/test_fuzzed_posts.py

check: .make/python ## style, types, import rules, the policy, the infrastructure
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/foresignal check
	@checker=$(SHARED)/tools/bicep-check/bicep-check; \
	if [ -x $$checker ]; then $$checker infra/*.bicep infra/*.bicepparam infra/graph/*.bicep; \
	else echo "infra/ not checked here: no $$checker (the workflow runs the real compiler)"; fi

package: ## build/foresignal.zip, what goes to Azure: it prints how large that is (FORESIGNAL_PYTHON_VERSION=3.11 for another Python, FORESIGNAL_READER=on for a second reader)
	$(PYTHON) infra/package.py --zip

# Which packages are in it, which versions, under which licences: read from what was installed, not from what was asked for.
sbom: .make/tools ## build/foresignal.cdx.json, the bill of materials (CycloneDX) of what `make package` built
	@[ -d .python_packages/lib/site-packages ] || { echo 'nothing is built: make package'; exit 1; }
	@rm -rf build/sbom && $(PYTHON) -m venv --without-pip build/sbom && mkdir -p build
	@echo '$(CURDIR)/.python_packages/lib/site-packages' > "$$(build/sbom/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/package.pth"
	.make/tools/bin/cyclonedx-py environment --output-reproducible --output-file build/foresignal.cdx.json build/sbom/bin/python

lock: ## infra/lock anew: the newest versions that requirements.txt and a second reader allow, with their hashes
	$(PYTHON) infra/package.py --lock

# Never a reason to fail: a flaw that became known today is in yesterday's package as well. The workflow is strict.
audit: ## known flaws of what the locks name, where their database can be reached
	@$(MAKE) --no-print-directory .make/tools && \
		(for lock in requirements reader; do \
			.make/tools/bin/pip-audit --requirement infra/lock/$$lock.txt --require-hashes --disable-pip --strict --progress-spinner off || exit 1; \
		done) \
		|| echo 'audit: a flaw is known, or its database could not be reached; see above'

bench: .make/python .make/node ## counts calls and memory against the budgets
	$(BIN)/python -m tests.bench

year: .make/python ## what each channel would get of a year of real edits (needs ../shared; about ten minutes)
	@[ -r $(SHARED)/data/history.jsonl.gz ] || { echo 'nothing to play: no $(SHARED)/data/history.jsonl.gz'; exit 1; }
	@$(BIN)/python -m tests.usecases.cards.year $(SHARED)/data/history.jsonl.gz $(SHARED)/data/history_2026.jsonl.gz --from 2025-06-01 --until 2026-06-01

score: .make/python ## how well posts are read that the weights were not fitted on, forward in time (needs ../shared)
	@[ -r $(SHARED)/data/labelled_2026.jsonl ] || { echo 'nothing to score against: no $(SHARED)/data/labelled_2026.jsonl'; exit 1; }
	@$(BIN)/python -m tools.forward $(SHARED)/data/labelled_2026.jsonl
	@echo 'The weights that are shipped were fitted on all of these posts, so they are not scored on them.'

clean: ## caches, builds and test results; .venv and node_modules stay
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist test-results
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

.make/command: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
		{ echo "Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true). Try make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo 'no virtual environment; on Debian and Ubuntu: apt-get install python3-venv'; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@mkdir -p .make && touch $@

.make/python: .make/command
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@mkdir -p .make && touch $@

.make/tools: infra/lock/tools.txt
	@rm -rf $@ && $(PYTHON) -m venv $@ && $@/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.make/node: package.json package-lock.json
	@major=$$( (node --version 2>/dev/null || true) | sed -E 's/^v([0-9]+).*/\1/'); [ "$${major:-0}" -ge 20 ] || \
		{ echo "Node 20 or newer is needed for Azurite and the cards' renderer; found $$(node --version 2>/dev/null || echo none)"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@mkdir -p .make && touch $@

# Pages are tested in a real browser. On a bare Debian machine it is installed; in CI it must be there.
define find_browser
for name in chromium chromium-browser google-chrome google-chrome-stable microsoft-edge; do \
	if command -v $$name > /dev/null; then exit 0; fi; done; \
for place in "$${PLAYWRIGHT_BROWSERS_PATH:-$${HOME:-}/.cache/ms-playwright}" "$${HOME:-}/Library/Caches/ms-playwright"; do \
	if compgen -G "$$place/chromium*" > /dev/null; then exit 0; fi; done; \
if [ -d '/Applications/Google Chrome.app' ]; then exit 0; fi
endef

browser:
	@if ($(find_browser); exit 1); then :; \
	elif [ "$$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then apt-get update -qq && apt-get install -y -qq chromium; \
	else \
		echo 'No browser for the tests of pages: install Chromium or Chrome, or run .venv/bin/playwright install chromium'; \
		[ "$${CI:-}" != true ]; \
	fi

# The port of ticket systems is tested against a real Redmine: Debian 12's, without a database or service of its own.
# There root installs it, and in CI it must be there; elsewhere those tests are skipped.
REDMINE := redmine redmine-sqlite puma

redmine:
	@if [ -d /usr/share/redmine ] && command -v bundle > /dev/null && command -v puma > /dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release && grep -qs '^VERSION_ID="12"' /etc/os-release; then \
		apt-get update -qq; \
		echo 'redmine redmine/instances/default/dbconfig-install boolean false' | debconf-set-selections; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(REDMINE); \
	else \
		echo 'No Redmine for the tests of ticket systems: on Debian 12, as root, apt-get install $(REDMINE)'; \
	fi
