# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# --format npy: an array and its ranges.

# npy_header FILE: the header's dictionary, blanks trimmed.
npy_header() { head -c 128 "$1" | tail -c +11 | tr -d '\n' | sed 's/ *$//'; }

a_test "npy is a valid NumPy 1.0 file: magic, padded header, float32 in rows"
ok embed --passages --model "$window" long.txt --format npy -o long.npy
prints_nothing
equal "magic, version, header length" "$(head -c 10 long.npy | od -An -tx1 | tr -d ' ')" "934e554d505901007600"
equal "header" "$(npy_header long.npy)" "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 64), }"
equal "the header ends with a line end" "$(head -c 128 long.npy | tail -c 1 | od -An -tx1)" " 0a"
equal "bytes" "$(wc -c <long.npy)" "$((128 + 10 * 64 * 4))"

a_test "FILE.jsonl holds the lines without their vectors"
ok embed --passages --model "$window" long.txt
sed -E 's/, "vector": \[[^]]*\]//' out >expected
same_bytes "FILE.jsonl" long.npy.jsonl expected

a_test "a missing vector is a row of zeros"
run embed --model "$window" short.txt empty.txt --format npy -o zeros.npy
exits 0
equal "shape" "$(npy_header zeros.npy | grep -o '(.*)')" "(2, 64)"
equal "bytes that are not zero in row 1" "$(tail -c 256 zeros.npy | tr -d '\0' | wc -c)" 0
[ "$(part zeros.npy 128 384 | tr -d '\0' | wc -c)" -gt 100 ] || fail "row 0 should not be zeros"
equal "lines" "$(lines zeros.npy.jsonl)" 2

a_test "no passage at all is an array without rows"
run embed --passages --model "$window" empty.txt --format npy -o none.npy
exits 0
equal "shape" "$(npy_header none.npy | grep -o '(.*)')" "(0, 64)"
equal "bytes" "$(wc -c <none.npy) $(wc -c <none.npy.jsonl)" "128 0"

a_test "npy needs -o to a regular file, which is a matter of usage"
for place in "" "-o -" "-o /dev/null" "-o folder"; do
  mkdir -p folder
  run embed --model "$window" short.txt --format npy $place
  refuses 2 "npy" "-o"
  prints_nothing
done

a_test "search and resume write npy too"
ok search --model "$window" story.txt "license" --format npy -o hits.npy
equal "shape" "$(npy_header hits.npy | grep -o '(.*)')" "(3, 64)"
equal "fields" "$(fields hits.npy.jsonl | sort -u)" "file byte_begin byte_end token_begin token_end model score text"
