# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# --lines: each line of an input is a document.

printf 'a b c\n\nd e\r\nf g h i' >four.txt

a_test "--lines makes each line a document, with byte ranges in the file and its number from 1"
run embed --lines --model "$window" four.txt
exits 0
says note four.txt "1 of 4 lines"
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end token_begin token_end model vector line"
equal "line numbers" "$(values line out | paste -sd' ')" "1 2 3 4"
equal "tokens from 0 in each line" "$(token_ranges out)" "0-3 0-0 0-2 0-4"
equal "byte ranges" "$(byte_ranges out)" "0-5 6-6 7-10 12-19"
equal "the blank line's vector" "$(values vector out | sed -n 2p)" null

a_test "a line's vector is that of the same text alone"
printf 'd e' >alone.txt
ok embed --model "$window" alone.txt
expected=$(values vector out)
run embed --lines --model "$window" four.txt
equal "vector" "$(values vector out | sed -n 3p)" "$expected"

a_test "--lines --passages cuts a long line and counts bytes from the file's beginning"
{ printf 'a b\n'; letters 30; printf '\nz\n'; } >mixed.txt
ok embed --lines --passages --model "$window" mixed.txt
equal "lines" "$(values line out | paste -sd' ')" "1 2 2 2 3"
equal "tokens" "$(token_ranges out)" "0-2 0-10 10-20 20-30 0-1"
equal "bytes" "$(byte_ranges out)" "0-3 4-23 24-43 44-63 64-65"

a_test "a last line without a line end counts, an empty line after the last one does not"
printf 'a\nb' >open.txt
printf 'a\nb\n' >closed.txt
ok embed --lines --model "$window" open.txt
mv out expected
ok embed --lines --model "$window" closed.txt
equal "lines" "$(lines out) $(lines expected)" "2 2"

a_test "a file without a line is no error"
run embed --lines --model "$window" empty.txt
exits 0
says note empty.txt
prints_nothing

a_test "lines of standard input, cut at any byte, are those of the file"
run embed --lines --model "$window" four.txt
sed 's/"file": "four.txt"/"file": "-"/' out >expected
{ printf 'a b c\n\nd e\r'; sleep 0.05; printf '\nf g'; sleep 0.05; printf ' h i'; } |
  timeout 60 "$lw" embed --lines --model "$window" - >out 2>err
same_bytes "from a pipe" out expected

a_test "a line that fails is named with its number, the others are done, exit code 1"
{ printf 'a b\n'; letters 80; printf '\nc\n'; } >one_long.txt
run embed --lines --model "$plain" one_long.txt
refuses 1 "one_long.txt: line 2"
equal "lines" "$(values line out | paste -sd' ')" "1 3"

a_test "search --lines answers with the line"
ok search --lines --model "$window" mixed.txt "z" --top 1
equal "line" "$(values line out)" 3
equal "text" "$(values text out)" '"z"'
equal "fields" "$(fields out)" "file byte_begin byte_end token_begin token_end model vector score text line"

a_test "invalid UTF-8 within lines: one note per file, with the offset in the file"
printf 'a\n\xff c\nb \xfe\n' >bad_lines.txt
run embed --lines --model "$window" bad_lines.txt
exits 0
says note bad_lines.txt "byte 2" "2 places"
