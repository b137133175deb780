# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# snapshot: stop after any byte, go on in another process.

ok embed --passages --model "$window" story.txt
cp out whole.jsonl
wide=$(grep -abo '日' story.txt | head -n 1 | cut -d: -f1) # three bytes

a_test "the vectors of save and resume together are those of embed --passages, byte for byte"
for at in 0 1 17 100 200 $((wide + 1)) $((wide + 2)) $((story_bytes - 1)) "$story_bytes"; do
  ok snapshot save story.txt --at "$at" -o half.snap --vectors first.jsonl --model "$window"
  prints_nothing
  ok snapshot resume half.snap story.txt --model "$window" -o second.jsonl
  same_bytes "at byte $at" <(cat first.jsonl second.jsonl) whole.jsonl
done

a_test "so they are for a short document, a text without a token, and the other readings"
for document in short.txt long.txt; do
  for reading in window alone; do
    ok embed --passages --long $reading --model "$window" $document
    cp out expected
    ok snapshot save $document --at 7 -o half.snap --vectors first.jsonl --model "$window" --long $reading
    ok snapshot resume half.snap $document --model "$window"
    same_bytes "$document $reading" <(cat first.jsonl out) expected
  done
done
ok snapshot save blank.txt --at 3 -o half.snap --model "$window"
run snapshot resume half.snap blank.txt --model "$window"
exits 0
says note blank.txt
prints_nothing

a_test "without --at the whole document is read and stays open"
ok snapshot save story.txt -o open.snap --vectors first.jsonl --model "$window"
ok snapshot resume open.snap story.txt --model "$window"
same_bytes "vectors" <(cat first.jsonl out) whole.jsonl
[ -s out ] || fail "the last passage belongs to resume"

a_test "a document may grow behind its snapshot"
head -c 300 story.txt >growing.txt
ok snapshot save growing.txt -o growing.snap --vectors first.jsonl --model "$window"
cp story.txt growing.txt
ok snapshot resume growing.snap growing.txt --model "$window"
same_bytes "vectors" <(cat first.jsonl out | sed 's/growing.txt/story.txt/') whole.jsonl

a_test "resume reads standard input: the whole document, or with --rest what follows the saved byte"
ok snapshot save story.txt --at 200 -o half.snap --vectors first.jsonl --model "$window"
sed -n "$(($(lines first.jsonl) + 1)),\$p" whole.jsonl | sed 's/"file": "story.txt"/"file": "-"/' >expected
ok snapshot resume half.snap - --model "$window" <story.txt
same_bytes "file" out expected
cat story.txt | timeout 60 "$lw" snapshot resume half.snap - --model "$window" >out 2>err
same_bytes "pipe" out expected
tail -c +201 story.txt | timeout 60 "$lw" snapshot resume half.snap - --rest --model "$window" >out 2>err
same_bytes "rest" out expected

a_test "a snapshot of standard input is that of the file"
cat story.txt | timeout 60 "$lw" snapshot save - --at 200 -o piped.snap --model "$window" 2>err
same_bytes "snapshots" piped.snap half.snap

a_test "the same state is the same bytes, however many threads"
for threads in 1 2; do
  ok snapshot save story.txt --at 333 -o "threads$threads.snap" --model "$window" --threads $threads
done
same_bytes "snapshots" threads1.snap threads2.snap

a_test "resume gives the shipped model's bytes too"
head -c 4000 "$root/examples/text/handbook.txt" >pages.txt
ok embed --passages pages.txt
cp out expected
ok snapshot save pages.txt --at 2345 -o half.snap --vectors first.jsonl
ok snapshot resume half.snap pages.txt
same_bytes "vectors" <(cat first.jsonl out) expected

a_test "inspect prints JSON about the snapshot and needs no model"
mkdir -p bare/bin
cp "$lw" bare/bin/
[ ! -d "$bin/../lib" ] || cp -rP "$bin/../lib" bare/
code=0
bare/bin/longwave snapshot inspect threads1.snap >out 2>err || code=$?
command_line="bare/bin/longwave snapshot inspect"
exits 0
is_silent
equal "braces" "$(head -c 1 out)$(tail -n 1 out)" "{}"
holds out '"model": "[^"]*window'
holds out '333'

a_test "a snapshot of another model is refused by name"
ok convert "$window" stranger --weights f16
run snapshot resume threads1.snap story.txt --model stranger
refuses 1 threads1.snap window stranger
run snapshot resume threads1.snap story.txt
refuses 1 threads1.snap window minilm

a_test "a truncated snapshot is refused, wherever it ends"
size=$(wc -c <threads1.snap)
for bytes in 0 1 7 8 16 40 100 $((size / 2)) $((size - 1)); do
  head -c "$bytes" threads1.snap >cut.snap
  run snapshot resume cut.snap story.txt --model "$window"
  refuses 1 cut.snap
  prints_nothing
  run snapshot inspect cut.snap
  refuses 1 cut.snap
done

a_test "a snapshot with a flipped bit or something behind it is refused"
for ((at = 0; at < size; at += size / 24 + 1)); do
  byte=$(part threads1.snap $at $((at + 1)) | od -An -tu1)
  { head -c $at threads1.snap; printf "\\x$(printf %x $((byte ^ 4)))"; tail -c +$((at + 2)) threads1.snap; } >flipped.snap
  run snapshot resume flipped.snap story.txt --model "$window"
  refuses 1 flipped.snap
done
{ cat threads1.snap; echo; } >longer.snap
run snapshot resume longer.snap story.txt --model "$window"
refuses 1 longer.snap
run snapshot inspect story.txt
refuses 1 story.txt

a_test "a document that is shorter than the snapshot, or than --at, is named"
run snapshot resume threads1.snap short.txt --model "$window"
refuses 1 short.txt 333
run snapshot save short.txt --at 1000 -o never.snap --model "$window"
refuses 1 short.txt 1000
[ ! -e never.snap ] || fail "a failed save leaves no snapshot"

a_test "snapshot without what it needs is a matter of usage"
run snapshot save story.txt --model "$window"
refuses 2 output
run snapshot
refuses 2
run snapshot resume threads1.snap --model "$window"
refuses 2 DOC
run snapshot save story.txt -o x.snap --at -1
refuses 2 at
run snapshot resume missing.snap story.txt --model "$window"
refuses 1 missing.snap "No such file"
