# Everything is done from here: `make help` lists the verbs.
# Needed: git, make, Go 1.26 and Node 20.19 or later. `make test` adds what tests need.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# The steps of `check` and `test` build on one another.
.NOTPARALLEL:

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
GO_MODULES := $(patsubst %/go.mod,%,$(wildcard backend/go.mod chaos/go.mod bench/go.mod examples/websocket/go.mod))
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .tools/golangci-lint-$(GOLANGCI_VERSION)/golangci-lint
CLIENT := backend/internal/webui/dist/app/index.html
NODE_MODULES := frontend/node_modules/.package-lock.json
CLIENT_SOURCES := $(shell find frontend/src frontend/public frontend/scripts frontend/index.html frontend/vite.config.js frontend/.env* -type f 2>/dev/null)

KILLS ?= 1000
SEED ?= $(shell date +%s)
export CGO_ENABLED ?= 0

.PHONY: help
help: ## list the verbs
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(NODE_MODULES) ## check the tools and fetch what the build needs
	@for m in $(GO_MODULES); do (cd "$$m" && go mod download); done

.PHONY: run
run: build ## build client and server, then start them as one binary
	@exec bin/teahouse

.PHONY: dev
dev: $(NODE_MODULES) ## start server and client with hot reload, on http://localhost:3000
	@exec scripts/dev.sh

.PHONY: build
build: $(CLIENT) ## leave the whole product in bin/teahouse
	@cd backend && go build -trimpath -ldflags '-s -w -X main.released=$(VERSION)' -o ../bin/teahouse .

.PHONY: test
test: test-deps build ## run every test: Go with the race detector, client, browser
	@for m in $(GO_MODULES); do echo "go test $$m"; (cd "$$m" && CGO_ENABLED=1 go test -race -timeout 20m ./...); done
	@cd frontend && CI=true npm test
	@$(MAKE) --no-print-directory e2e

.PHONY: e2e
e2e: test-deps build ## run the browser tests
	@cd frontend && CI=true npx --no-install playwright test --workers 2 --grep-invert @alone
	@cd frontend && CI=true npx --no-install playwright test --grep @alone

.PHONY: screenshots
screenshots: test-deps build ## take a picture of every view into frontend/screenshots
	@rm -rf frontend/screenshots
	@cd frontend && npx --no-install playwright test -c playwright.screenshots.config.js
	@cd frontend && node scripts/contactSheet.js

.PHONY: bench
bench: build ## measure: Go benchmarks, then the whole server from outside
	@cd backend && go test -run '^$$' -bench . -benchmem ./...
	@cd bench && go run . -server ../bin/teahouse

.PHONY: chaos
chaos: build ## kill the server KILLS times (1000) under load and check what it promised; SEED repeats a run
	@cd chaos && go run . -server ../bin/teahouse -kills $(KILLS) -seed $(SEED)

.PHONY: powercut
powercut: build ## cut the power under the server 20 times (needs root and a loop device)
	@cd chaos && go build -o ../bin/chaos . && ../bin/chaos -server ../bin/teahouse -powercut 20 -seed $(SEED)

.PHONY: fmt
fmt: $(NODE_MODULES) $(GOLANGCI) ## format everything
	@for m in $(GO_MODULES); do (cd "$$m" && $(CURDIR)/$(GOLANGCI) fmt -c $(CURDIR)/backend/.golangci.yml ./...); done
	@cd frontend && npm run --silent format

.PHONY: lint
lint: $(NODE_MODULES) $(GOLANGCI) ## check format, style and types
	@for m in $(GO_MODULES); do echo "lint $$m"; (cd "$$m" && go vet ./... \
		&& $(CURDIR)/$(GOLANGCI) fmt --diff -c $(CURDIR)/backend/.golangci.yml ./... \
		&& $(CURDIR)/$(GOLANGCI) run -c $(CURDIR)/backend/.golangci.yml ./...); done
	@cd frontend && npm run --silent lint && npm run --silent format:check && npm run --silent types

.PHONY: generate
generate: $(NODE_MODULES) ## write what is derived from protocol/schema.json
	@cd frontend && npm run --silent generate

.PHONY: check
check: lint generate-check size test chaos-short ## everything above that can fail: what CI runs

.PHONY: up
up: ## start the demo with docker compose, on http://localhost:3000
	@docker compose up --build

.PHONY: clean
clean: ## remove what was built (never ./data)
	@rm -rf bin .tools frontend/build frontend/node_modules frontend/coverage frontend/test-results frontend/screenshots \
		frontend/playwright-report backend/internal/webui/dist/app chaos/out bench/out

# ---------------------------------------------------------------- parts of the verbs

.PHONY: tools-check
tools-check:
	@scripts/check-tools.sh

.PHONY: test-deps
test-deps:
	@scripts/install-test-deps.sh

.PHONY: generate-check
generate-check: $(NODE_MODULES)
	@cd frontend && npm run --silent generate -- --check

.PHONY: size
size: build
	@scripts/size.sh
	@cd frontend && npm run --silent size

# Acknowledging before the commit is the fault that matters most: the short run
# has to pass, and a server with that fault planted has to be caught.
.PHONY: chaos-short
chaos-short: build
	@cd chaos && go run . -server ../bin/teahouse -kills 50 -seed $(SEED)
	@scripts/chaos-planted.sh $(SEED)

$(NODE_MODULES): frontend/package.json frontend/package-lock.json | tools-check
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CLIENT): $(NODE_MODULES) $(CLIENT_SOURCES) scripts/compress.mjs
	@cd frontend && npm run --silent build
	@node scripts/compress.mjs frontend/build $(@D)

$(GOLANGCI): | tools-check
	@echo "building golangci-lint $(GOLANGCI_VERSION), once"
	@GOBIN=$(CURDIR)/$(@D) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
