#!/usr/bin/env bash
# Opens or updates the issue about a failed refresh, and closes it when a refresh succeeds. Only issues
# that a workflow of this repository opened are considered. The report is report.md in the folder $1,
# if the refresh has written one.
set -euo pipefail
: "${REPOSITORY:?}" "${RUN_URL:?}" "${BRANCH_RESULT:?}" "${BUILD_RESULT:?}" "${PUBLISH_RESULT:?}"
: "${REFUSED?}" "${SNAPSHOTS?}" "${REASON?}"
scripts=$(cd "$(dirname "$0")" && pwd)
report=$1/report.md
title='The specs could not be refreshed'

issues=$(gh issue list --repo "$REPOSITORY" --app github-actions --state open --limit 100 \
  --json number,title --jq '.[] | [.number, .title] | @tsv')
number=''
while IFS=$'\t' read -r each name; do
  if [[ $name == "$title" ]]; then number=$each; fi
done <<< "$issues"

problems=()
for job in "branch $BRANCH_RESULT" "build $BUILD_RESULT" "publish $PUBLISH_RESULT"; do
  case ${job#* } in
    success | skipped) ;;
    *) problems+=("The job \`${job% *}\` of the [weekly refresh]($RUN_URL) ended with \`${job#* }\`${REASON:+: $REASON}.") ;;
  esac
done
if [[ $REFUSED == true ]]; then
  problems+=("The [weekly refresh]($RUN_URL) could not apply all changes of upstream. The reasons are in the report below. What to do: see «Upstream has changed» in CONTRIBUTING.md.")
fi
if [[ $SNAPSHOTS == failed ]]; then
  problems+=("The [weekly refresh]($RUN_URL) could not accept the snapshots: hand-written code does not build with the refreshed specs, or its tests fail. Push the fix to the branch of the open pull request.")
fi

if [[ ${#problems[@]} == 0 ]]; then
  if [[ -n $number ]]; then
    gh issue close "$number" --repo "$REPOSITORY" --comment "The [refresh]($RUN_URL) succeeded again."
  fi
  exit
fi

body=$(mktemp)
{
  printf '%s\n\n' "${problems[@]}"
  if [[ -s $report ]]; then cat "$report"; fi
} | "$scripts/fit-comment.sh" > "$body"
if [[ -n $number ]]; then
  gh issue edit "$number" --repo "$REPOSITORY" --body-file "$body"
else
  gh issue create --repo "$REPOSITORY" --title "$title" --body-file "$body"
fi
# The run has failed if somebody has to act.
exit 1
