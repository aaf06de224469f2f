#!/usr/bin/env bash
# Attaches the certificate of each thing of a group exclusively, and names the things that need a person.
#
#   bash tools/fleet/attach-exclusively.sh THING_GROUP
#   bash tools/fleet/attach-exclusively.sh --things THING...
#
# It asks for one thing after the other, a second or two for each that is as it should be. A large group is done in parts, by name, several
# at once (xargs -P): none touches another's things, and what is shared among them none changes.
#
# The things of a group are those of the groups below it, too.
#
# Needs the AWS CLI 2.22 or newer, and jq. Ends with 0 where every thing is as it should be, and can be run again at any time.
# A certificate is detached only where AWS IoT wants it so, and where nothing but this thing has it; it is attached again
# before anything else is done. On an error of any other kind (no permission, credentials that have expired) it ends at once.
set -u -o pipefail

pause=${PAUSE_SECONDS:-5}
attempts=${ATTEMPTS:-12}
left=0

needs_person() {
  echo "$thing: $1"
  left=$((left + 1))
}

usage() {
  echo "$1" >&2
  exit 2
}

stop() {
  echo "$thing: $1" >&2
  exit 2
}

attach_as() {
  problem=$(aws iot attach-thing-principal --thing-name "$thing" --principal "$principal" --thing-principal-type "$1" 2>&1)
}

# What was detached is seen everywhere after some seconds.
attach_in_time_as() {
  for ((attempt = 1; attempt <= attempts; attempt++)); do
    attach_as "$1" && return
    sleep "$pause"
  done
  return 1
}

principals() {
  aws iot list-thing-principals-v2 --thing-name "$thing" | jq -c '.thingPrincipalObjects'
}

is_exclusive() {
  for look in 1 2; do
    [ "$(principals | jq -r '.[0].thingPrincipalType')" = EXCLUSIVE_THING ] && return
    [ "$look" = 1 ] && sleep "$pause"
  done
  return 1
}

detach_and_attach() {
  echo "$thing: detaching $principal, to attach it again"
  # Ctrl-C waits until the thing has its certificate again.
  trap '' INT TERM HUP
  if ! problem=$(aws iot detach-thing-principal --thing-name "$thing" --principal "$principal" 2>&1); then
    stop "could not be changed, and is as it was: $problem"
  fi
  if ! attach_in_time_as EXCLUSIVE_THING; then
    refusal=$problem
    if ! attach_in_time_as NON_EXCLUSIVE_THING; then
      stop "HAS NO CERTIFICATE NOW. Attach $principal before its device connects again: $problem"
    fi
    needs_person "AWS IoT does not attach its certificate exclusively, so it is attached as it was: $refusal"
  fi
  trap - INT TERM HUP
}

if [ "${1-}" = --things ]; then
  shift
  [ -n "${1-}" ] || usage 'Give the names of the things.'
else
  group=${1-}
  [ -n "$group" ] || usage 'Give the name of the thing group.'
  names=$(aws iot list-things-in-thing-group --recursive --thing-group-name "$group" | jq -r '.things[]') || exit 2
  set -- $names
fi
for thing; do
  if ! all=$(principals); then
    # A list of names may be days old.
    problem=$(aws iot describe-thing --thing-name "$thing" 2>&1)
    [[ $problem == *ResourceNotFoundException* ]] || stop 'its certificates could not be listed.'
    needs_person 'is no thing, or none any more.'
    continue
  fi
  if [ "$(jq length <<< "$all")" != 1 ]; then
    needs_person 'has not exactly one certificate. Detach those that its device does not use.'
    continue
  fi
  [ "$(jq -r '.[0].thingPrincipalType' <<< "$all")" = EXCLUSIVE_THING ] && continue
  principal=$(jq -r '.[0].principal' <<< "$all")
  sharing=$(aws iot list-principal-things-v2 --principal "$principal" |
    jq -r '[.principalThingObjects[].thingName] | sort | join(" ")') || stop 'the things of its certificate could not be listed.'
  if [ "$sharing" != "$thing" ]; then
    needs_person "shares its certificate; these have it: $sharing. Give each of them one of its own."
  elif attach_as EXCLUSIVE_THING; then
    is_exclusive || detach_and_attach
  elif [[ $problem == *'already has'*'Thing attached'* ]]; then
    detach_and_attach
  else
    stop "could not be changed, and is as it was: $problem"
  fi
done
echo "$# things looked at, $left need a person"
[ "$left" = 0 ]
