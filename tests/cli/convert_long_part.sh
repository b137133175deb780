# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# convert: other attention and more positions. For each option one model that it makes, and values that it refuses.

gpt=$tiny/gpt2-base bart=$tiny/bart-base

config_of() { # KEY DIRECTORY: a value of config.json
  sed -nE 's/^ *"'"$1"'": (.*[^,]),?$/\1/p' "$2/config.json"
}
# refused CODE ARGUMENT... -- WORD...: convert ends so and says the words; nothing is written.
refused() {
  local expected=$1 arguments=()
  shift
  while [ "$1" != -- ]; do
    arguments+=("$1")
    shift
  done
  shift
  run convert "${arguments[@]}" target
  refuses "$expected" "$@"
  [ ! -e target ] || fail "nothing should be written"
}
losses() { # ARGUMENT...: what score says of the short text, without the file
  ok score "$@" --tokens short.txt
  values log_probability out
}

a_test "--positions copied with a window makes BERT a Longformer and BART an LED, by their published names"
ok convert "$plain" longformer --attention window:4 --positions copied:96
prints_nothing
equal "model_type" "$(config_of model_type longformer)" '"longformer"'
equal "attention_window counts both sides" "$(config_of attention_window longformer)" "[8, 8]"
equal "a position more than the table" "$(config_of max_position_embeddings longformer)" 97
equal "dtype" "$(config_of dtype longformer)" '"float32"'
ok info --model longformer
ok convert "$bart" led --attention window:4 --positions copied:300 -w bf16
equal "model_type" "$(config_of model_type led)" '"led"'
letters 80 >t80.txt
run summarize --model "$bart" t80.txt -n 5
refuses 1 t80.txt --truncate
ok summarize --model led t80.txt -n 5

a_test "copied positions leave a short text as it was: a window that sees all of it is full attention"
ok convert "$plain" wide --attention window:64 --positions copied:128
letters 22 >t22.txt
ok embed --model "$plain" t22.txt
values vector out >short_vector
ok embed --model wide t22.txt
close_to "vector" "$(values vector out)" "$(cat short_vector)" 1e-5

a_test "--positions that are none, or fewer than there are, are refused"
refused 1 "$plain" --attention window:4 --positions copied:10 -- 64 10
refused 1 "$plain" --attention window:4 --positions copied:0 -- copied:0
refused 2 "$plain" --attention window:4 --positions copied:x -- positions
refused 2 "$plain" --attention window:4 --positions rotary:8 -- positions

a_test "--attention window changes what GPT-2 sees, and a window as wide as the text changes nothing"
losses --model "$gpt" >full_losses
ok convert "$gpt" narrow --attention window:4
losses --model narrow >narrow_losses
equal "a window of 4" "$(cmp -s full_losses narrow_losses && echo same)" ""
ok convert "$gpt" same --attention window:64
close_to "a window of 64" "[$(losses --model same | paste -sd,)]" "[$(paste -sd, full_losses)]" 1e-4
equal "other programs refuse it" "$(grep -c '"torch_dtype": "longwave"' same/config.json)" 1

a_test "--attention once for each layer, and no other number of times"
ok convert "$gpt" layers --attention window:4 --attention window:8 --attention window:16
ok score --model layers short.txt
refused 1 "$gpt" --attention window:4 --attention window:8 -- "3 layers" 2

a_test "--attention favor swaps FAVOR in, and full leaves what there is"
ok convert "$gpt" favor --attention favor:64
ok score --model favor short.txt
ok convert "$plain" favor_bert --attention favor:64
ok embed --model favor_bert --long truncate short.txt
ok convert "$gpt" full_gpt --attention full
close_to "full" "[$(losses --model full_gpt | paste -sd,)]" "[$(paste -sd, full_losses)]" 1e-4
refused 1 "$plain" --attention favor:0 -- favor:0 "1 to 1024"
refused 2 "$plain" --attention favor:x -- favor:M favor:x
refused 1 "$plain" --attention favor:64 --sinks 3 -- sinks window:N

a_test "--dilation is one number, or one a head, of a window"
losses --model narrow >narrow_losses
ok convert "$gpt" dilated --attention window:4 --dilation 2
equal "a dilated window" "$(losses --model dilated | cmp -s narrow_losses - && echo same)" ""
ok convert "$gpt" by_head --attention window:4 --dilation 1,2,3,4
ok score --model by_head short.txt
ok convert "$plain" dilated_bert --attention window:4 --dilation 2 --positions copied:96
ok embed --model dilated_bert --long truncate short.txt
refused 1 "$gpt" --attention window:4 --dilation 1,2 -- "4 heads" 2
refused 2 "$gpt" --attention window:4 --dilation 0 -- --dilation
refused 1 "$gpt" --dilation 2 -- window:N

a_test "--sinks are seen beyond the window"
ok convert "$gpt" sinks --attention window:4 --sinks 2
equal "sinks" "$(losses --model sinks | cmp -s narrow_losses - && echo same)" ""
refused 1 "$gpt" --sinks 2 -- window:N
refused 2 "$gpt" --attention window:4 --sinks 5000 -- --sinks

a_test "--passage-tokens and --full-up-to are of a long reading, and say so"
ok convert "$window" passages --passage-tokens 7 --attention window:4 --positions tiled:24 --full-up-to 20
equal "passage_tokens" "$(sed -nE 's/.*"passage_tokens": ?([0-9]+).*/\1/p' passages/longwave.json)" 7
equal "full_up_to" "$(sed -nE 's/.*"full_up_to": ?([0-9]+).*/\1/p' passages/longwave.json)" 20
refused 2 "$plain" --passage-tokens 0 -- --passage-tokens "1 to 8192"
refused 2 "$plain" --passage-tokens 8193 -- --passage-tokens "1 to 8192"
refused 1 "$plain" --passage-tokens 7 -- --attention --positions
refused 1 "$plain" --attention window:4 --positions copied:96 --full-up-to 20 -- full_up_to tiled:N copied:96

a_test "int8 and packed long forms are read here, and say that others cannot"
for options in "-w int8" "--packed"; do
  rm -rf marked
  # shellcheck disable=SC2086 # an option and its value
  ok convert "$plain" marked --attention window:4 --positions copied:96 $options
  equal "dtype" "$(config_of dtype marked)" '"longwave"'
  ok embed --model marked --long truncate short.txt
done
refused 2 "$plain" --attention window:4 --positions copied:96 -w f16 --packed -- --packed f16
refused 2 "$plain" -w int4 -- --weights int4

a_test "-o is the destination, which is named once"
ok convert "$plain" -o by_option
ok convert "$plain" by_name
same_bytes "by option" by_option/model.safetensors by_name/model.safetensors
run convert "$plain" target -o target
refuses 2 "SOURCE DESTINATION"
