#!/usr/bin/env bash
# Makes a worktree of the refresh branch in the folder $1, with main merged into it.
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
# GitHub lets no workflow push a change of a workflow, whatever its permissions.
git diff --quiet "$HEAD...$MAIN" -- .github/workflows ||
  fail 'main has changed .github/workflows since the refresh branch left it; merge main into that branch by hand, and run the workflow «refresh» again'
git -C "$tree" merge --quiet --no-edit "$MAIN" ||
  fail 'main cannot be merged into the refresh branch without conflicts; merge it by hand, and run the workflow «refresh» again'
