#!/usr/bin/env bash
# Outputs the tag of the version in Cargo.toml, and whether it is new, that is, does not exist yet.
set -euo pipefail
: "${GITHUB_OUTPUT:?}"
version=$(awk '
  /^\[/ { package = $0 == "[package]" }
  package && /^version *= *"/ { split($0, part, "\""); print part[2]; exit }
' Cargo.toml)
if [[ -z $version ]]; then
  echo '::error file=Cargo.toml::[package] has no version; add one'
  exit 1
fi
new=true
if git rev-parse --quiet --verify "refs/tags/v$version" > /dev/null; then new=false; fi
echo "v$version is new: $new"
{
  echo "new=$new"
  echo "tag=v$version"
} >> "$GITHUB_OUTPUT"
