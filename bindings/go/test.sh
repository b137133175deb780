#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [BUILD-FOLDER]     (default build/release)
# Packages a build (targets longwave_archive and longwave_shared) and tests the modules: their tests, again under the race
# detector, the ways of linking, the README's program and the example outside the tree. Prints a line `ok NAME` or
# `not ok NAME` for each test; exit code 77 where there is no Go.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
. "$here/environment.sh"
command -v "$go" >/dev/null || { echo "no Go"; exit 77; }
export LONGWAVE_SOURCE=$root

failures=0
check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    echo "ok $name"
  else
    echo "not ok $name"
    sed 's/^/    /' <<<"$output" | tail -n 30
    failures=$((failures + 1))
  fi
}
# Outside the tree: nothing may depend on where it lies.
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
check "go: packaging" bash "$here/package.sh" "$build"
[ $failures -eq 0 ] || exit 1
modules=$build/go

# go_test NAME FOLDER OPTION...: every test and example of a folder counts.
go_test() {
  local name=$1 folder=$2 code=0
  shift 2
  (cd "$folder" && "$go" test -v -count=1 -timeout 20m "$@" .) >"$work/test.log" 2>&1 </dev/null || code=$?
  sed -n "s/^ *--- PASS: \([^ ]*\).*/ok $name: \1/p; s/^ *--- FAIL: \([^ ]*\).*/not ok $name: \1/p" "$work/test.log" >"$work/lines"
  cat "$work/lines"
  if [ $code -ne 0 ]; then
    failures=$((failures + 1))
    grep -q '^not ok' "$work/lines" || echo "not ok $name: ended with code $code"
    grep -v '^ *\(=== \|--- PASS\)' "$work/test.log" | tail -n 40 | sed 's/^/    /'
  fi
}
# one NAME FOLDER OPTION...: all of them as one test, and none may be skipped.
one() {
  local name=$1 code=0 count
  shift
  go_test "$name" "$@" >"$work/one.log" || code=$?
  count=$(grep -c '^ok ' "$work/one.log" || true)
  if [ "$code" -eq 0 ] && ! grep -q '^not ok' "$work/one.log" && [ "$count" -gt 0 ]; then
    echo "ok $name: $count tests"
  else
    echo "not ok $name: $count tests passed"
    grep -v '^ok ' "$work/one.log" || true
  fi
}
go_test go "$modules/longwave"
one "go -race" "$modules/longwave" -race
check "go: programs for snapshots and for measuring" sh -c 'cd "$1/longwave" && "$2" build -o "$1/exchange" ./internal/exchange && "$2" build -o "$1/bench" ./internal/bench' sh "$modules" "$go"
check "go: vet" sh -c 'cd "$1/longwave" && "$2" vet .' sh "$modules" "$go"
formatted() { [ -z "$(gofmt -l "$here"/*.go "$here"/minilm/*.go "$here"/internal/*/[!l]*.go "$root"/examples/go/*.go | tee /dev/stderr)" ]; }
check "go: formatting" formatted
check "go: generated code is what is committed" bash "$root/tests/bindings/check_go_generated.sh"

# --- what a program needs ---------------------------------------------------------------------------------------------

program() { # NUMBER: the README's first program, or its second
  awk -v wanted="$1" '/^```go$/ { inside = ++number == wanted; next } /^```/ { inside = 0 } inside' "$here/README.md"
}
consumer() { # FOLDER: a module of its own that has the README's program
  mkdir -p "$1"
  program 1 >"$1/main.go"
  cp "$root/examples/text/handbook.txt" "$1/report.txt"
  (cd "$1" && "$go" mod init example.org/app)
}
finds_three() { [ "$(wc -l <<<"$1")" -eq 3 ] && grep -qE '^0\.[0-9]{3}  bytes [0-9]+ to [0-9]+$' <<<"$1"; }
replaced() {
  consumer "$work/app" && cd "$work/app"
  "$go" mod edit -require longwave.dev/longwave@v0.1.0 -replace "longwave.dev/longwave=$modules/longwave" \
    -require longwave.dev/longwave/minilm@v0.1.0 -replace "longwave.dev/longwave/minilm=$modules/minilm"
  "$go" build -o app . && output=$(./app report.txt) && echo "$output" && finds_three "$output"
}
check "go: the README's program runs with replace directives" replaced
text() {
  cp -r "$work/app" "$work/text" && cd "$work/text" && program 2 >main.go
  "$go" build -o text . && output=$(./text "$root/tests/data/models/tiny/gpt2-base" report.txt) && echo "$output" &&
    grep -qE '^[0-9]+\.[0-9]{3} bits per byte; least likely: bytes [0-9]+ to [0-9]+$' <<<"$output"
}
check "go: the README's program of text converts, generates and scores" text
needs_little() {
  ldd "$work/app/app"
  ! ldd "$work/app/app" | grep -vE 'linux-vdso|libc\.so|libm\.so|libstdc\+\+|libgcc_s|libpthread|libdl|librt|libresolv|ld-linux'
}
check "go: a program needs the C++ runtime and nothing else" needs_little
vendored() { cd "$work/app" && "$go" mod vendor && "$go" build -mod=vendor -o vendored . && finds_three "$(./vendored report.txt)"; }
check "go: go mod vendor takes everything along" vendored
from_proxy() {
  consumer "$work/proxied" && cd "$work/proxied"
  export GOPROXY=file://$modules/proxy GOMODCACHE=$work/cache
  "$go" get longwave.dev/longwave@v0.1.0 longwave.dev/longwave/minilm@v0.1.0 && "$go" build -o app . && finds_three "$(./app report.txt)"
}
check "go: go get takes the zips, from a proxy of files" from_proxy
installed() { # the library that pkg-config finds, and no archive
  mkdir -p "$work/lib/pkgconfig"
  cp -P "$build"/lib/liblongwave.so* "$work/lib/"
  printf 'Name: longwave\nDescription: -\nVersion: 0\nLibs: -L%s -llongwave\nCflags:\n' "$work/lib" >"$work/lib/pkgconfig/longwave.pc"
  cp -r "$modules/longwave" "$work/system" && rm "$work"/system/lib/*/*.a && cd "$work/system"
  export PKG_CONFIG_PATH=$work/lib/pkgconfig LD_LIBRARY_PATH=$work/lib
  "$go" test -tags longwave_system -count=1 -run 'TestAModel|TestForward|TestAMemory|Example' .
}
check "go: with -tags longwave_system the installed library serves" installed
without_cgo() { cd "$work/app" && ! CGO_ENABLED=0 "$go" build -o none . >"$work/nocgo.log" 2>&1 && grep -q longwave_needs_cgo "$work/nocgo.log"; }
check "go: without cgo the build says what is missing" without_cgo
for name in longwave minilm; do
  check "go: $name has its licences" test -e "$modules/$name/LICENSE" -a -e "$modules/$name/THIRD_PARTY_NOTICES.md"
done

# --- the example --------------------------------------------------------------------------------------------------------

cp -r "$root/examples/go" "$work/embedtree"
(cd "$work/embedtree" && "$go" mod edit -replace "longwave.dev/longwave=$modules/longwave" -replace "longwave.dev/longwave/minilm=$modules/minilm")
go_test "go example" "$work/embedtree"
exit $((failures > 0))
