# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# embed: documents, passages, and what is said about them.

a_test "embed prints one line per document, in the order of the arguments"
ok embed --model "$window" story.txt short.txt story.txt
equal "files" "$(values file out | paste -sd' ')" '"story.txt" "short.txt" "story.txt"'
same_bytes "a document read twice" <(sed -n 1p out) <(sed -n 3p out)

a_test "a document's line has the agreed fields in their order and covers the whole file"
ok embed --model "$window" story.txt short.txt
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end token_begin token_end model vector"
equal "byte ranges" "$(byte_ranges out)" "0-$story_bytes 0-$(wc -c <short.txt)"
equal "tokens of the letters" "$(token_ranges out | cut -d' ' -f2)" "0-15"

a_test "the model field is a name and a short fingerprint, the same for the same weights and reading"
ok embed --model "$window" short.txt
holds out '"model": "[^"]*window[^"]*[0-9a-f]{6,}"'
first=$(values model out)
cp -r "$window" copied && ok embed --model copied/../window short.txt
equal "model by another path" "$(values model out)" "$first"

a_test "--passages gives half-open ranges that touch in tokens and end where tokens end"
ok embed --passages --model "$window" long.txt
equal "token ranges" "$(token_ranges out)" "0-10 10-20 20-30 30-40 40-50 50-60 60-70 70-80 80-90 90-100"
equal "byte ranges" "$(byte_ranges out)" \
  "0-19 20-39 40-59 60-79 80-99 100-119 120-139 140-159 160-179 180-199"

a_test "bytes count in the raw file: line ends, wide characters and blanks before the text count"
printf '\r\n  日 é\r\n' >raw.txt
ok embed --passages --model "$window" raw.txt
equal "byte range" "$(byte_ranges out)" "4-10"

a_test "a byte order mark is no token but its bytes are counted"
printf '\xef\xbb\xbfa b' >bom.txt
printf 'a b' >no_bom.txt
ok embed --passages --model "$window" bom.txt no_bom.txt
equal "byte ranges" "$(byte_ranges out)" "3-6 0-3"
equal "token ranges" "$(token_ranges out)" "0-2 0-2"
equal "vectors" "$(values vector out | sed -n 1p)" "$(values vector out | sed -n 2p)"
ok embed --model "$window" bom.txt
equal "the document's range" "$(byte_ranges out)" "0-6"

a_test "literal special tokens in the text count as tokens"
printf 'a [SEP] b [MASK]' >special.txt
ok embed --model "$window" special.txt
equal "token range" "$(token_ranges out)" "0-4"

a_test "standard input is a document named -, and gives the same bytes as the file"
ok embed --passages --model "$window" story.txt
sed 's/"file": "story.txt"/"file": "-"/' out >expected
ok embed --passages --model "$window" - <story.txt
same_bytes "from a file as standard input" out expected
cat story.txt | timeout 60 "$lw" embed --passages --model "$window" - >out 2>err
same_bytes "from a pipe" out expected
(while IFS= read -r -n 7 -d '' piece; do printf '%s' "$piece"; done; printf '%s' "$piece") <story.txt |
  timeout 60 "$lw" embed --passages --model "$window" - >out 2>err
same_bytes "from a slow pipe" out expected

a_test "a file name stands in the output as it was given, escaped as JSON wants it"
mkdir -p folder && cp short.txt $'folder/a "quoted"\\\tname'
ok embed --model "$window" $'./folder/a "quoted"\\\tname'
holds out '^\{"file": "\./folder/a \\"quoted\\"\\\\\\tname", '
cp short.txt -- '[a, b]' && ok embed --model "$window" '[a, b]'
equal "brackets" "$(values file out)" '"[a, b]"'
cp short.txt ./--lines && ok embed --model "$window" -- --lines
equal "after --" "$(values file out)" '"--lines"'

a_test "the threads change nothing"
for threads in 1 2 3; do
  ok embed --passages --threads "$threads" --model "$window" story.txt long.txt
  mv out "threads$threads"
done
same_bytes "1 and 2 threads" threads1 threads2
same_bytes "1 and 3 threads" threads1 threads3
head -c 3000 "$root/examples/text/handbook.txt" >pages.txt
for threads in 1 2; do
  ok embed --passages --threads "$threads" pages.txt
  mv out "threads$threads"
done
same_bytes "the shipped model with 1 and 2 threads" threads1 threads2

a_test "documents and passages without a token: vector null or no line, a note, exit code 0"
for file in empty.txt blank.txt; do
  run embed --model "$window" "$file"
  exits 0
  says note "$file" "no token"
  equal "vector of $file" "$(values vector out)" null
  equal "ranges of $file" "$(byte_ranges out) $(token_ranges out)" "0-$(wc -c <"$file") 0-0"
  run embed --passages --model "$window" "$file"
  exits 0
  says note "$file"
  prints_nothing
done
run embed --model "$window" - <empty.txt
exits 0
says note "-: "

a_test "invalid UTF-8: one line per file with the first offset and the count, exit code 0"
printf 'a b \xff c \xf0\x90\x80 d \xc0\xaf e' >bad_utf8.txt # four maximal bad parts: FF, F0 90 80, C0, AF
run embed --model "$window" bad_utf8.txt short.txt
exits 0
says note bad_utf8.txt "byte 4" "4 places"
printf '\xef\xbb\xbfa \xe2\x82' >bad_end.txt # counted behind the mark; an unfinished character at the end is one part
run embed --model "$window" bad_end.txt
exits 0
says note bad_end.txt "byte 5" "1 place"
run embed --model "$window" bad_utf8.txt bad_end.txt
exits 0
equal "notes for two files" "$(lines err)" 2

a_test "invalid UTF-8 reads as U+FFFD, one per maximal bad part"
printf 'a b \xef\xbf\xbd c \xef\xbf\xbd d \xef\xbf\xbd\xef\xbf\xbd e' >replaced.txt
run embed --model "$window" bad_utf8.txt replaced.txt
equal "vectors" "$(values vector out | sed -n 1p)" "$(values vector out | sed -n 2p)"

a_test "an input that fails is named, the others are done, exit code 1"
run embed --model "$window" short.txt missing.txt story.txt
refuses 1 "missing.txt: No such file or directory"
equal "files" "$(values file out | paste -sd' ')" '"short.txt" "story.txt"'
run embed --model "$window" short.txt folder missing.txt
exits 1
equal "lines of errors" "$(lines err)" 2
holds err "^longwave: folder: Is a directory"
run embed --model "$window" -o failed.jsonl missing.txt short.txt
exits 1
equal "lines of the file" "$(lines failed.jsonl)" 1

a_test "-o writes the same bytes, and nothing to standard output"
ok embed --passages --model "$window" story.txt
cp out expected
ok embed --passages --model "$window" story.txt -o written.jsonl
prints_nothing
same_bytes "-o" written.jsonl expected
ok embed --passages --model "$window" story.txt -o -
same_bytes "-o -" out expected
equal "left over" "$(ls written.jsonl*)" written.jsonl

a_test "a file that exists is replaced only by a complete one"
echo old >kept.jsonl
run embed --model "$work/nowhere" story.txt -o kept.jsonl
exits 1
equal "after a failure" "$(cat kept.jsonl)" old

a_test "in a pipe the tool is quiet, and --progress always speaks"
run embed --model "$window" story.txt
is_silent
head -c 60000 "$root/examples/text/handbook.txt" >long_enough.txt
run embed --threads 2 --progress always long_enough.txt
exits 0
holds err "long_enough.*tokens/s.*peak"

a_test "numbers are the shortest decimals that read back to the same float"
ok embed --passages --model "$window" story.txt
values vector out | tr -d '[]' | tr ',' '\n' | awk '{ printf "%.17g\n", $1 }' >decimals
equal "most digits" "$(values vector out | tr -d '[]' | tr ',' '\n' | sed -E 's/e.*//; s/[-.]//g; s/^0*//' |
  awk 'length($0) > 9' | wc -l)" 0
ok embed --passages --model "$window" story.txt --format npy -o numbers.npy
tail -c +129 numbers.npy | od -An -v -t fF -w4 | awk '{ printf "%.17g\n", $1 }' >floats
same_bytes "decimals and floats" decimals floats
