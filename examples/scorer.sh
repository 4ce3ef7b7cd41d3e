#!/bin/sh
# A scorer with jq: bench corpus answers come in as JSON lines, predictions go out as JSON lines.
#   cat data/answers/*.jsonl | examples/scorer.sh > predictions.jsonl && bench score predictions.jsonl
exec jq -c '
  (.segments | map(select(.speaker == "candidate"))) as $own
  | ($own | map(.text) | join(" ") | [scan("\\b(?:because|instead|unless)\\b")] | length) as $reasons
  | (.segments[-1].end_s) as $seconds
  | {answer_id,
     rating: ([1 + $reasons, 5] | min),
     verdict: (if $reasons >= 2 then "balanced" elif $seconds < 90 then "too_fast" else "unfocused" end)}
'
