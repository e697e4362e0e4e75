#!/usr/bin/env bash
# Truncates the Markdown on stdin to the maximum length of a comment or an issue on GitHub (65,536
# characters). It cuts between two lines, and closes open code blocks and sections.
set -euo pipefail

# Counts bytes, which are never fewer than characters and the same in every awk.
LC_ALL=C awk -v limit="${1:-65000}" '
  cut { next }
  {
    size += length($0) + 1
    if (size + length(fence) > limit) { cut = 1; next }
    print
    text = $0
    sub(/^[ \t]*/, "", text)
    if (match(text, /^(````*|~~~~*)/)) {
      run = substr(text, 1, RLENGTH)
      rest = substr(text, RLENGTH + 1)
      if (fence == "") {
        if (substr(run, 1, 1) == "~" || index(rest, "`") == 0) {
          fence = run
          indent = substr($0, 1, length($0) - length(text))
        }
      } else if (substr(run, 1, 1) == substr(fence, 1, 1) && length(run) >= length(fence) && rest ~ /^[ \t]*$/) {
        fence = ""
      }
    } else if (fence == "") {
      sections += gsub(/<details>/, "", text) - gsub(/<\/details>/, "", text)
    }
  }
  END {
    if (!cut) exit
    if (fence != "") print indent fence
    while (sections-- > 0) print "</details>"
    print "\nThe rest is cut off, because it is too long for GitHub. The whole report is in the artifacts of the run."
  }
'
