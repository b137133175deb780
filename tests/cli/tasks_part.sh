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
