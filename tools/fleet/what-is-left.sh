#!/usr/bin/env bash
# Says what the backend has still to do for a fleet: messages in its queues, and things whose record is not at rest.
#
#   bash tools/fleet/what-is-left.sh THING_GROUP
#   bash tools/fleet/what-is-left.sh --things THING...
#
# With --wait before these it looks again every five minutes, until nothing is left or it could not look.
#
# The things of a group are those of the groups below it, too. It reads one record after the other. A large group is looked at in parts, by name, several at once (xargs -P).
#
# Needs the AWS CLI 2.22 or newer, and jq. Ends with 0 where nothing is left, with 1 where something is, with 2 where it could not look.
set -u -o pipefail

usage() {
  echo "$1" >&2
  exit 2
}

if [ "${1-}" = --wait ]; then
  shift
  while :; do
    bash "$0" "$@"
    code=$?
    [ "$code" = 1 ] || exit "$code"
    sleep "${PAUSE_SECONDS:-300}"
  done
fi
if [ "${1-}" = --things ]; then
  shift
  [ -n "${1-}" ] || usage 'Give the names of the things.'
else
  group=${1-}
  [ -n "$group" ] || usage 'Give the name of the thing group.'
  names=$(aws iot list-things-in-thing-group --recursive --thing-group-name "$group" | jq -r '.things[]') || exit 2
  set -- $names
fi
stack=AWSLabsCertificateRotator
messages=0
left=0

# Messages that are due, that are delayed, and that a function has just taken.
for queue in RetireCertificate RetireCertificateFailed FailedEvents; do
  url=$(aws sqs get-queue-url --queue-name "$stack$queue" | jq -r .QueueUrl) || exit 2
  counts=$(aws sqs get-queue-attributes --queue-url "$url" --attribute-names All | jq -r '.Attributes |
    [.ApproximateNumberOfMessages, .ApproximateNumberOfMessagesDelayed, .ApproximateNumberOfMessagesNotVisible] | map(tonumber) | add') || exit 2
  echo "$stack$queue: $counts messages"
  messages=$((messages + counts))
done

record=$(mktemp) || exit 2
trap 'rm -f "$record"' EXIT
for thing; do
  if ! problem=$(aws iot-data get-thing-shadow --thing-name "$thing" --shadow-name "$stack" "$record" 2>&1); then
    [[ $problem == *ResourceNotFoundException* ]] && continue
    echo "$thing: its record could not be read: $problem" >&2
    exit 2
  fi
  words=$(jq -r '.state.reported // {} |
    (if .progress == "settled" or .progress == null then empty else "a rotation is \(.progress)" end),
    ((.retiring // []) + (.superseded // []) | if length == 0 then empty else "still to be retired: \(join(" "))" end)' "$record") || exit 2
  [ -z "$words" ] && continue
  while read -r word; do echo "$thing: $word"; done <<< "$words"
  left=$((left + 1))
done
echo "$# things looked at, $left not at rest"
[ "$messages" = 0 ] && [ "$left" = 0 ]
