#!/usr/bin/env bash
# Refreshes specs/ in the worktree $1 and accepts the snapshots. Writes report.md, and refresh.patch with
# the changes, to the folder $2.
set -euo pipefail
: "${GITHUB_OUTPUT:?}"
tree=$1
out=$(cd "$2" && pwd)
cd "$tree"

code=0
cargo xtask refresh --report "$out/report.md" || code=$?
if [[ $code != [02] || ! -s $out/report.md ]]; then
  echo "::error::cargo xtask refresh exited with $code; expected 0 or 2, and a report"
  exit 1
fi
refused=false
if [[ $code == 2 ]]; then refused=true; fi

snapshots=accepted
if [[ -n $(git status --porcelain -- specs) ]]; then
  # If hand-written code does not compile any more, the branch is published anyway, to be fixed there.
  INSTA_UPDATE=always cargo test --locked --workspace snapshots || snapshots=failed
fi

git add --all -- specs src/generated tests/generated tests/snapshots
git diff --cached --binary HEAD > "$out/refresh.patch"
printf '%s\n' "refused=$refused" "snapshots=$snapshots" >> "$GITHUB_OUTPUT"
