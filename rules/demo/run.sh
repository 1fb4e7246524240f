#!/usr/bin/env bash
# The whole way on data that comes with curate: build, compare, ask why, train, and trace back.
# Everything is written to demo-output/; nothing is downloaded. `make demo` runs this.
set -euo pipefail
cd "$(dirname "$0")/../.."

rm -rf demo-output
mkdir demo-output
export CURATE_STORE=demo-output/store
# The tiny model trains faster on one thread than on several that wait for each other.
export HF_HUB_OFFLINE=1 HF_HUB_DISABLE_TELEMETRY=1 OMP_NUM_THREADS=1

say() { printf '\n# %s\n' "$1"; }
run() {
  printf '\n$ %s\n' "$1"
  eval "$1"
}
# One value of the store, for the commands below.
value() { curate sql --json "$1" | python -c 'import json, sys; print(*json.load(sys.stdin)[0].values())'; }

printf '$ export CURATE_STORE=%s\n' "$CURATE_STORE"

say 'Build a dataset from raw support tickets, by a recipe of three steps.'
run 'curate build rules/recipes/quickstart.yaml'
run 'curate show support-sft --stats'

say 'A second version: rules of our own are added, and a tenth is set aside for evaluation.'
run 'diff rules/recipes/quickstart.yaml rules/recipes/quickstart-2.yaml' || true
run 'curate build rules/recipes/quickstart-2.yaml'
run 'curate diff support-sft@1 support-sft@2'

say 'Why is a record as it is? One that was repaired, and one that was dropped.'
of_version_2="dataset = 'support-sft' AND version = 2"
repaired=$(value "SELECT id FROM edits SEMI JOIN (FROM records WHERE split = 'train'
  AND messages::VARCHAR LIKE '%Zoë from Fernway%') AS said USING (dataset, version, id)
  WHERE $of_version_2 ORDER BY id LIMIT 1")
refused=$(value "SELECT id FROM ledger WHERE $of_version_2 AND rule = 'refusal' ORDER BY id LIMIT 1")
run "curate why ${repaired:0:12}"
run "curate why ${refused:0:12}"

say 'Anything else is a question in SQL. A name for the version to train on.'
run "curate sql \"SELECT rule, count(*) AS dropped FROM ledger
    WHERE dataset = 'support-sft' AND version = 2 AND action = 'drop' GROUP BY rule ORDER BY dropped DESC, rule\""
run 'curate tag golden support-sft@2'

say 'Train: a tiny model made on the spot stands for the one you would fine-tune.'
run 'python -m curate.rules.demo.make_model demo-output/tiny'
run 'curate train golden:train --method sft --model demo-output/tiny --adapter lora --output demo-output/sft --set epochs=2 --set learning_rate=1e-2'

say 'Preference pairs, and DPO from where SFT ended.'
run 'curate build rules/recipes/preferences.yaml'
run 'curate train support-dpo --method dpo --model demo-output/sft --adapter lora --output demo-output/dpo --set learning_rate=1e-3'

say 'Which models learned from what, and from that one record?'
run 'curate runs'
run "curate why ${repaired:0:12}"

say 'All of it is in demo-output/; demo-output/sft/README.md is the model card of the first model.'
