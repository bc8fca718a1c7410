# Two commands on a fresh machine: `make demo` and `make test`. Only Python 3.11+, pip and make are needed.
PYTHON ?= python3
VENV ?= .venv
PROMPT ?= a banana astronaut over the blue moon
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: demo test check lint types format clean

demo: $(VENV)/.ready
	@echo "Making a picture on the simulated service (no key, no network, no points):"
	@echo '  nano-banana generate "$(PROMPT)" --sandbox --output-dir demo'
	@$(BIN)/nano-banana generate "$(PROMPT)" --sandbox --output-dir demo
	@echo "Done. The picture is in demo/. Next: . $(BIN)/activate, then nano-banana --help"

test: $(VENV)/.ready-dev
	@echo "Running the tests; none reaches the network or your home folder:"
	$(BIN)/python -m pytest -n auto

# The same beside four busy processes: no test may depend on how fast the machine is.
.PHONY: test-loaded
test-loaded: $(VENV)/.ready-dev
	$(BIN)/python tools/test_loaded.py -n auto

check: lint types test

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.ready-dev
	$(BIN)/mypy

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/bin-exists:
	@echo "Making a virtual environment in $(VENV)/"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: $(VENV)/bin-exists pyproject.toml
	@echo "Installing the program and what it needs into $(VENV)/ (once; about half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

# pip below 25.1 knows no dependency groups, so a fresh pip is asked for first.
$(VENV)/.ready-dev: $(VENV)/.ready
	@echo "Installing what the tests need into $(VENV)/ (once; a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(BIN)/python -m pip install --quiet -e ".[all,cluster]" --group dev
	@touch $@

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis demo

# The MCP server before public judges. Needs Node 22 or newer; name one with NODE=/path/to/node.
.PHONY: test-mcp
test-mcp: $(VENV)/.ready-dev
	$(BIN)/python tools/test_mcp.py

# The skill as hosts install it, skills/ai-nano-banana-ima/, in step with src/ and scripts/.
.PHONY: skill
skill:
	$(PYTHON) tools/make_skill.py

# The bundle in the real OpenClaw, in a scratch folder (about 860 MB from npm, once). Sends nothing to anybody.
.PHONY: test-openclaw
test-openclaw: $(VENV)/.ready-dev
	$(BIN)/python tools/test_openclaw.py

# Every figure of docs/performance.md beside a plain client; takes a few minutes of a POSIX machine.
.PHONY: bench
bench: $(VENV)/.ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	$(BIN)/python benchmarks/run.py

# The books of many machines, on PostgreSQL servers of its own (installed with apt-get where there are none).
.PHONY: test-cluster
test-cluster: $(VENV)/.ready-dev
	$(BIN)/python tools/test_cluster.py -n 4 --dist worksteal

# The skill and the server in the hosts themselves, from npm into a scratch folder (about two gigabytes, once).
.PHONY: test-hosts
test-hosts: $(VENV)/.ready-dev
	$(BIN)/python tools/test_hosts.py

# The whole engine under seeds, until Ctrl-C; SEED=n runs one again and prints its trace, the same byte for byte.
.PHONY: simulate
simulate: $(VENV)/.ready-dev
	$(BIN)/python -m simulation $(if $(SEED),--seed $(SEED)) $(if $(COUNT),--count $(COUNT))

# Plants faults in copies of the program, one at a time, and shows at which seed each was found.
.PHONY: prove
prove: $(VENV)/.ready-dev
	$(BIN)/python -m simulation.prove $(if $(ONLY),--only "$(ONLY)")

# The studio with simulated pictures, in the browser.
.PHONY: studio
studio: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[studio]"
	$(BIN)/nano-banana studio --sandbox

# The studio in Chromium (installed with apt-get where there is none), judged by axe; screenshots go to build/screenshots.
.PHONY: test-browser
test-browser: $(VENV)/.ready-dev
	$(BIN)/python tools/test_browser.py -n 2
