# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# convert: weight types and the long reading.

setting() { # KEY FILE: a number of longwave.json
  sed -nE 's/.*"'"$1"'": ?(\[[^]]*\]|[0-9]+).*/\1/p' "$2"
}

ok embed --model "$plain" short.txt
original=$(values vector out)

a_test "convert writes a model that reads the same, in each weight type"
for weights in f32 bf16 f16 int8; do
  ok convert "$plain" "to_$weights" --weights $weights
  prints_nothing
  ok embed --model "to_$weights" short.txt
  case $weights in
    f32) equal "f32 vectors" "$(values vector out)" "$original" ;;
    f16) close_to "f16" "$(values vector out)" "$original" 2e-3 ;;
    bf16) close_to "bf16" "$(values vector out)" "$original" 2e-2 ;;
    int8) close_to "int8" "$(values vector out)" "$original" 3e-2 ;;
  esac
done

a_test "smaller weights are smaller files, and f32 is the default"
bytes() { wc -c <"to_$1/model.safetensors"; }
[ "$(bytes int8)" -lt "$(bytes bf16)" ] && [ "$(bytes bf16)" -lt "$(bytes f32)" ] ||
  fail "bytes: $(bytes int8) int8, $(bytes bf16) bf16, $(bytes f32) f32"
ok convert "$plain" to_default
same_bytes "default" to_default/model.safetensors to_f32/model.safetensors

a_test "--packed matrices are used from the file: nothing but vectors is packed"
for weights in f32 bf16; do
  ok convert "$plain" "packed_$weights" --weights $weights --packed
  prints_nothing
  ok embed --model "packed_$weights" short.txt
  values vector out >packed_vectors
  ok embed --model "to_$weights" short.txt
  equal "$weights vectors" "$(cat packed_vectors)" "$(values vector out)"
  grep -aq '"longwave.layout":"panel32"' "packed_$weights/model.safetensors" || fail "packed_$weights should say its layout"
  grep -aq '"format":"pt"' "to_$weights/model.safetensors" || fail "to_$weights should be in rows"
done
ok convert "$plain" packed_int8 --weights int8 --packed
same_bytes "int8 is always packed" packed_int8/model.safetensors to_int8/model.safetensors
run convert "$plain" target --weights f16 --packed
refuses 2 --packed f16
[ ! -e target ] || fail "nothing should be written"

a_test "a directory with only pytorch_model.bin is converted, not opened; a pickle that calls something is refused"
rm -rf pickled && mkdir pickled
printf '%s' '{"model_type":"bert","hidden_size":6,"num_attention_heads":2,"intermediate_size":10,"vocab_size":9,' \
  '"max_position_embeddings":12,"num_hidden_layers":1}' >pickled/config.json
cp "$root/tests/data/torch/bert.bin" pickled/pytorch_model.bin
run info pickled
refuses 1 pickled/pytorch_model.bin convert
ok convert pickled from_pickle
ok info from_pickle
cp "$root/tests/data/torch/calls_system.bin" pickled/pytorch_model.bin
run convert pickled target
refuses 1 pickled/pytorch_model.bin posix.system
[ ! -e target ] || fail "nothing should be written"
[ ! -e longwave-was-here ] || fail "the pickle was run"

a_test "converting twice gives the same bytes"
ok convert "$plain" again --weights int8
for file in to_int8/*; do
  [ -d "$file" ] || same_bytes "$file" "$file" "again/${file#*/}"
done

a_test "the window options stand in longwave.json as the interface says"
ok convert "$plain" one_number --attention window:4 --sinks 3 --positions tiled:24 --full-up-to 24
ok convert "$plain" two_numbers --attention window:5,2 --sinks 0 --positions tiled:60 --full-up-to 0
equal "window:4" "$(setting left one_number/longwave.json) $(setting right one_number/longwave.json)" "4 4"
equal "window:5,2" "$(setting left two_numbers/longwave.json) $(setting right two_numbers/longwave.json)" "5 2"
equal "sinks" "$(setting sinks one_number/longwave.json) $(setting sinks two_numbers/longwave.json)" "3 0"
equal "tile" "$(setting tile one_number/longwave.json) $(setting tile two_numbers/longwave.json)" "24 60"
equal "full_up_to" "$(setting full_up_to one_number/longwave.json) $(setting full_up_to two_numbers/longwave.json)" "24 0"
holds one_number/longwave.json '"format": ?1,'
holds one_number/longwave.json '"kind": ?"tiled"'
ok embed --passages --model one_number story.txt
ok embed --passages --model two_numbers story.txt

a_test "left and right may be lists, one number a layer"
cp -r one_number per_layer
sed -i -E 's/"left": ?4/"left":[4,6]/; s/"right": ?4/"right":[2,4]/' per_layer/longwave.json
ok embed --passages --model per_layer story.txt
mv out listed
ok embed --passages --model one_number story.txt
[ "$(values vector out | head -n 1)" != "$(values vector listed | head -n 1)" ] || fail "the lists should be used"
sed -i -E 's/"left": ?\[4,6\]/"left":[4,6,8]/' per_layer/longwave.json
run embed --model per_layer story.txt
refuses 1 per_layer/longwave.json left

a_test "a reading that the source has is kept, and the weights can change again"
ok convert "$window" kept --weights bf16
equal "left, tile" "$(setting left kept/longwave.json) $(setting tile kept/longwave.json)" "4 24"
ok convert to_f32 to_int8_late --weights int8
same_bytes "f32 and then int8" to_int8_late/model.safetensors to_int8/model.safetensors

a_test "a destination that holds something, or cannot be made, is left alone and named"
mkdir -p full && echo precious >full/file
run convert "$plain" full
refuses 1 full
equal "what it held" "$(ls full)$(cat full/file)" "fileprecious"
run convert "$plain" "$work/no/such/parent"
refuses 1 no/such/parent
run convert "$plain" "$plain"
refuses 1

a_test "a source that is none is named"
run convert "$work/missing" target
refuses 1 missing
[ ! -e target ] || fail "nothing should be written"
run convert story.txt target
refuses 1 story.txt
equal "temporary folders" "$(ls -A | grep -F .partial)" ""

a_test "wrong window options are a matter of usage"
while read -r option value; do
  run convert "$plain" target $option $value
  refuses 2 "${option#--}"
done <<'END'
--attention window
--attention window:-1
--attention window:4,4,4
--attention band:4
--positions 256
--positions tiled:x
--sinks -1
--full-up-to -1
--weights int4
END
run convert "$plain"
refuses 2 DESTINATION
[ ! -e target ] || fail "nothing should be written"

a_test "window options that the model cannot have are refused: sinks < tile <= positions"
run convert "$plain" target --attention window:4 --sinks 24 --positions tiled:24 --full-up-to 24
exits_not_ok_with sinks
run convert "$plain" target --attention window:4 --sinks 3 --positions tiled:65 --full-up-to 24
exits_not_ok_with 64
[ ! -e target ] || fail "nothing should be written"

a_test "a long reading needs both --attention and --positions, and says so"
for options in "--attention window:4" "--positions tiled:24" "--sinks 3"; do
  run convert "$plain" target $options
  refuses 1 "$plain" --attention --positions
done
