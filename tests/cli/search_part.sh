# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# search: in documents and in saved vectors.

question="who keeps the rights?"

a_test "search prints the three best passages, the best first, in the agreed fields"
ok search --model "$window" story.txt "$question"
equal "lines" "$(lines out)" 3
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end token_begin token_end model vector score text"
equal "order" "$(values score out)" "$(values score out | sort -rg)"

a_test "a score is the product of the question's and the passage's vectors"
printf '%s' "$question" >question.txt
ok embed --model "$window" question.txt
q=$(values vector out)
ok search --model "$window" story.txt "$question"
close_to "score" "[$(awk -v a="$q" -v b="$(values vector out | head -n 1)" 'BEGIN {
  gsub(/[][]/, "", a); gsub(/[][]/, "", b); n = split(a, x, ","); split(b, y, ",")
  for (i = 1; i <= n; ++i) sum += x[i] * y[i]
  printf "%.9g", sum }')]" "[$(values score out | head -n 1)]" 1e-5

a_test "the vectors and ranges of hits are those of embed --passages"
ok embed --passages --model "$window" story.txt
sort out >all
ok search --model "$window" story.txt "$question"
sed -E 's/, "score": .*/}/' out | sort >hits
equal "hits that embed does not know" "$(comm -13 all hits)" ""

a_test "text is exactly the passage's bytes"
ok search --model "$window" long.txt --top 1 "a b c d e f g h i j"
begin=$(values byte_begin out) end=$(values byte_end out)
equal "text" "$(values text out)" "\"$(part long.txt "$begin" "$end")\""

a_test "invalid bytes of a text are U+FFFD, control characters are escaped"
printf 'a "b" \xff\xf0\x90\x80 \\ \x01 \t c' >strange.txt
run search --model "$window" strange.txt a
equal "text" "$(values text out)" '"a \"b\" '$'\xef\xbf\xbd\xef\xbf\xbd'' \\ \u0001 \t c"'

a_test "--top N asks for more or fewer, and all there are is enough"
for top in 1 2; do
  ok search --model "$window" story.txt "$question" --top $top
  equal "lines" "$(lines out)" $top
done
ok search --model "$window" short.txt "$question" --top 100
equal "lines" "$(lines out)" 2
for top in 0 -1 two; do
  run search --model "$window" story.txt "$question" --top $top
  refuses 2 top
done

a_test "several questions are answered in their order by one reading, each named"
ok search --model "$window" --question "$question" --question "in which part?" story.txt long.txt --top 2
equal "lines" "$(lines out)" 4
equal "questions" "$(values question out | uniq | paste -sd' ')" "\"$question\" \"in which part?\""
equal "fields" "$(fields out | sort -u)" \
  "file byte_begin byte_end token_begin token_end model vector score text question"
sed -E 's/, "question": "[^"]*"//' out | head -n 2 >several
ok search --model "$window" story.txt long.txt "$question" --top 2
same_bytes "the same hits as asked alone" several out

a_test "one --question makes every positional a document and adds no field"
ok search --model "$window" --question "$question" story.txt short.txt --top 100
equal "files" "$(values file out | sort -u | paste -sd' ')" '"short.txt" "story.txt"'
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end token_begin token_end model vector score text"

a_test "standard input can be searched, and its text is there"
ok search --model "$window" story.txt "$question"
sed 's/"file": "story.txt"/"file": "-"/' out >expected
cat story.txt | timeout 60 "$lw" search --model "$window" - "$question" >out 2>err
same_bytes "from a pipe" out expected
ok search --model "$window" - "$question" <story.txt
same_bytes "from a file" out expected

a_test "a text beyond 64 KiB is cut on a character's boundary and says so"
{ printf 'a '; head -c 65533 /dev/zero | tr '\0' ' '; printf 'é b'; } >wide.txt # é lies across the limit
ok search --model "$window" wide.txt "a"
equal "cut" "$(values text_cut out)" true
equal "fields" "$(fields out)" "file byte_begin byte_end token_begin token_end model vector score text text_cut"
equal "bytes with quotes" "$(values text out | tr -d '\n' | wc -c)" $((65535 + 2))
{ printf 'a'; head -c 65534 /dev/zero | tr '\0' ' '; printf 'b'; } >exact.txt
ok search --model "$window" exact.txt "a"
equal "64 KiB are not cut" "$(values text_cut out)$(values text out | tr -d '\n' | wc -c)" $((65536 + 2))

a_test "search --vectors gives the bytes that search on the documents gives"
ok search --model "$window" --question "$question" --question "what is provided?" story.txt long.txt --top 4
cp out expected
ok embed --passages --model "$window" story.txt long.txt -o saved.jsonl
ok search --model "$window" --question "$question" --question "what is provided?" --vectors saved.jsonl --top 4
same_bytes "hits" out expected
ok search --model "$window" --vectors saved.jsonl "$question"
equal "one question, positional" "$(lines out)" 3
ok search --model "$window" --vectors - "$question" <saved.jsonl
equal "vectors from standard input" "$(lines out)" 3

a_test "a text is null where the file is -, gone or shorter, and vectors without value are passed over"
cp story.txt going.txt
ok embed --passages --model "$window" going.txt -o going.jsonl
rm going.txt
ok search --model "$window" --vectors going.jsonl "$question" --top 1
equal "gone" "$(values text out)" null
head -c 20 story.txt >going.txt
ok search --model "$window" --vectors going.jsonl "$question" --top 100
equal "shorter" "$(values text out | grep -cv null)" "$(values byte_end going.jsonl | awk '$1 <= 20' | wc -l)"
ok embed --passages --model "$window" - -o piped.jsonl <story.txt
cp story.txt ./-
ok search --model "$window" --vectors piped.jsonl "$question" --top 1
equal "standard input" "$(values text out)" null
rm ./-
run embed --model "$window" empty.txt short.txt -o with_null.jsonl
ok search --model "$window" --vectors with_null.jsonl "$question"
equal "null vectors" "$(lines out)" 1

a_test "search --vectors refuses the vectors of another model, naming both"
ok convert "$window" other_model --weights bf16
run search --model other_model --vectors saved.jsonl "$question"
refuses 1 saved.jsonl "line 1" window other_model
prints_nothing

a_test "search --vectors names the line that is no output of embed"
{ head -n 2 saved.jsonl; echo '{"file": "x"}'; } >broken.jsonl
run search --model "$window" --vectors broken.jsonl "$question"
refuses 1 broken.jsonl "line 3"
head -c 500 saved.jsonl >broken.jsonl
run search --model "$window" --vectors broken.jsonl "$question"
refuses 1 broken.jsonl "line 1"
run search --model "$window" --vectors story.txt "$question"
refuses 1 story.txt "line 1"
run search --model "$window" --vectors missing.jsonl "$question"
refuses 1 missing.jsonl "No such file"

a_test "search without a question, a document, or with a blank question is a matter of usage"
run search --model "$window"
refuses 2 question
run search --model "$window" "$question"
refuses 2 DOC
run search --model "$window" story.txt " "
refuses 2 question
run search --model "$window" --vectors saved.jsonl story.txt "$question"
refuses 2 vectors

a_test "an input that fails does not hide the hits in the others"
run search --model "$window" missing.txt story.txt "$question"
refuses 1 missing.txt
equal "lines" "$(lines out)" 3

a_test "--format text is for people: rank, score, place and the text"
ok search --model "$window" story.txt "$question" --format text
holds out '^1\.  -?[0-9.]+  story.txt  bytes [0-9]+-[0-9]+$'

a_test "the default model finds what a question means"
head -c 150000 "$root/examples/text/handbook.txt" | tail -c 12000 >chapter.txt
ok search chapter.txt "Which file lists the package sources?" --top 1
