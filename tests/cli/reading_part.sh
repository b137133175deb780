# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# --long: the four readings.

vector_of() { # ARGUMENT...: the vector of the only line
  run embed "$@"
  values vector out
}

a_test "a short text is read in full whatever the reading, exactly as the original model"
expected=$(vector_of --model "$plain" short.txt)
for reading in window alone truncate refuse; do
  equal "--long $reading" "$(vector_of --model "$window" --long "$reading" short.txt)" "$expected"
done
is_silent

a_test "the limit counts [CLS] and [SEP]: 22 tokens are short, 23 are long"
letters 22 >t22.txt
letters 23 >t23.txt
ok embed --model "$plain" t22.txt
run embed --model "$plain" t23.txt
refuses 1 t23.txt 24

a_test "refuse is the default where there is no window setting, and names the limit"
run embed --model "$plain" long.txt
refuses 1 long.txt 24
prints_nothing
run embed --model "$window" --long refuse long.txt
refuses 1 long.txt 24

a_test "window is the default where longwave.json sets it"
expected=$(vector_of --model "$window" --long window long.txt)
equal "vector" "$(vector_of --model "$window" long.txt)" "$expected"
[ "$expected" != "$(vector_of --model "$window" --long alone long.txt)" ] || fail "window and alone should differ"

a_test "window without a setting says what to do"
run embed --model "$plain" --long window long.txt
refuses 1 "$plain" window convert

a_test "alone reads each passage as if it were a document"
ok embed --passages --long alone --model "$window" story.txt
cp out together
[ "$(lines together)" -ge 4 ] || fail "expected several passages"
while read -r begin end; do
  part story.txt "$begin" "$end" >one.txt
  vector_of --long alone --model "$window" one.txt
done < <(paste -d' ' <(values byte_begin together) <(values byte_end together)) >apart
same_bytes "vectors" apart <(values vector together)

a_test "truncate reads the model's own limit, with one note per document"
expected=$(vector_of --model "$plain" t22.txt)
run embed --model "$plain" --long truncate t22.txt long.txt
exits 0
says note long.txt truncated 78
equal "vector" "$(values vector out | sed -n 2p)" "$expected"
equal "byte range" "$(byte_ranges out | cut -d' ' -f2)" "0-$(wc -c <long.txt)"

a_test "a long document's vector is the normalised, unweighted mean of its passages' vectors"
for reading in window alone; do
  ok embed --passages --long $reading --model "$window" story.txt
  mean=$(values vector out | tr -d '[]' | awk -F, '
    { for (i = 1; i <= NF; ++i) sum[i] += $i }
    END {
      for (i = 1; i <= NF; ++i) norm += sum[i] * sum[i]
      for (i = 1; i <= NF; ++i) printf "%s%.9g", (i > 1 ? "," : ""), sum[i] / sqrt(norm)
    }')
  close_to "$reading" "$(vector_of --long $reading --model "$window" story.txt)" "$mean" 1e-6
done

a_test "a short document that is one passage has the document's vector"
expected=$(vector_of --model "$window" --passage-tokens 20 short.txt)
equal "passage" "$(vector_of --model "$window" --passage-tokens 20 --passages short.txt)" "$expected"

a_test "a short document that an option cuts into several keeps the model's vector"
expected=$(vector_of --model "$plain" short.txt)
equal "document" "$(vector_of --model "$window" --passage-tokens 4 short.txt)" "$expected"
ok embed --passages --model "$window" --passage-tokens 4 short.txt
equal "passages" "$(token_ranges out)" "0-4 4-8 8-12 12-15"

a_test "a model that pools otherwise refuses window by name and offers alone"
cp -r "$plain" cls_pooling
sed -i 's/"pooling_mode_cls_token": false/"pooling_mode_cls_token": true/; s/"pooling_mode_mean_tokens": true/"pooling_mode_mean_tokens": false/' \
  cls_pooling/1_Pooling/config.json
run convert cls_pooling cls_window --attention window:4 --sinks 3 --positions tiled:24 --full-up-to 24
refuses 1 cls_pooling window alone
[ ! -e cls_window ] || fail "a refused convert leaves nothing behind"
# As if somebody had written it by hand: without the checksum of the other file.
sed 's/,"header_crc32c":[0-9]*//' "$window/longwave.json" >cls_pooling/longwave.json
for command in info "embed long.txt" "embed --long window long.txt"; do
  # shellcheck disable=SC2086 # a command and its arguments
  run $command --model cls_pooling
  refuses 1 cls_pooling "long = window" "long = alone"
  prints_nothing
done
ok info --model cls_pooling --long alone
ok embed --model cls_pooling --long alone long.txt
rm cls_pooling/longwave.json
ok embed --model cls_pooling --long alone long.txt

a_test "an unknown reading is a matter of usage"
run embed --model "$window" --long sideways long.txt
refuses 2 sideways

a_test "alone cuts to the positions there are: 62 tokens and two specials for a model of 64"
ok embed --passages --model "$plain" --long alone long.txt
equal "passages" "$(token_ranges out)" "0-62 62-100"
run embed --model "$plain" --long alone --passage-tokens 63 long.txt
refuses 1 "$plain" 62
