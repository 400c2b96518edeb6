# Each target works from a fresh clone, installs only what is missing, and says what it is doing.
.PHONY: help run test build check advisories e2e screenshots size bench doors lighthouse policy-doc clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build, start at http://localhost:3000, say where e-mails appear; SNS=demo with accounts of others to link
	@SNS="$(SNS)" tools/run.sh

test: ## everything: lints, unit, both databases, HTTP, browser stories; closes with "N passed, N failed"
	@tools/test.sh

build: ## target/dist/tegata: one executable, site inside
	@tools/build.sh

check: ## format, lints for server and browser, licences and versions of the crates, fast tests
	@tools/check.sh

advisories: ## known vulnerabilities of crates and npm packages; needs the network
	@tools/advisories.sh

e2e: ## browser stories; ONLY=registration for those of one slice
	@ONLY="$(ONLY)" tools/stories.sh

screenshots: ## target/screenshots/<screen>-<lang>-<width>.png
	@tools/stories.sh screenshots

size: ## brotli bytes of pages and files; fails over budget
	@tools/measure.sh size

bench: ## memory when idle, time to first answer, pages of a long history; LINES=1000000 for a smaller one
	@LINES="$(LINES)" tools/measure.sh bench

doors: ## known and unknown addresses at every form: times and bytes; fails when they can be told apart
	@tools/measure.sh doors

lighthouse: ## Lighthouse scores as on a phone; fails below the promise
	@tools/measure.sh lighthouse

policy-doc: ## write docs/policy.md from the code
	@tools/policy-doc.sh

clean: ## forget everything built and set up (data/ stays)
	rm -rf target end2end/node_modules end2end/test-results end2end/playwright-report
