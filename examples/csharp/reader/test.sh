#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [BUILD-FOLDER]     (default build/release, with the target longwave_cs)
# Builds the server, starts it on a free port of this machine alone, and tests its requests and, where there are Chromium
# and Node, its page (pictures in BUILD-FOLDER/csharp/page). Prints a line `ok NAME` or `not ok NAME` for each test, and closes
# with `csharp example: N passed, N failed`; ends with code 77 where there is no .NET SDK.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
text=$root/examples/text/handbook.txt
playwright=1.65.1 # of npm's playwright-core, which drives the Chromium that is installed
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
unset LONGWAVE_NATIVE ASPNETCORE_URLS ASPNETCORE_ENVIRONMENT

if ! command -v dotnet >/dev/null || [ -z "$(dotnet --list-sdks 2>/dev/null)" ]; then echo "no .NET SDK"; exit 77; fi

work=$(mktemp -d "${TMPDIR:-/tmp}/longwave reader.XXXXXX")
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
  rm -rf "$work"
}
trap cleanup EXIT
log=$work/log
: >"$log"
say() { echo "$@" | tee -a "$log"; }

check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    say "ok csharp example: $name"
  else
    say "not ok csharp example: $name"
    sed 's/^/    /' <<<"$output" | tail -n 20
    return 1
  fi
}

run() { # NAME COMMAND...: a program that prints the lines itself
  local name=$1 code=0
  shift
  timeout 300 "$@" >"$work/run.log" 2>&1 </dev/null || code=$?
  if [ $code -ne 0 ] && ! grep -q '^not ok ' "$work/run.log"; then
    echo "not ok csharp example: $name ended with code $code" >>"$work/run.log"
  fi
  grep -q '^ok ' "$work/run.log" || echo "not ok csharp example: $name ran no test" >>"$work/run.log"
  tee -a "$log" <"$work/run.log"
}

build_all() {
  dotnet publish --nologo -v q -c Release "$here/Reader.csproj" -p:LongwaveBuild="$build/" -o "$build/csharp/reader" &&
    dotnet build --nologo -v q -c Release "$here/../reader.test/ReaderTest.csproj" -p:LongwaveBuild="$build/" \
      -o "$build/csharp/reader.test"
}

started() { # waits for the server's address
  local wait
  for wait in $(seq 200); do
    address=$(sed -n 's/.*Now listening on: \(http:[^ ]*\).*/\1/p' "$work/server.log" | head -n 1)
    if [ -n "$address" ]; then return 0; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$work/server.log"
  return 1
}

stops() { # told to stop, it does, and leaves nothing behind
  local wait
  kill -TERM "$server"
  for wait in $(seq 80); do
    if ! kill -0 "$server" 2>/dev/null; then
      server=
      [ -z "$(ls -A "$work/data")" ] || { ls -R "$work/data"; return 1; }
      return 0
    fi
    sleep 0.1
  done
  echo "it still runs"
  return 1
}

check "the server and its tests build" build_all || exit 1
mkdir "$work/data"
(cd "$work" && exec dotnet "$build/csharp/reader/Reader.dll" --urls http://127.0.0.1:0 --MaxReading 2 --Data "$work/data") \
  >"$work/server.log" 2>&1 </dev/null &
server=$!
if started; then
  say "ok csharp example: the server starts on a free port"
  run "ReaderTest" dotnet "$build/csharp/reader.test/ReaderTest.dll" "$address" "$server" "$text"

  page=$build/csharp/page
  chromium=$(command -v chromium || command -v chromium-browser || true)
  if [ -z "$chromium" ] || ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "skipped: the page, which needs chromium, node and npm"
  elif ! mkdir -p "$page" || ! npm install --prefix "$page" --no-audit --no-fund --no-save --loglevel=error \
    "playwright-core@$playwright" >"$work/npm.log" 2>&1; then
    echo "skipped: the page, because playwright-core could not be had: $(tail -n 1 "$work/npm.log")"
  else
    run "page.mjs" node "$here/../reader.test/page.mjs" "$address" "$text" "$chromium" "$page"
  fi
  check "the server stops when it is told to, and leaves no file" stops
  check "no request ended in an error that nobody expected" bash -c '! grep -A 5 -E "^(fail|crit):|Unhandled" "$1"' bash "$work/server.log"
else
  say "not ok csharp example: the server starts on a free port"
fi
passed=$(grep -c '^ok ' "$log") failed=$(grep -c '^not ok ' "$log")
echo "csharp example: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
