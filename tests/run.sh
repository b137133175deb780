#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Sets the machine up, builds and runs every test, and closes with a line `N passed, N failed`.
#
# usage: tests/run.sh [--quick] [--minilm DIR]
#   --quick       release only: no clang build, no scalar target, no sanitizers
#   --minilm DIR  folder of the original all-MiniLM-L6-v2 (f32, 91 MB, not in the repository); the tests that need it
#                 are skipped and counted as such without it
# Logs are kept in build/logs. The exit code is 0 only if nothing failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
quick=false
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=true ;;
    --minilm)
      [ $# -ge 2 ] && [ -d "$2" ] || { echo "run.sh: --minilm needs a folder" >&2; exit 2; }
      LWAVE_MINILM_DIR=$(cd "$2" && pwd)
      export LWAVE_MINILM_DIR
      shift
      ;;
    -h | --help) sed -n '5,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "run.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

cd "$root"
logs=$root/build/logs
rm -rf "$logs"
mkdir -p "$logs"
jobs=${LONGWAVE_JOBS:-$(nproc)}
# The compiler cache serves every checkout of a machine, whatever folder it lies in.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
passed=0 failed=0 skipped=0
status_before=$(git status --porcelain 2>/dev/null || true)

count_pass() { passed=$((passed + 1)); printf 'pass  %s\n' "$1"; }
count_fail() { failed=$((failed + 1)); printf 'FAIL  %s\n' "$1"; }

# check NAME COMMAND...: one test; what it printed is shown only if it failed.
check() {
  local name=$1 log="$logs/${1//[^a-zA-Z0-9]/_}.log" begin=$SECONDS
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    count_pass "$name ($((SECONDS - begin)) s)"
    return 0
  fi
  count_fail "$name"
  tail -n 30 "$log" | sed 's/^/      /'
  return 1
}

build() { # PRESET [TARGET...]
  local preset=$1
  shift
  cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$jobs" ${1:+--target "$@"}
}

# catch2 PRESET BINARY [TEST-SPEC...]: every test case of a Catch2 binary counts. A binary that is not there fails, and
# so does one that runs nothing, unless may_be_empty is true. Adds what ran to `ran`.
may_be_empty=false ran=0
catch2() {
  local preset=$1 binary=$2 begin=$SECONDS code=0 cases
  shift 2
  local program=$root/build/$preset/bin/$binary log=$logs/$preset-$binary
  if [ ! -x "$program" ]; then count_fail "$preset $binary was not built"; return; fi
  (cd "$root/build/$preset" && timeout 1200 "${wrapper[@]}" "$program" "$@" --allow-running-no-tests \
    --reporter "console::out=$log.log::colour-mode=none" --reporter "xml::out=$log.xml") \
    >"$log.out" 2>&1 </dev/null || code=$?
  cases=$(sed -n 's/.*<OverallResultsCases successes="\([0-9]*\)" failures="\([0-9]*\)".* skips="\([0-9]*\)".*/\1 \2 \3/p' \
    "$log.xml" 2>/dev/null | tail -n 1)
  local ok=0 bad=0 skip=0
  read -r ok bad skip <<<"${cases:-0 0 0}" || true
  passed=$((passed + ok)) failed=$((failed + bad)) ran=$((ran + ok + bad))
  if [ $((ok + bad + skip)) -eq 0 ] && [ $code -eq 0 ]; then
    if ! $may_be_empty; then count_fail "$preset $binary ran no test"; fi
    return
  fi
  if [ "$preset" = release ]; then skipped=$((skipped + skip)); fi
  printf '%s  %s %s: %d passed, %d failed%s (%d s)\n' "$([ $code -eq 0 ] && echo 'pass' || echo 'FAIL')" \
    "$preset" "$binary" "$ok" "$bad" "$([ "$skip" -eq 0 ] || echo ", $skip skipped")" $((SECONDS - begin))
  if [ $code -ne 0 ]; then
    if [ "$bad" -eq 0 ]; then count_fail "$preset $binary ended with code $code"; fi
    { tail -n 60 "$log.log"; tail -n 40 "$log.out"; } 2>/dev/null | sed 's/^/      /'
  fi
}

# script NAME COMMAND...: a script that prints a line `ok NAME` or `not ok NAME` for each of its tests.
script() {
  local name=$1 log="$logs/${1//[^a-zA-Z0-9]/_}.log" begin=$SECONDS code=0 ok bad
  shift
  timeout 900 "$@" >"$log" 2>&1 </dev/null || code=$?
  ok=$(grep -c '^ok ' "$log" || true) bad=$(grep -c '^not ok ' "$log" || true)
  passed=$((passed + ok)) failed=$((failed + bad))
  printf '%s  %s: %d passed, %d failed (%d s)\n' "$([ $code -eq 0 ] && echo 'pass' || echo 'FAIL')" "$name" "$ok" "$bad" \
    $((SECONDS - begin))
  if [ $((ok + bad)) -eq 0 ] && [ $code -eq 0 ]; then count_fail "$name ran no test"; fi
  if [ $code -ne 0 ]; then
    if [ "$bad" -eq 0 ]; then count_fail "$name ended with code $code"; fi
    { grep -A 8 '^not ok ' "$log" || tail -n 30 "$log"; } | tail -n 60 | sed 's/^/      /'
  fi
}

# optional NAME SCRIPT: a script as above, which may end with code 77 after a line that says what it misses here. False if
# it did.
optional() {
  local name=$1 log="$logs/${1//[^a-zA-Z0-9]/_}.log" code=0 ok bad
  timeout 1200 bash "$2" build/release >"$log" 2>&1 </dev/null || code=$?
  if [ $code -eq 77 ]; then
    echo "$name: skipped, $(tail -n 1 "$log")"
    return 1
  fi
  ok=$(grep -c '^ok ' "$log" || true) bad=$(grep -c '^not ok ' "$log" || true)
  if [ $code -ne 0 ] && [ "$bad" -eq 0 ] || [ $((ok + bad)) -eq 0 ]; then
    bad=$((bad + 1))
    echo "not ok $2 ended with code $code" >>"$log"
  fi
  passed=$((passed + ok)) failed=$((failed + bad))
  echo "$name: $ok passed, $bad failed"
  if [ "$bad" -gt 0 ]; then { grep -A 12 '^not ok ' "$log"; tail -n 20 "$log"; } | tail -n 60 | sed 's/^/      /'; fi
}

# language NAME: the tests of a binding. Adds to `languages`.
languages=()
language() {
  if optional "$1" "bindings/$1/test.sh"; then languages+=("$1"); fi
}

finish() {
  echo "skipped: $skipped$([ "$skipped" -eq 0 ] || [ -n "${LWAVE_MINILM_DIR:-}" ] || echo ' (need --minilm DIR)')"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ] || exit 1
  exit 0
}

# Every folder with cases has a binary, which must be there.
binaries=()
for pair in unit:unit_tests laws:law_tests golden:golden_tests targets:target_tests abi:abi_tests fuzz:bad_input_tests bindings:binding_tests cli:cli_tests; do
  if compgen -G "tests/${pair%:*}/*_test.cc" >/dev/null; then binaries+=("${pair#*:}"); fi
done
wrapper=(env)

check "setup" bash cmake/setup.sh --tests || finish
check "release build" build release || finish
for binary in "${binaries[@]}"; do catch2 release "$binary"; done

script "command line" bash tests/cli/cli_test.sh build/release/bin

check "folders include only what they may" bash tests/abi/check_includes.sh || true
check "public headers are strict C99 and C++" bash tests/abi/check_headers.sh || true
check "exported symbols are the agreed ones" bash tests/abi/check_symbols.sh build/release || true
native=build/release/lib/liblongwave_jni.so
if [ -e $native ]; then check "Java's library is self-contained" bash tests/bindings/check_native.sh $native Java_ || true; fi
native=build/release/lib/liblongwave_native.so
if [ -e $native ]; then check "C#'s library is self-contained" bash tests/bindings/check_native.sh $native CSharp_ || true; fi
check "installed library works for C programs" bash tests/abi/check_install.sh build/release || true
check "a prompt that is read once answers as one that is read afresh" build/release/bin/shared_prompt \
  tests/data/models/tiny/gpt2-base examples/text/README.md "What is this?" "Who wrote it?" || true
check "letters of a protein go through a model as vectors" build/release/bin/protein tests/data/models/tiny/modernbert-base \
  MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQAPILSRVGDGTQDNLSGAEKAVQVKVKALPDAQFEVV || true

for name in java csharp go; do language "$name"; done
optional "java example" examples/java/indexer/test.sh || true
optional "csharp example" examples/csharp/reader/test.sh || true
if [ ${#languages[@]} -gt 0 ]; then
  script "snapshots between languages" bash tests/bindings/exchange.sh build/release "${languages[@]}"
fi

if ! $quick; then
  check "clang build" build clang longwave_objects || true

  if check "build for the scalar target alone" build emulated unit_tests; then
    catch2 emulated unit_tests '[kernels]~[slow],[simd]~[slow]'
  fi

  export ASAN_OPTIONS=detect_stack_use_after_return=1:allocator_may_return_null=1
  export UBSAN_OPTIONS=print_stacktrace=1
  if check "address and undefined behaviour sanitizer build" build asan "${binaries[@]}"; then
    # [wide]: cases that take minutes here and run no code that the others do not.
    for binary in "${binaries[@]}"; do catch2 asan "$binary" '~[slow]~[wide]'; done
  fi

  # The thread sanitizer needs a memory layout that newer kernels only give without randomisation.
  if setarch -R true 2>/dev/null; then wrapper=(setarch -R); fi
  export TSAN_OPTIONS=halt_on_error=1
  if check "thread sanitizer build" build tsan "${binaries[@]}"; then
    # Few binaries have tests of threads; one of them must.
    may_be_empty=true ran=0
    for binary in "${binaries[@]}"; do catch2 tsan "$binary" '[threads]~[slow]'; done
    if [ $ran -eq 0 ]; then count_fail "no test ran under the thread sanitizer"; fi
  fi
fi

unchanged() { [ "$(git status --porcelain)" = "$status_before" ] || { git status --short; return 1; }; }
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then check "the work tree is as it was" unchanged || true; fi
finish
