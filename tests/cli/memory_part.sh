# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Memory is fixed, whatever the text: a document of many megabytes takes what one of few takes.

# peak_of GENERATOR BYTES ARGUMENT...: the largest resident size in kB of the tool while that much of the generator's
# text goes through its standard input, measured before the input ends; then code, out and err as after `run`.
peak_of() {
  local generator=$1 bytes=$2 child
  shift 2
  command_line="longwave $* (with $bytes bytes of $generator)"
  rm -f feed && mkfifo feed
  timeout 300 "$lw" "$@" <feed >out 2>err &
  child=$!
  exec 8>feed
  $generator "$bytes" >&8
  sleep 0.1
  # timeout is the tool's parent
  peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(cat "/proc/$child/task/$child/children" | tr -d ' ')/status")
  exec 8>&-
  code=0
  wait $child || code=$?
}

spaces() { head -c "$1" /dev/zero | tr '\0' ' '; }
one_word() { head -c "$1" /dev/zero | tr '\0' 'a'; }
line_ends() { head -c "$1" /dev/zero | tr '\0' '\n'; }
bad_bytes() { head -c "$1" /dev/zero | tr '\0' '\377'; }
wide_word() { yes 字字字字字字字字字字字字字字字字 | tr -d '\n' | head -c "$1"; }
prose() { yes "$(cat "$work/story.txt")" | head -c "$1"; }

if [ ! -r "/proc/$$/task/$$/children" ] || ! grep -q VmHWM /proc/self/status; then
  echo "# this system does not tell a process's peak memory: the tests of memory are left out"
else

# bounded NAME GENERATOR SMALL LARGE ARGUMENT...: LARGE bytes take at most 2 MB more than SMALL bytes.
bounded() {
  local what=$1 generator=$2 small=$3 large=$4 first
  shift 4
  peak_of "$generator" "$small" "$@"
  exits 0
  first=$peak
  peak_of "$generator" "$large" "$@"
  exits 0
  [ -n "$first" ] && [ "$peak" -le $((first + 2048)) ] ||
    fail "$what: $peak kB for $large bytes, but $first kB for $small"
}

a_test "white space without end takes no memory, and holds no token"
bounded spaces spaces 1000000 20000000 embed --model "$window" -
says note "no token"
bounded "line ends" line_ends 1000000 10000000 embed --model "$window" -

a_test "a word without end takes no memory"
bounded word one_word 1000000 20000000 embed --model "$window" -
is_silent
equal "tokens" "$(token_ranges out)" "0-1"
equal "bytes" "$(byte_ranges out)" "0-20000000"

a_test "nor does one in which every character is a token, or none is valid"
bounded "wide word" wide_word 60000 300000 embed --passages --model "$window" -
bounded "bad bytes" bad_bytes 100000 1000000 embed --model "$window" -

a_test "nor does prose, as documents, passages, hits or a snapshot"
for arguments in "embed -" "embed --passages -" "search - license"; do
  bounded prose prose 60000 500000 $arguments --model "$window"
done
bounded prose prose 60000 500000 snapshot save - -o big.snap --model "$window"
[ "$(wc -c <big.snap)" -lt 200000 ] || fail "the snapshot has $(wc -c <big.snap) bytes"

a_test "a line without end is a line like others"
bounded "--lines" one_word 1000000 20000000 embed --lines --model "$window" -

a_test "searching white space and endless words finds what there is"
{ spaces 3000000; printf 'a b c '; one_word 3000000; } >endless.txt
ok search --model "$window" endless.txt "a b c" --top 1
equal "cut" "$(values text_cut out)" true

fi
