#!/usr/bin/env bash
# Sets the status $1 of the commit to the result $2 of its job. Jobs of dispatched workflows do not
# count as checks of a pull request, but statuses do.
set -euo pipefail
: "${REPOSITORY:?}" "${HEAD_SHA:?}" "${RUN_URL:?}"
state=failure
if [[ $2 == success ]]; then state=success; fi
gh api --method POST "repos/$REPOSITORY/statuses/$HEAD_SHA" --silent \
  --raw-field "context=$1" --raw-field "state=$state" --raw-field "target_url=$RUN_URL" \
  --raw-field "description=The job ended with the result $2"
