#!/usr/bin/env bash
# Commits the patch in the folder $2 in the worktree $1 and pushes it to the refresh branch, which is
# only ever moved forward: what people have pushed to it stays. Opens, updates or closes its pull
# request, and starts the checks of it, since GitHub starts none for what a workflow pushes.
# Backticks in quotes are Markdown.
# shellcheck disable=SC2016
set -euo pipefail
: "${REPOSITORY:?}" "${BRANCH:?}" "${HEAD:?}" "${MAIN:?}" "${REFUSED:?}" "${PULL?}"
scripts=$(cd "$(dirname "$0")" && pwd)
tree=$1
out=$(cd "$2" && pwd)
cd "$tree"

refreshed=false
if [[ -s $out/refresh.patch ]]; then
  refreshed=true
  git apply --index --binary "$out/refresh.patch"
  if ! git diff --cached --quiet -- . ':!specs' ':!src/generated' ':!tests/generated' ':!tests/snapshots'; then
    echo '::error::the patch changes files outside specs/, src/generated/, tests/generated/ and tests/snapshots/'
    exit 1
  fi
  git commit --quiet --message='Refresh the specs from upstream'
fi

if git diff --quiet "$MAIN" HEAD; then
  echo 'main is up to date with upstream'
  if [[ -n $PULL && $REFUSED == false ]]; then
    gh pr close "$PULL" --repo "$REPOSITORY" \
      --comment 'Nothing is left to merge: main is up to date with upstream.'
  fi
  exit
fi

if [[ $(git rev-parse HEAD) != "$HEAD" ]]; then
  gh auth setup-git
  git push origin "HEAD:refs/heads/$BRANCH"
fi

body=$(mktemp)
{
  "$scripts/fit-comment.sh" 64000 < "$out/report.md"
  echo
  echo 'The comment of the check `spec-diff` says what this does to users. Commits can be pushed to this branch: the next refresh keeps them.'
} > "$body"
if [[ -z $PULL ]]; then
  if ! gh pr create --repo "$REPOSITORY" --head "$BRANCH" --base main \
    --title 'Refresh the specs from upstream' --body-file "$body"; then
    # The next run begins from main again, and would leave a branch behind every week.
    git push origin --delete "$BRANCH"
    exit 1
  fi
elif [[ $refreshed == true ]]; then
  # The text of the pull request is the report of the first refresh; this is what came after it.
  gh pr comment "$PULL" --repo "$REPOSITORY" --body-file "$body"
fi
for workflow in ci.yml spec-diff.yml; do
  gh workflow run "$workflow" --repo "$REPOSITORY" --ref "$BRANCH"
done
