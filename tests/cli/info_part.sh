# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# info: what a model is and what it costs.

a_test "info shows family, layers, attention per layer, reading, bytes and latency"
ok info "$window"
for word in family bert layers attention window "left 4" "right 4" sinks mapped packed "per stream" latency steady; do
  holds out "$word"
done

a_test "info without a model is about the shipped one, and --model says the same as MODEL"
ok info
holds out minilm
ok info "$window"
cp out expected
ok info --model "$window"
same_bytes "--model" out expected
run info "$window" --model "$window"
refuses 2

a_test "the latency of a window is its right radii and the sinks"
# Two layers of right 4: row 0 leaves when row 8 is there, but not before row full_up_to = 24 shows that it is long.
ok info "$window" --json
equal "steady state" "$(sed -nE 's/.*"[a-z_]*steady[a-z_]*": ([0-9]+).*/\1/p' out | head -n 1)" 8
equal "row 0" "$(sed -nE 's/.*"[a-z_]*first[a-z_]*": ([0-9]+).*/\1/p' out | head -n 1)" 24

a_test "info --long shows another reading"
ok info "$window" --long alone
holds out alone

a_test "info --json is one object"
ok info "$window" --json
equal "braces" "$(head -c 1 out)$(tail -n 1 out)" "{}"

a_test "info knows the other families"
ok info "$tiny/roberta-mlm"
holds out roberta

a_test "a model without a tokenizer takes no text, and says so"
cp -r "$tiny/roberta-mlm" no_tokenizer
rm -f no_tokenizer/tokenizer.json no_tokenizer/vocab.json no_tokenizer/merges.txt no_tokenizer/tokenizer_config.json
for command in "embed short.txt" "search short.txt question" "snapshot save short.txt -o r.snap"; do
  run $command --model no_tokenizer
  refuses 1 "no_tokenizer: " "no text yet" tokenizer
  prints_nothing
done

a_test "the shipped model is found beside the build tree and beside an installation"
mkdir -p prefix/bin prefix/share/longwave/models
cp "$lw" prefix/bin/
[ ! -d "$bin/../lib" ] || cp -rP "$bin/../lib" prefix/
cp -r "$window" prefix/share/longwave/models/minilm
code=0
prefix/bin/longwave embed short.txt >out 2>err || code=$?
command_line=prefix/bin/longwave
exits 0
ok embed --model "$window" short.txt
mv out expected
prefix/bin/longwave embed short.txt >out 2>err
equal "vectors" "$(values vector out)" "$(values vector expected)"
rm -r prefix/share
code=0
prefix/bin/longwave embed short.txt >out 2>err || code=$?
refuses 1 --model share/longwave/models/minilm
