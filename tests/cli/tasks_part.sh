# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# score, generate, summarize, classify, answer: the heads of small random models over files. What they say is nonsense;
# that it is the same nonsense as by other ways is what is tested.

gpt=$tiny/gpt2-base bart=$tiny/bart-base led=$tiny/led-base

a_test "score prints bits per byte and perplexities, one line a document and one a bucket"
ok score --model "$gpt" story.txt short.txt
equal "documents" "$(grep -c 'bits per byte, perplexity' out)" 2
equal "buckets" "$([ "$(grep -c '^  words that come' out)" -ge 2 ] && echo some)" some

a_test "score --tokens gives every token in order, the first without a score, and --json their mean"
ok score --model "$gpt" --tokens story.txt
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end id log_probability"
equal "first" "$(values log_probability out | head -n 1)" null
equal "begin" "$(values byte_begin out)" "$(values byte_begin out | sort -n)"
bits=$(values log_probability out | awk -v first="$(values byte_end out | head -n 1)" -v all="$story_bytes" '
  $1 != "null" { sum -= $1 } END { printf "%.6g", sum / log(2) / (all - first) }')
ok score --model "$gpt" --json story.txt
close_to "bits per byte" "[$(values bits_per_byte out)]" "[$bits]" 1e-3

a_test "segment is sliding that shares one token, and a window with sinks reads beyond the positions"
ok score --model "$gpt" --mode segment --length 16 --tokens story.txt
mv out segment
ok score --model "$gpt" --length 16 --stride 15 --tokens story.txt
same_bytes "tokens" segment out
ok score --model "$gpt" --mode stream --left 16 --sinks 2 --tokens story.txt
equal "lines" "$(lines out)" "$(lines segment)"

a_test "score takes frequencies of words from a file"
printf '%s\n' 'the 1000' 'work 50' >counts.txt
ok score --model "$gpt" --counts counts.txt story.txt
equal "thousands" "$(grep -c 'come 1000-9999 times' out)" 1
equal "unknown" "$(grep -c 'come 0 times' out)" 1
printf 'the many\n' >counts.txt
run score --model "$gpt" --counts counts.txt story.txt
refuses 1 "line 1"

a_test "generate writes the same text from a file and from -p, by its seed, and stops before a stop string"
printf 'The work' >prompt.txt
ok generate --model "$gpt" prompt.txt -n 30
mv out text
ok generate --model "$gpt" -p "The work" -n 30
same_bytes "text" text out
ok generate --model "$gpt" -p "The work" -n 30 --temperature 2 --seed 4
mv out drawn
ok generate --model "$gpt" -p "The work" -n 30 --temperature 2 --seed 4
same_bytes "drawn" drawn out
ok generate --model "$gpt" -p "The work" -n 30 --temperature 2 --seed 5
equal "another seed" "$(cmp -s drawn out && echo same)" ""
ok generate --model "$gpt" -p "The work" -n 200 --left 16 --sinks 2 --json
equal "tokens" "$([ "$(values generated_tokens out)" -gt 64 ] || values finish_reason out | grep -c end_token)" ""
run generate --model "$gpt"
refuses 2 "FILE or -p PROMPT"
run generate --model "$bart" -p a
refuses 1 "summarize"
run generate --model "$plain" -p a
refuses 1 "token comes next"

a_test "summarize writes about a document that fits, with its first token seeing all in LED"
ok summarize --model "$bart" short.txt -n 12
ok summarize --model "$led" short.txt -n 12 --json
mv out first
ok summarize --model "$led" short.txt -n 12 --json --global 0
same_bytes "the first token" first out
ok summarize --model "$led" short.txt -n 12 --json --global none
run summarize --model "$bart" story.txt
refuses 1 "--truncate"
run summarize --model "$bart" story.txt --truncate -n 5 --beams 2
exits 0
says "only the beginning"
run summarize --model "$gpt" short.txt
refuses 1 "encoder and a decoder"
run summarize --model "$led" short.txt --global nobody
refuses 2 "--global"

a_test "classify labels documents by the mean of their windows"
ok classify --model "$tiny/bert-seqcls" story.txt short.txt
equal "lines" "$(lines out)" 2
ok classify --model "$tiny/longformer-seqcls" story.txt --json
equal "fields" "$(fields out | sort -u | cut -d' ' -f1-4)" "file label score windows"
equal "windows" "$([ "$(values windows out)" -gt 1 ] && echo several)" several
mv out own
ok classify --model "$tiny/longformer-seqcls" story.txt --json --global first
same_bytes "the first token sees all" own out
run classify --model "$tiny/longformer-seqcls" story.txt --json --long truncate
exits 0
says "only the beginning"
equal "one window" "$(values windows out)" 1

a_test "classify labels every token once where the head is for tokens"
ok classify --model "$tiny/longformer-tokcls" story.txt --json
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end label score text"
equal "order" "$(values byte_begin out)" "$(values byte_begin out | sort -n)"
ok classify --model "$tiny/longformer-tokcls" story.txt --length 64 --stride 20 --json
equal "tokens of smaller windows" "$(lines out)" "$(ok classify --model "$tiny/longformer-tokcls" story.txt --json; lines out)"
run classify --model "$gpt" story.txt
refuses 1 "head for sequences or tokens"

a_test "answer gives parts of the document that do not overlap, with the question seeing all"
ok answer --model "$tiny/longformer-qa" story.txt "who keeps the rights?" --top 3 --json
equal "fields" "$(fields out | sort -u)" "file byte_begin byte_end score text"
equal "answers" "$(lines out)" 3
equal "order" "$(values score out)" "$(values score out | sort -rg)"
begin=$(values byte_begin out | head -n 1) end=$(values byte_end out | head -n 1)
[ "$(values text out | head -n 1 | grep -c '\\')" -gt 0 ] ||
  equal "text" "$(values text out | head -n 1)" "\"$(part story.txt "$begin" "$end")\""
mv out own
ok answer --model "$tiny/longformer-qa" story.txt "who keeps the rights?" --top 3 --json --global none
equal "without" "$(cmp -s own out && echo same)" ""
run answer --model "$tiny/bert-seqcls" story.txt "who?"
refuses 1 "head for questions"

a_test "each needs a model, which none is shipped for, and says what the one it was given lacks"
while IFS='|' read -r command what; do
  # shellcheck disable=SC2086 # a command and its arguments
  run $command
  refuses 2 --model "--help"
  # shellcheck disable=SC2086
  run $command --model "$plain"
  refuses 1 "$plain" "$what"
  # shellcheck disable=SC2086
  run $command --model nowhere
  refuses 1 "nowhere: No such file"
  # shellcheck disable=SC2086
  run $command --model short.txt
  refuses 1 "short.txt must be a model's directory"
done <<'END'
score short.txt|has no head that says which token comes next
generate short.txt|has no head that says which token comes next
classify short.txt|a head for sequences or tokens
answer short.txt who?|a head for questions
summarize short.txt|an encoder and a decoder
END

a_test "a document that is missing or a folder is named, and an empty one has nothing to say"
while IFS='|' read -r command model empty words; do
  for file in missing.txt "$work"; do
    # shellcheck disable=SC2086 # a command and its arguments
    run ${command/FILE/$file} --model "$tiny/$model"
    case $file in
      missing.txt) refuses 1 "missing.txt: No such file or directory" ;;
      *) refuses 1 "$work: Is a directory" ;;
    esac
    prints_nothing
  done
  # shellcheck disable=SC2086
  run ${command/FILE/empty.txt} --model "$tiny/$model"
  refuses "$empty" empty.txt "$words"
done <<'END'
score FILE|gpt2-base|0|holds no token
generate FILE|gpt2-base|1|holds no token to go on from
classify FILE|bert-seqcls|0|holds no token
classify FILE|longformer-tokcls|0|holds no token
answer FILE who?|longformer-qa|0|no token that could answer
summarize FILE|bart-base|1|nothing to summarize
END
run classify --model "$tiny/bert-seqcls" empty.txt --json
equal "label" "$(values label out)" null
run score --model "$gpt" empty.txt
equal "summary" "$(cat out)" "empty.txt: too short to be scored"

a_test "bytes that are no text are read as U+FFFD with a note, and NUL is a character"
printf 'ab\377\376 cd\200' >binary.txt
printf 'ab\0cd' >nul.txt
while IFS='|' read -r command model; do
  # shellcheck disable=SC2086 # a command and its arguments
  run ${command/FILE/binary.txt} --model "$tiny/$model"
  exits 0
  says "note: binary.txt: invalid UTF-8, first at byte 2, 3 places read as U+FFFD"
  # shellcheck disable=SC2086
  ok ${command/FILE/nul.txt} --model "$tiny/$model"
done <<'END'
score FILE|gpt2-base
generate FILE -n 3|gpt2-base
classify FILE|bert-seqcls
answer FILE who?|longformer-qa
summarize FILE -n 3|bart-base
END

a_test "a prompt that is longer than the model reads says how it can be read"
run generate --model "$gpt" story.txt -n 3
refuses 1 story.txt "room for 64 tokens" --left
prints_nothing
ok generate --model "$gpt" story.txt -n 3 --left 16 --sinks 2
