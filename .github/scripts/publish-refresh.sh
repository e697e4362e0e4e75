#!/usr/bin/env bash
# Commits the patch in the folder $2 in the worktree $1 and pushes it to the refresh branch without
# force, so that commits of other people are kept. Opens, comments on or closes the pull request. Starts
# its checks, because GitHub starts none for the push of a workflow.
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
    echo '::error::the patch changes files outside of specs/, src/generated/, tests/generated/ and tests/snapshots/'
    exit 1
  fi
  git commit --quiet --message='Refresh the specs from upstream'
fi

if git diff --quiet "$MAIN" HEAD; then
  echo 'main is up to date with upstream'
  if [[ -n $PULL && $REFUSED == false ]]; then
    gh pr close "$PULL" --repo "$REPOSITORY" \
      --comment 'Closed because main is up to date with upstream.'
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
  echo 'See the comment of the check `spec-diff` for the effect on users. You can push commits to this branch: the next refresh keeps them.'
} > "$body"
if [[ -z $PULL ]]; then
  if ! gh pr create --repo "$REPOSITORY" --head "$BRANCH" --base main \
    --title 'Refresh the specs from upstream' --body-file "$body"; then
    # The next run starts from main again, so each failure would leave a branch behind.
    git push origin --delete "$BRANCH"
    exit 1
  fi
elif [[ $refreshed == true ]]; then
  # The description of the pull request keeps the report of the first refresh.
  gh pr comment "$PULL" --repo "$REPOSITORY" --body-file "$body"
fi
for workflow in ci.yml spec-diff.yml; do
  gh workflow run "$workflow" --repo "$REPOSITORY" --ref "$BRANCH"
done
