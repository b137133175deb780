# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Models that are missing, cut short, damaged or wrong about themselves. Every byte of a header is flipped by the tests
# of the library; here some are, through the tool.

# broken NAME: a fresh copy of the converted model to be damaged, as the folder `broken`.
broken() { rm -rf broken && cp -r "$window" broken; }

a_test "a model that is not there, or is no model"
run embed --model "$work/no_model" short.txt
refuses 1 "$work/no_model"
run embed --model story.txt short.txt
refuses 1 story.txt
mkdir -p nothing
run info nothing
refuses 1 nothing config.json

a_test "a model without one of its files"
for file in config.json model.safetensors; do
  broken && rm "broken/$file"
  run embed --model broken short.txt
  refuses 1 broken "$file"
done
broken && rm -f broken/tokenizer.json broken/vocab.txt broken/tokenizer_config.json
run embed --model broken short.txt
refuses 1 broken tokenizer

a_test "a truncated weight file, wherever it ends"
size=$(wc -c <"$window/model.safetensors")
for bytes in 0 1 7 8 9 500 2000 $((size / 2)) $((size - 1)); do
  broken && head -c "$bytes" "$window/model.safetensors" >broken/model.safetensors
  run embed --model broken short.txt
  refuses 1 broken/model.safetensors
  prints_nothing
done

a_test "a weight file with something behind its end"
broken && echo more >>broken/model.safetensors
run info broken
refuses 1 broken/model.safetensors

a_test "a flipped bit anywhere in the weights' header"
read -r b0 b1 b2 rest < <(head -c 8 "$window/model.safetensors" | od -An -tu1)
header=$((8 + b0 + 256 * b1 + 65536 * b2))
broken
for ((at = 0; at < header; at += at < 8 ? 1 : header / 40 + 1)); do
  byte=$(part "$window/model.safetensors" $at $((at + 1)) | od -An -tu1)
  printf "\\x$(printf %x $((byte ^ (1 << at % 7))))" |
    dd of=broken/model.safetensors bs=1 seek=$at conv=notrunc status=none
  run info broken
  refuses 1 broken/model.safetensors
  part "$window/model.safetensors" $at $((at + 1)) |
    dd of=broken/model.safetensors bs=1 seek=$at conv=notrunc status=none
done
ok info broken

a_test "a config that lies about shapes"
while read -r key lie; do
  broken && sed -i -E "s/\"$key\": *[0-9]+/\"$key\": $lie/" broken/config.json
  cmp -s broken/config.json "$window/config.json" && fail "$key is not in config.json"
  run embed --model broken short.txt
  refuses 1 broken
done <<'END'
hidden_size 128
hidden_size 0
hidden_size 1000000000
num_hidden_layers 3
num_hidden_layers 100000
num_attention_heads 3
num_attention_heads 0
intermediate_size 64
vocab_size 7000
vocab_size 699
max_position_embeddings 512
type_vocab_size 5
END
broken && sed -i 's/"model_type": *"bert"/"model_type": "brt"/' broken/config.json
run info broken
refuses 1 broken brt
for text in '' '{' '[]' 'null' '{"model_type": 5}' "$(head -c 100000 /dev/zero | tr '\0' '[')"; do
  broken && printf '%s' "$text" >broken/config.json
  run info broken
  refuses 1 broken/config.json
done

a_test "a longwave.json that is none, or asks for what the model has not got"
while IFS='|' read -r from to; do
  broken && sed -i -E "s/$from/$to/" broken/longwave.json
  run embed --model broken long.txt
  refuses 1 broken/longwave.json
done <<'END'
"tile": ?24|"tile":6400
"sinks": ?3|"sinks":24
"sinks": ?3|"sinks":-1
"left": ?4|"left":"four"
"left": ?4|"left":[4]
"kind": ?"tiled"|"kind":"rotary"
"format": ?1|"format":2
"passage_tokens": ?10|"passage_tokens":0
END

a_test "a tokenizer that is damaged or of another kind"
broken && head -c 700 "$window/tokenizer.json" >broken/tokenizer.json
run embed --model broken short.txt
refuses 1 broken/tokenizer.json
broken && sed -i 's/"type": *"WordPiece"/"type": "Unigram"/' broken/tokenizer.json
run embed --model broken short.txt
exits 1
says broken
