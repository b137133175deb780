#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [BUILD-FOLDER]     (default build/release; the target longwave_jni must be built); code 77 where tools are missing
# Tests the example. Prints a line `ok NAME` or `not ok NAME` for each test, then `java example: N passed, N failed`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
export LONGWAVE_BUILD=$build LC_ALL=C.UTF-8
h2=/usr/share/java/h2.jar
junit=/usr/share/java/junit-platform-console-standalone.jar
if ! command -v javac >/dev/null; then echo "no JDK"; exit 77; fi
for jar in "$h2" "$junit"; do
  if [ ! -e "$jar" ]; then echo "no $jar (Debian's packages libh2-java and junit5)"; exit 77; fi
done
unset JAVA_TOOL_OPTIONS

library=$(ls "$build"/java/maven/dev/longwave/longwave/*/longwave-[0-9].[0-9].[0-9].jar 2>/dev/null || true)
if [ -z "$library" ] || [ "$build/lib/liblongwave_jni.so" -nt "$library" ]; then
  bash "$root/bindings/java/package.sh" "$build" >/dev/null
  library=$(ls "$build"/java/maven/dev/longwave/longwave/*/longwave-[0-9].[0-9].[0-9].jar)
fi
model=$(ls "$build"/java/maven/dev/longwave/longwave-minilm/*/longwave-minilm-[0-9].[0-9].[0-9].jar)

# With a space in its name: nothing may depend on where it lies.
work=$(mktemp -d "${TMPDIR:-/tmp}/longwave indexer.XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
count() { # LOG: what it says
  cat "$1"
  passed=$((passed + $(grep -c '^ok ' "$1" || true))) failed=$((failed + $(grep -c '^not ok ' "$1" || true)))
}
check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    echo "ok $name" >"$work/check.log"
  else
    { echo "not ok $name"; sed 's/^/    /' <<<"$output" | head -n 20; } >"$work/check.log"
  fi
  count "$work/check.log"
}

# --- the classes ------------------------------------------------------------------------------------------------------

classes=$work/classes
mkdir "$classes"
javac --release 17 -Xlint:all -Werror -encoding UTF-8 -cp "$library:$model:$junit" -d "$classes" "$here"/*.java \
  "$here"/test/*.java "$root/bindings/java/src/test/java/dev/longwave/RunTests.java"
code=0
java -Xmx512m "-Djava.io.tmpdir=$work" "-Dlongwave.source=$root" -cp "$classes:$library:$model:$h2:$junit" \
  dev.longwave.RunTests "java example" indexer >"$work/tests.log" 2>&1 </dev/null || code=$?
if [ $code -ne 0 ] && ! grep -q '^not ok ' "$work/tests.log"; then
  echo "not ok java example: the tests ended with code $code" >>"$work/tests.log"
fi
count "$work/tests.log"

# --- the program ------------------------------------------------------------------------------------------------------

folder="$work/my notes"
mkdir "$folder"
head -c 30000 "$root/examples/text/handbook.txt" >"$folder/handbook.txt"
echo "The bicycle shed will be painted green in May." >"$folder/Gebäude.md"
indexer() { bash "$here/indexer.sh" "$@"; }
has() { # WORDS COMMAND...: the output has the words
  local words=$1 output
  shift
  output=$("$@" 2>&1) || { echo "$output"; return 1; }
  grep -qF -- "$words" <<<"$output" || { echo "$output"; return 1; }
}
status() { # STATUS WORDS COMMAND...
  local expected=$1 words=$2 output code=0
  shift 2
  output=$("$@" 2>&1) || code=$?
  [ $code -eq "$expected" ] && grep -qF -- "$words" <<<"$output" || { echo "status $code: $output"; return 1; }
}
check "java example: index reads a folder" has "2 files" indexer index "$folder"
check "java example: search gives score, file, range and text" \
  has "Gebäude.md  bytes 0 to 46" indexer search "$folder" "Which colour will the shed have?" --top 1
head -c 31000 "$root/examples/text/handbook.txt" >"$folder/handbook.txt"
check "java example: another process goes on where a file has grown" \
  has "grown handbook.txt: read 1000 bytes" indexer index "$folder"
check "java example: a folder that is not there is an error" status 1 "is not a folder" indexer index "$work/none"
check "java example: a wrong command line is explained" status 2 "usage: indexer" indexer index "$folder" --top 0
watches() { # the first answer may come before the file is seen
  local line=
  coproc WATCH { exec bash "$here/indexer.sh" watch "$folder" 2>&1; }
  # shellcheck disable=SC2154
  local pid=$WATCH_PID in=${WATCH[1]} out=${WATCH[0]}
  for _ in {1..50}; do [ -e "$folder/.longwave/index.mv.db" ] && break || sleep 0.1; done
  echo "Parking is free for cyclists on Sundays." >"$folder/parking.txt"
  until [[ $line == new*parking.txt* ]]; do read -r -t 60 -u "$out" line || { echo "no line: $line"; return 1; }; done
  echo "Who may park for free?" >&"$in"
  until [[ $line == *parking.txt*bytes* ]]; do read -r -t 60 -u "$out" line || { echo "no answer: $line"; return 1; }; done
  status 1 "another process uses the index" indexer search "$folder" "Who?" || return 1
  kill -TERM "$pid"
  wait "$pid" || true
  has "parking.txt" indexer search "$folder" "Who may park for free?"
}
check "java example: watch sees a new file, answers, and ends when asked" watches

echo "java example: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
