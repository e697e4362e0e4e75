#!/usr/bin/env bash
# Warns if the last successful refresh is older than two weeks, does not exist or cannot be determined.
# GitHub disables schedules of inactive repositories without notice.
set -euo pipefail
: "${REPOSITORY:?}" "${GITHUB_SERVER_URL:?}"
runs="$GITHUB_SERVER_URL/$REPOSITORY/actions/workflows/refresh.yml"

warn() { echo "::warning title=Upstream is not checked for changes::$1; see $runs"; }

if ! last=$(gh api "repos/$REPOSITORY/actions/workflows/refresh.yml/runs?branch=main&status=success&per_page=1" \
  --jq '.workflow_runs[0].run_started_at // empty'); then
  warn 'the runs of the workflow «refresh» cannot be listed, so the time of its last success is unknown'
elif [[ -z $last ]]; then
  warn 'the workflow «refresh» has never succeeded'
elif ! since=$(date -u -d "$last" +%s); then
  warn 'the time of the last successful run of «refresh» is not a valid date'
else
  days=$((($(date -u +%s) - since) / 86400))
  if ((days >= 14)); then
    warn "the workflow «refresh» last succeeded $days days ago"
  else
    echo "the workflow «refresh» last succeeded $days days ago"
  fi
fi
