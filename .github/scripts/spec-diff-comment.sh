#!/usr/bin/env bash
# Posts report.md of the folder $1 as a comment on the pull request whose head is the checked commit, or
# updates that comment. The owner is compared too, because a fork can have the same branch and commit.
set -euo pipefail
: "${REPOSITORY:?}" "${HEAD_OWNER:?}" "${HEAD_BRANCH:?}" "${HEAD_SHA:?}"
scripts=$(cd "$(dirname "$0")" && pwd)
folder=$1
marker='<!-- spec-diff -->'

if ! [[ -s $folder/report.md ]]; then
  echo '::error::spec-diff has written no report; see its log'
  exit 1
fi

pulls=$(gh pr list --repo "$REPOSITORY" --state open --limit 1000 \
  --json number,headRefName,headRefOid,headRepositoryOwner \
  --jq '.[] | [.number, .headRefName, .headRefOid, .headRepositoryOwner.login] | @tsv')
number=''
while IFS=$'\t' read -r each branch commit owner; do
  if [[ $branch == "$HEAD_BRANCH" && $commit == "$HEAD_SHA" && $owner == "$HEAD_OWNER" ]]; then
    number=$each
  fi
done <<< "$pulls"
if [[ -z $number ]]; then
  echo "no open pull request of $HEAD_OWNER:$HEAD_BRANCH is at $HEAD_SHA any more"
  exit
fi

comments=$(gh api --paginate "repos/$REPOSITORY/issues/$number/comments" \
  --jq '.[] | [.id, .user.login, .body] | @tsv')
comment=''
while IFS=$'\t' read -r id author text; do
  if [[ $author == 'github-actions[bot]' && $text == "$marker"* ]]; then comment=$id; fi
done <<< "$comments"

body=$(mktemp)
{
  echo "$marker"
  cat "$folder/report.md"
} | "$scripts/fit-comment.sh" > "$body"
if [[ -n $comment ]]; then
  gh api --method PATCH "repos/$REPOSITORY/issues/comments/$comment" --field "body=@$body" --silent
elif ! [[ -e $folder/quiet ]]; then
  gh api --method POST "repos/$REPOSITORY/issues/$number/comments" --field "body=@$body" --silent
fi
