#!/usr/bin/env bash
# Selects the branch of a refresh: the one of its open pull request, or a new branch from main. Only
# pull requests that a workflow of this repository opened are considered.
set -euo pipefail
: "${REPOSITORY:?}" "${MAIN:?}" "${GITHUB_RUN_ID:?}" "${GITHUB_RUN_ATTEMPT:?}" "${GITHUB_OUTPUT:?}"

open=$(gh pr list --repo "$REPOSITORY" --app github-actions --base main --state open --limit 100 \
  --json number,headRefName,headRefOid,isCrossRepository \
  --jq '.[] | [.number, .headRefName, .headRefOid, .isCrossRepository] | @tsv')

pull='' head=$MAIN
branch="refresh/$(date -u +%F)-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT"
while IFS=$'\t' read -r number name commit from_fork; do
  if [[ $name == refresh/* && $from_fork == false ]]; then
    pull=$number branch=$name head=$commit
    break
  fi
done <<< "$open"

echo "pull request: ${pull:-none}, branch: $branch, commit: $head"
printf '%s\n' "pull=$pull" "branch=$branch" "head=$head" >> "$GITHUB_OUTPUT"
