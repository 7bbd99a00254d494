# Chorus: `make run` to use it, `make test` to check it, `make help` for the rest.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.NOTPARALLEL:
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

STEP := scripts/step
TEST := scripts/step --tests
CARGO_TEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo nextest run || echo test --lib --bins --tests)

export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## Running

.PHONY: run
run: web/dist/index.html ## Build what has changed and serve on http://127.0.0.1:3000 (PORT=… for another, ARGS=… for more)
	@$(STEP) "build the server" cargo build --locked --bin chorus
	@exec target/debug/chorus serve $(ARGS)

.PHONY: build
build: web/dist/index.html ## Build everything for release: target/release/chorus, with the UI inside
	@$(STEP) "build for release" cargo build --locked --release --bin chorus
	@ls -sh target/release/chorus

.PHONY: bench
bench: build ## Measure: see bench/
	@bench/run

## Building the web UI

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' -not -path 'web/test-results/*' 2>/dev/null)

web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	@$(STEP) "build the web UI" npm --prefix web run build
	@touch $@

# npm packages, anew only when the lockfile has changed
%/node_modules/.installed: %/package-lock.json
	@$(STEP) "npm packages, $(notdir $*)" npm --prefix $* ci --no-audit --no-fund
	@touch $@

## Testing

.PHONY: test
test: begin fmt-check clippy test-rust test-docs types-check deny test-web test-clients test-fuzz test-e2e ## Run every check and test
	@scripts/tally

.PHONY: begin
begin: web/dist/index.html
	@mkdir -p target/logs && rm -f target/logs/tally.tsv
	@$(STEP) "Rust crates" cargo fetch --locked

.PHONY: fmt-check
fmt-check:
	@$(STEP) "formatting" cargo fmt --all --check

.PHONY: clippy
clippy: web/dist/index.html ## Lint the Rust code
	@$(STEP) "clippy" cargo clippy --locked --workspace --all-targets -- -D warnings

.PHONY: test-rust
test-rust: export TS_RS_EXPORT_DIR := $(CURDIR)/target/types
test-rust: web/dist/index.html ## Run the Rust tests
	@$(STEP) "build the Rust tests" cargo test --locked --workspace --no-run
	@$(TEST) "Rust tests" cargo $(CARGO_TEST) --locked --workspace --no-fail-fast

.PHONY: test-docs
test-docs:
	@$(STEP) "doc tests" cargo test --locked --workspace --doc

.PHONY: types
types: ## Write web/src/generated, the TypeScript of the wire types
	@$(STEP) "TypeScript of the types" scripts/types

.PHONY: types-check
types-check:
	@$(STEP) "generated types" scripts/types --check

.PHONY: deny
deny: ## Check licences, sources and duplicates of the crates
	@$(STEP) "crates' licences" scripts/cargo-deny check bans licenses sources

.PHONY: advisories
advisories: ## Check the crates against the RustSec advisories (needs the internet)
	@$(STEP) "crates' advisories" scripts/cargo-deny check advisories

.PHONY: test-web
test-web: web/node_modules/.installed ## Check and test the web UI's code
	@$(STEP) "web checks" npm --prefix web run check
	@$(TEST) "web tests" npm --prefix web test

.PHONY: test-clients
test-clients: conformance/differential/node_modules/.installed conformance/clients/node_modules/.installed ## Compare with npm socket.io, and meet clients of every generation
	@$(STEP) "build for the clients" cargo build --locked --bin differential --bin recovery --bin chorus
	@$(TEST) "official client" npm --prefix conformance/differential test
	@$(TEST) "clients 1.7 to 4.8" npm --prefix conformance/clients test
	@$(STEP) "Python" scripts/python-env
	@$(TEST) "python-socketio" target/python/bin/python -B conformance/clients/python
	@$(STEP) "OpenSSL's headers" conformance/clients/rust/openssl
	@cd conformance/clients/rust && ../../../$(STEP) "build the Rust clients" cargo test --locked --no-run
	@cd conformance/clients/rust && ../../../$(TEST) "rust_socketio" cargo test --locked --no-fail-fast

.PHONY: test-fuzz
test-fuzz: ## Fuzz each decoder for some seconds
	@$(TEST) "fuzzing, short" scripts/fuzz 3

.PHONY: fuzz
fuzz: ## Fuzz each decoder for ten minutes
	@scripts/fuzz 600

.PHONY: test-e2e
test-e2e: web/dist/index.html ## Run the browser tests
	@$(STEP) "Chromium" scripts/chromium --install
	@$(STEP) "build the server" cargo build --locked --bin chorus
	@CHORUS_BIN=$(CURDIR)/target/debug/chorus CHROMIUM=$$(scripts/chromium) \
		$(TEST) "browser tests" npm --prefix web run e2e

## Tidying

.PHONY: fmt
fmt: web/node_modules/.installed ## Format all code
	@cargo fmt --all
	@npm --prefix web run --silent format

.PHONY: clean
clean: ## Remove all that was built (not the data)
	rm -rf target web/dist web/node_modules conformance/differential/node_modules conformance/clients/node_modules
