# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Inputs, outputs and options that are wrong: one clear line, and no crash.

a_test "a missing file, a folder, a file that may not be read"
run embed --model "$window" missing.txt
refuses 1 "missing.txt: No such file or directory"
run embed --model "$window" "$work"
refuses 1 "$work: Is a directory"
run embed --model "$window" short.txt/below
refuses 1 "short.txt/below: Not a directory"
run embed --model "$window" ""
exits_not_ok_with "No such file"
cp short.txt secret.txt && chmod 000 secret.txt
if [ ! -r secret.txt ]; then # root may read everything
  run embed --model "$window" secret.txt
  refuses 1 "secret.txt: Permission denied"
fi

a_test "an unknown option, command or value, or nothing at all, is a matter of usage"
for line in "--colour" "embed --colour short.txt" "find short.txt" "" "embed" "snapshot" "snapshot find" "embed --format xml short.txt" \
  "embed --threads two short.txt" "embed --threads -1 short.txt" "search --top" "info a b" "convert"; do
  run $line
  refuses 2 --help
  prints_nothing
done

a_test "what is unknown is named"
run find short.txt
refuses 2 "unknown command find"
run snapshot find
refuses 2 "unknown command find" "longwave snapshot --help"
run --colour embed short.txt
refuses 2 "unknown option --colour"
run snapshot save --colour -o x.snap short.txt
refuses 2 "unknown option --colour" "longwave snapshot save --help"
run
refuses 2 "search, embed, info, convert, attention, snapshot"

a_test "standard input cannot be read twice"
run embed --model "$window" - -
refuses 2 "standard input"

a_test "an output that cannot be written"
run embed --model "$window" short.txt -o "$work/nowhere/out.jsonl"
refuses 1 "$work/nowhere/out.jsonl" "No such file"
mkdir -p some_folder
run embed --model "$window" short.txt -o some_folder
refuses 1 some_folder "Is a directory"
run embed --model "$window" short.txt -o short.txt/below
refuses 1 short.txt/below "Not a directory"
run snapshot save short.txt --model "$window" -o "$work/nowhere/x.snap"
refuses 1 nowhere/x.snap
run embed --model "$window" short.txt --format npy -o "$work/nowhere/x.npy"
refuses 1 nowhere/x.npy

if [ -c /dev/full ]; then
  a_test "a full disk"
  run embed --model "$window" short.txt -o /dev/full
  refuses 1 "/dev/full: No space left on device"
  code=0
  "$lw" embed --model "$window" short.txt >/dev/full 2>err || code=$?
  refuses 1 "standard output: No space left on device"
  code=0
  "$lw" --help >/dev/full 2>err || code=$?
  refuses 1 "standard output: No space left on device"
fi

a_test "standard output that is closed or whose reader is gone, and standard input that is closed"
command_line="longwave embed - <&-"
code=0
"$lw" embed --model "$window" - <&- >out 2>err || code=$?
refuses 1 "-: Bad file descriptor"
code=0
command_line="longwave embed >&-"
"$lw" embed --model "$window" short.txt >&- 2>err || code=$?
refuses 1 "standard output"
command_line="longwave embed | true"
{ code=0; "$lw" embed --passages --passage-tokens 1 --model "$window" story.txt story.txt story.txt 2>err || code=$?
  echo $code >code; } | true
code=$(cat code)
refuses 1 "standard output: Broken pipe"

a_test "an input is never its own output's victim"
cp story.txt both.txt
run embed --passages --model "$window" both.txt -o both.txt
if [ "$code" -eq 0 ]; then
  ok embed --passages --model "$window" story.txt
  same_bytes "what was read" <(sed 's/both.txt/story.txt/' both.txt) out
fi

a_test "a name with a line end does not make two lines"
run embed --model "$window" $'two\nlines.txt'
refuses 1 "No such file"

a_test "a signal ends the work at once, and a half-written file does not appear"
mkfifo endless
"$lw" embed --model "$window" endless -o half.jsonl 2>err &
child=$!
exec 7>endless
cat story.txt >&7
kill -TERM $child
code=0
wait $child || code=$?
exec 7>&-
command_line="longwave embed, terminated"
exits 143
[ ! -e half.jsonl ] || fail "half.jsonl should not be there"
equal "temporary files" "$(ls half.jsonl* 2>/dev/null)" ""
