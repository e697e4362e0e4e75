#!/usr/bin/env bash
# Checks the changes of specs/ in the checkout $1 with the tools of its base, the checkout $2. Writes
# report.md to the folder $3, and the file `quiet` if there is nothing to report. Fails on a breaking
# change that is not accepted, and if specs/ differs from what upstream publishes.
# Backticks in quotes are Markdown.
# shellcheck disable=SC2016
set -euo pipefail
head=$(cd "$1" && pwd)
base=$(cd "$2" && pwd)
out=$(cd "$3" && pwd)
report=$out/report.md
from=$(git -C "$base" rev-parse HEAD)
to=$(git -C "$head" rev-parse HEAD)

changed() { ! git -C "$head" diff --quiet "$from" "$to" -- "$@"; }

if ! changed specs src/generated tests/generated; then
  echo 'Skipped: `specs/` and the generated code are unchanged.' > "$report"
  touch "$out/quiet"
  exit
fi

# Built in the base, so that the configuration of the pull request has no effect.
(cd "$base" && cargo build --locked --package xtask)
xtask=$base/target/debug/xtask

diff=0
CARGO_MANIFEST_DIR=$head/xtask "$xtask" diff "$from..$to" --format markdown --fail-on breaking \
  > "$out/diff.md" || diff=$?

check=skipped
if changed 'specs/*/upstream*' specs/sources.toml specs/sources.lock; then
  scratch=$(mktemp -d)
  git -C "$head" archive "$to" specs src/generated tests/generated | tar -x -C "$scratch"
  # With the lock, a 304 would confirm a page from which the document was not read.
  rm -f "$scratch/specs/sources.lock"
  code=0
  CARGO_MANIFEST_DIR=$scratch/xtask "$xtask" refresh --check --report "$out/check.md" || code=$?
  case $code in
    0) check=verified ;;
    1) check=differs ;;
    *) check=unchecked ;;
  esac
fi

{
  case $check in
    skipped) echo 'Upstream: skipped, because no file that comes from upstream has changed.' ;;
    verified) echo 'Upstream: verified. `specs/` matches what upstream publishes.' ;;
    differs) echo 'Upstream: **differs**. `specs/` does not match what upstream publishes (see the end of this report); run `cargo xtask refresh`.' ;;
    unchecked) echo 'Upstream: **could not be checked**. See the log for the reason, and run this check again.' ;;
  esac
  if changed specs/sources.toml; then
    echo
    echo '**`specs/sources.toml` has changed**: check the addresses from which upstream is read.'
  fi
  echo
  if [[ $diff == [01] ]]; then
    cat "$out/diff.md"
  else
    echo '## API changes: **could not be compared**'
    echo
    echo 'See the log for the reason. The tools of main make this check: if `xtask` changes too, merge that change first.'
  fi
  if [[ $check == differs && -s $out/check.md ]]; then
    printf '\n## What upstream publishes now\n\n'
    cat "$out/check.md"
  fi
} > "$report"
rm -f "$out/diff.md" "$out/check.md"

[[ $diff == 0 && ($check == skipped || $check == verified) ]]
