# Every command is a task in tasks/ and needs nothing but a Python from 3.9 on.
PYTHON ?= python3
TASK = $(PYTHON) -m tasks

.DEFAULT_GOAL := help
.PHONY: help run test check chat train evaluate bench bench-understanding bench-plan bench-desk torture setup lock clean

help: ## show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## set up what is missing and start everything (PORT=8001, BOT_PORT=5006, KEEP_MODEL=1); Ctrl-C stops it
	@$(TASK) run $(if $(PORT),--port $(PORT)) $(if $(KEEP_MODEL),--keep-model)

test: ## install what the tests need and run all of them
	@$(TASK) test

check: ## linter, types, training data, knowledge and imports
	@$(TASK) check

chat: ## talk to the assistant in the terminal
	@$(TASK) chat

train: ## train the model if its sources have changed (FORCE=1: in any case)
	@$(TASK) train $(if $(FORCE),--force)

evaluate: ## measure the understanding: make evaluate FILE=questions.jsonl (FLOOR=raise: raise the floor beside the file)
	@$(TASK) evaluate $(if $(FILE),"$(FILE)","") $(if $(FLOOR),--floor "$(FLOOR)")

bench: ## measure speed, memory and start beside a stock Rasa (ARGS="...")
	@$(TASK) bench $(ARGS)

bench-understanding: ## measure the understanding on public data (DATA=folder, ARGS="...")
	@$(TASK) bench-understanding "$(DATA)" $(ARGS)

bench-plan: ## measure how fast plans are made (ARGS="--invariants 200000": check what must hold for every plan)
	@$(TASK) bench-plan $(ARGS)

bench-desk: ## measure the desk with 10,000 dossiers and 500 open conversations (ARGS="...")
	@$(TASK) bench-desk $(ARGS)

torture: ## 10,000 messages while everything is killed; counts what is lost, doubled, out of order (ARGS="--seed 42 --quick")
	@$(TASK) torture $(ARGS)

setup: ## do everything that `make run` does before it starts
	@$(TASK) setup

lock: ## compile the lock files anew (UPGRADE=1: newest releases that fit)
	@$(TASK) lock $(if $(UPGRADE),--upgrade)

clean: ## remove what can be made again; databases and secrets stay
	@$(TASK) clean
