#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# The main job in one command: install what is missing, build, search a book of 116,000 tokens by meaning, and show
# that a search resumed from a snapshot in another process gives the same bytes.
#
# usage: examples/demo.sh [--threads N]
# Runs from any folder, with or without a terminal. All that it writes is below build/, its own files in build/demo/.
# Exit status: 0 when both results are identical, 1 when they differ or a step fails, 2 for a wrong option.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
document=examples/text/handbook.txt
questions=(
  "Someone broke into our server. Can we just clean it up and go on using it?"
  "A laptop moves between home and office. How does it pick the right network settings by itself?"
  "Where should the backups be kept in case the building burns down?"
)
longwave=build/release/bin/longwave
out=build/demo
threads=()
started=$SECONDS

stage() { printf '%s\n' "== $*"; }
say() { printf '   %s\n' "$*"; }
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --threads)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "demo: --threads needs a number from 1" >&2; exit 2; }
      threads=(--threads "$2")
      shift 2
      ;;
    -h | --help) sed -n '5,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "demo: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
done

# quietly NAME COMMAND...: runs a build step with its output in a log, which is shown only if the step fails.
quietly() {
  local log=$out/$1.log
  shift
  "$@" >"$log" 2>&1 </dev/null || { tail -n 30 "$log" >&2; fail "this failed: $* (log: $log)"; }
}

# tool NAME ARGUMENT...: runs longwave with its standard output in $out/NAME. Sets seconds and peak_kb, the largest
# resident memory, which a watcher reads from /proc while the tool runs (0 where there is no /proc).
tool() {
  local name=$1 begin end watcher status=0
  shift
  rm -f "$out/pid" "$out/peak"
  (
    for _ in {1..100}; do [ -s "$out/pid" ] && break || sleep 0.02; done
    pid=$(cat "$out/pid" 2>/dev/null) || exit 0
    while peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) && [ -n "$peak" ]; do
      printf '%s\n' "$peak" >"$out/peak"
      sleep 0.05
    done
  ) &
  watcher=$!
  begin=$(date +%s%N)
  # The subshell leaves its process id to the watcher and then becomes the tool, still in the foreground.
  (printf '%s\n' "$BASHPID" >"$out/pid"; exec "$longwave" "$@" "${threads[@]}") >"$out/$name" </dev/null || status=$?
  end=$(date +%s%N)
  wait "$watcher" 2>/dev/null || true
  [ "$status" -eq 0 ] || fail "this failed with exit status $status: $longwave $*"
  milliseconds=$(((end - begin) / 1000000))
  seconds=$((milliseconds / 1000)).$((milliseconds % 1000 / 100))
  peak_kb=$(cat "$out/peak" 2>/dev/null || echo 0)
}

# Prints the jsonl lines of a search as text: one heading for each question, then score, range and passage.
show_results() {
  LC_ALL=C awk '
    function field(name,  at, rest) { # the raw value behind "name":
      at = index($0, "\"" name "\":")
      if (!at) return ""
      rest = substr($0, at + length(name) + 3)
      sub(/^ */, "", rest)
      if (substr(rest, 1, 1) != "\"") { match(rest, /^[^,}]*/); return substr(rest, 1, RLENGTH) }
      match(rest, /^"([^"\\]|\\.)*"/)
      return plain(substr(rest, 2, RLENGTH - 2))
    }
    function plain(raw,  text, at, code) { # undoes JSON escapes
      text = ""
      while (at = index(raw, "\\")) {
        code = substr(raw, at + 1, 1)
        text = text substr(raw, 1, at - 1)
        raw = substr(raw, at + 2)
        if (code == "n") text = text "\n"
        else if (code == "t") text = text "\t"
        else if (code == "r" || code == "b" || code == "f") text = text " "
        else if (code == "u") { text = text utf8(substr(raw, 1, 4)); raw = substr(raw, 5) }
        else text = text code
      }
      return text raw
    }
    function utf8(hex,  value, i) { # of one \uXXXX; enough for what a text of this kind escapes
      for (i = 1; i <= 4; i++) value = value * 16 + index("0123456789abcdef", tolower(substr(hex, i, 1))) - 1
      if (value < 128) return sprintf("%c", value)
      if (value < 2048) return sprintf("%c%c", 192 + int(value / 64), 128 + value % 64)
      return sprintf("%c%c%c", 224 + int(value / 4096), 128 + int(value / 64) % 64, 128 + value % 64)
    }
    {
      sub(/"vector": *\[[^]]*\],?/, "")
      question = field("question")
      if (question != last) { printf "\n   Q: %s\n", question; last = question }
      printf "\n   score %.3f   bytes %s to %s\n", field("score"), field("byte_begin"), field("byte_end")
      count = split(field("text"), lines, "\n")
      for (i = 1; i <= count; i++) print "     |" (lines[i] == "" ? "" : " ") lines[i]
    }' "$1"
  echo
}

# same NAME ONE-PASS RESUMED: compares two files byte by byte and says where they part.
same() {
  if cmp -s "$out/$2" "$out/$3"; then
    say "$1: $(wc -l <"$out/$2") lines, $(wc -c <"$out/$2") bytes, $(sha256sum <"$out/$2" | cut -c1-16) both"
  else
    say "$1: $(cmp "$out/$2" "$out/$3" 2>&1 || true)"
    all_same=false
  fi
}

export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 # the compiler cache serves every checkout of a machine
mkdir -p "$out"
[ -r "$document" ] || fail "$document is missing"

stage "Packages and libraries"
cmake/setup.sh || fail "cmake/setup.sh failed"

stage "Build (log: $out/build.log)"
quietly configure cmake --preset release
quietly build cmake --build --preset release --target longwave_cli
[ -x "$longwave" ] || fail "the build left no $longwave"
say "$longwave"

bytes=$(wc -c <"$document")
half=$((bytes / 2))
asked=()
for question in "${questions[@]}"; do asked+=(--question "$question"); done
run=$SECONDS

stage "Search: $document, $bytes bytes, read once for ${#questions[@]} questions"
tool search.jsonl search "$document" "${asked[@]}" --top 2 --format jsonl
search_seconds=$seconds search_milliseconds=$milliseconds search_peak_kb=$peak_kb
show_results "$out/search.jsonl"

stage "The vectors of all passages, in one pass"
tool one_pass.jsonl embed --passages "$document" --format jsonl
tokens=$(tail -n 1 "$out/one_pass.jsonl" | sed -n 's/.*"token_end": *\([0-9]*\).*/\1/p')
[ -n "$tokens" ] || fail "$out/one_pass.jsonl holds no passage"
say "$(wc -l <"$out/one_pass.jsonl") passages, $tokens tokens, $seconds s"

stage "The same in two processes: read $half bytes, save, stop; load, read the rest"
tool save.log snapshot save "$document" --at "$half" -o "$out/half.lws" --vectors "$out/first.jsonl"
say "saved:   $(wc -l <"$out/first.jsonl") passages, snapshot of $(wc -c <"$out/half.lws") bytes, $seconds s"
tool second.jsonl snapshot resume "$out/half.lws" "$document"
say "resumed: $(wc -l <"$out/second.jsonl") passages, $seconds s"
cat "$out/first.jsonl" "$out/second.jsonl" >"$out/resumed.jsonl"
tool search_resumed.jsonl search --vectors "$out/resumed.jsonl" "${asked[@]}" --top 2 --format jsonl

stage "Result"
say "speed: $tokens tokens in $search_seconds s, $((tokens * 1000 / search_milliseconds)) tokens/s, loading included"
[ "$search_peak_kb" -eq 0 ] || say "peak memory of the search: $(((search_peak_kb + 512) / 1024)) MB, model included"
all_same=true
same "vectors of all passages" one_pass.jsonl resumed.jsonl
same "answers" search.jsonl search_resumed.jsonl
say "$((SECONDS - run)) s after the build, $((SECONDS - started)) s in all"
if ! $all_same; then
  echo different
  exit 1
fi
echo identical
