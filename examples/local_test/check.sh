#!/bin/sh
# What a project's CI would run: the function decides, and tells, as it should.
set -eu
cd "$(dirname "$0")"
record=$(mktemp)
trap 'rm -f "$record"' EXIT

result=$(fescue run-local thermostat --handler thermostat.handler --event '{"temperature": 18.5, "hour": 7}' \
  --env DEAREST=0.3 --answers answers.json --record "$record")
test "$result" = '{"heating": true}'
jq -e '.calls | map(select(.call == "publish")) == [
  {"call": "publish", "topic": "room/heating", "payload": {"on": true}, "queue_full_policy": "BestEffort"}]' "$record"
