#!/usr/bin/env bash
# Judges what the checkout $1 changes in specs/ by the tools of the checkout $2, which it branched
# off from. Writes report.md into the folder $3, and the file `quiet` beside it if there is nothing to
# report. Fails if something breaks that nobody has accepted, or if what is said of upstream is not
# what upstream publishes.
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

# In the folder of the base, so that no configuration of the other side has a part in it.
(cd "$base" && cargo build --locked --package xtask)
xtask=$base/target/debug/xtask

diff=0
CARGO_MANIFEST_DIR=$head/xtask "$xtask" diff "$from..$to" --format markdown --fail-on breaking \
  > "$out/diff.md" || diff=$?

check=skipped
if changed 'specs/*/upstream*' specs/sources.toml specs/sources.lock; then
  scratch=$(mktemp -d)
  git -C "$head" archive "$to" specs src/generated tests/generated | tar -x -C "$scratch"
  # The lock would let a server confirm pages that upstream.json was never made from.
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
    skipped) echo 'Upstream: skipped, because nothing that comes from upstream has changed.' ;;
    verified) echo 'Upstream: verified. What `specs/` says of upstream is what upstream publishes.' ;;
    differs) echo 'Upstream: **differs**. What `specs/` says of upstream is not what upstream publishes (at the end of this report); run `cargo xtask refresh`.' ;;
    unchecked) echo 'Upstream: **could not be checked**. The log says why; run this check again.' ;;
  esac
  if changed specs/sources.toml; then
    echo
    echo '**`specs/sources.toml` has changed**: look at the addresses from which upstream is read.'
  fi
  echo
  if [[ $diff == [01] ]]; then
    cat "$out/diff.md"
  else
    echo '## API changes: **could not be compared**'
    echo
    echo 'The log says why. The tools of main judge this: if `xtask` changes as well, merge that part first.'
  fi
  if [[ $check == differs && -s $out/check.md ]]; then
    printf '\n## What upstream publishes now\n\n'
    cat "$out/check.md"
  fi
} > "$report"
rm -f "$out/diff.md" "$out/check.md"

[[ $diff == 0 && ($check == skipped || $check == verified) ]]
