#!/usr/bin/env bash
# Creates a worktree of the refresh branch in the folder $1 and merges main into it.
set -euo pipefail
: "${HEAD:?}" "${MAIN:?}" "${GITHUB_OUTPUT:?}"
tree=$1

fail() {
  echo "::error::$1"
  echo "reason=$1" >> "$GITHUB_OUTPUT"
  exit 1
}

git config user.name 'github-actions[bot]'
git config user.email '41898282+github-actions[bot]@users.noreply.github.com'
git worktree add --quiet --detach "$tree" "$HEAD"
# GitHub does not let a workflow push changes of workflows, whatever its permissions.
git diff --quiet "$HEAD...$MAIN" -- .github/workflows ||
  fail 'main has changed .github/workflows since the refresh branch was created; merge main into that branch by hand, and run the workflow «refresh» again'
git -C "$tree" merge --quiet --no-edit "$MAIN" ||
  fail 'main cannot be merged into the refresh branch without conflicts; resolve them by hand, and run the workflow «refresh» again'
