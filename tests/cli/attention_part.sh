# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# attention: which keys each query sees, and where attention goes in a document.

# Reads the one object of `out` and runs python3 on it as `o`; what is printed is the result. Without python3 the checks
# that need it are left out.
has_python=$(python3 -c 'print(1)' 2>/dev/null || true)
calculate() { python3 -c 'import json, sys; o = json.load(open("out"))
'"$1" 2>&1 | tail -n 3; }
holds_true() { [ -z "$has_python" ] || equal "$1" "$(calculate "$2")" True; }

# is_picture FILE: well-formed SVG, with a title, nothing fetched from elsewhere, and all of it within its view.
is_picture() {
  if [ -n "$has_python" ]; then
    equal "$1" "$(python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
space = "{http://www.w3.org/2000/svg}"
width, height = map(float, root.get("viewBox").split()[2:])
inside = lambda x, y: -1 <= x <= width + 1 and -1 <= y <= height + 1
ok = root.tag == space + "svg" and root.find(space + "title").text
for e in root.iter():
    if e.tag == space + "rect":
        x, y, w, h = (float(e.get(name)) for name in ("x", "y", "width", "height"))
        ok = ok and inside(x, y) and inside(x + w, y + h)
    elif e.tag == space + "polyline":
        ok = ok and all(inside(*map(float, point.split(","))) for point in e.get("points").split())
    elif e.tag == space + "text":
        ok = ok and inside(float(e.get("x")), float(e.get("y")))
print(bool(ok))' "$1" 2>&1 | tail -n 1)" True
  fi
  for word in '<svg xmlns="http://www.w3.org/2000/svg"' '<title>' '</svg>'; do
    grep -qF -- "$word" "$1" || fail "$1: expected $word"
  done
  ! grep -qE 'href|url\(|@import|<script' "$1" || fail "$1: refers to something outside"
}

a_test "the pattern of a window is its definition, dilation and global tokens included"
ok attention --mechanism window --heads 2 --tokens 40 --set left=3 --set right=2 --set dilation=1,2 --set global=0,20 --json
holds_true "pattern" '
good = len(o["patterns"]) == 2 and o["tokens"] == 40
for pattern, step in zip(o["patterns"], (1, 2)):
    for i, runs in enumerate(pattern["rows"]):
        seen = {j for begin, end, weight in runs for j in range(begin, end)}
        everything = i in (0, 20)
        defined = {j for j in range(40) if everything or j in (0, 20)
                   or ((j - i) % step == 0 and -3 * step <= j - i <= 2 * step)}
        good = good and seen == defined
print(good)'

a_test "a causal picture has no key behind its query"
for mechanism in "full --set causal=1" "window --set causal=1" sparse_transformer transformer_xl compressive pia \
  adaptive_span sink_window "favor --set causal=1" "lsh --set causal=1"; do
  ok attention --mechanism $mechanism --tokens 70 --json
  holds_true "$mechanism" '
rows = [(i, runs) for p in o["patterns"] for i, runs in enumerate(p["rows"])]
print(all(end <= i + 1 for i, runs in rows for begin, end, weight in runs) and any(runs for i, runs in rows))'
done

a_test "what a query takes adds up to 1, and equals what is seen where all that is seen weighs the same"
for mechanism in full window "sparse_transformer --heads 1" block_sparse transformer_xl sink_window pia; do
  ok attention --mechanism $mechanism --tokens 300 --json
  holds_true "$mechanism" '
rows = [runs for p in o["patterns"] for runs in p["rows"]]
print(all(abs(sum((end - begin) * weight for begin, end, weight in runs) - 1) < 1e-4 for runs in rows))'
done

a_test "a compressed memory takes its share from each token it was made of"
ok attention --mechanism compressive --tokens 96 --set segment=8 --set mem_len=8 --set cmem_len=2 --set ratio=4 --json
# Row 40 begins segment 5: it sees itself, 8 rows of memory (32 to 39), and the two rows made of 24 to 31.
holds_true "row 40" '
weights = {j: weight for begin, end, weight in o["patterns"][0]["rows"][40] for j in range(begin, end)}
expected = {j: 1 / 11 if j >= 32 else 1 / 44 for j in range(24, 41)}
print(weights.keys() == expected.keys() and all(abs(weights[j] - expected[j]) < 1e-5 for j in expected))'

a_test "the options of a segment, a table of positions and the other compressions can be set"
for settings in "function=max" "function=conv" "function=most_used" "position=table" "segment=explicit" \
  "function=dilated_conv --set conv_layers.kernel=3,3 --set conv_layers.stride=2,2 --set conv_layers.dilation=1,1"; do
  ok attention --mechanism compressive --set $settings --json
done
for settings in plan=zeros "plan=seeded --set seed=1"; do
  ok attention --mechanism block_sparse --set full_up_to=0 --set $settings --json
done
for settings in projection=mean_pool projection=max_pool projection=conv sharing=none sharing=kv; do
  ok attention --mechanism linformer --set $settings --json
done

a_test "every mechanism has a picture, which names its options and is well-formed"
for mechanism in full window sparse_transformer block_sparse transformer_xl compressive linformer favor lsh adaptive_span \
  pia sink_window mixed; do
  ok attention --mechanism $mechanism --plot pattern.svg
  prints_nothing
  is_picture pattern.svg
  grep -qF "$mechanism: which keys each query sees" pattern.svg || fail "$mechanism is not in its picture"
done
for tokens in 1 2 300; do
  ok attention --mechanism window --tokens $tokens --plot pattern.svg
  is_picture pattern.svg
done
ok attention --mechanism sparse_transformer --heads 3 --set head_sets=local,distant,union --plot -
mv out pattern.svg
is_picture pattern.svg
for words in ">head 0<" ">head 1<" ">head 2<" "stride 12"; do grep -qF -- "$words" pattern.svg || fail "expected $words"; done

a_test "a document's attention adds up to 1 by distance and by part"
letters 60 >sixty.txt
ok attention sixty.txt --model "$window" --json --plot mass.svg
is_picture mass.svg
holds_true "sums" '
heads = [head for layer in o["layers"] for head in layer["heads"]]
parts = ("sinks", "before", "self", "after")
print(len(o["layers"]) == 2 and o["tokens"] == 62 and o["bins"][0] == [0, 1] and o["bins"][-1][1] == 62
      and all(abs(sum(head["by_distance"]) - 1) < 1e-5 for head in heads)
      and all(abs(sum(head[part] for part in parts) - 1) < 1e-5 for head in heads)
      and all(abs(head["by_distance"][0] - head["self"]) < 0.1 and 0 < head["unseen"] < 1 for head in heads))'

a_test "a window of 4 has no mass further away but its sinks'"
holds_true "far" '
far = [b for b, (begin, end) in enumerate(o["bins"]) if begin > 4]
print(all(sum(head["by_distance"][b] for b in far) <= head["sinks"] + 1e-6
          for layer in o["layers"] for head in layer["heads"]))'

a_test "a document that is read in full has no sinks, and bytes from standard input are the same"
ok attention short.txt --model "$plain" --json
cp out expected
holds_true "parts" 'print("sinks" not in o["layers"][0]["heads"][0] and o["reading"] == "read in full" and o["tokens"] == 17)'
command_line="longwave attention -"
code=0
"$lw" attention - --model "$plain" --json <short.txt >out 2>err || code=$?
exits 0
equal "layers" "$(tail -n +2 out)" "$(tail -n +2 expected)"

a_test "the curve of singular values rises to 1 and tells where 90 % are reached"
ok attention sixty.txt --model "$plain" --long truncate --spectrum --json --plot spectrum.svg
is_picture spectrum.svg
holds_true "curves" '
curves = [head for layer in o["layers"] for head in layer["heads"]] + [o["mean"]]
def right(curve):
    c, at = curve["cumulated"], curve["reaching_90"]
    return (len(c) == o["tokens"] and c[-1] == 1 and all(a <= b + 1e-6 for a, b in zip(c, c[1:]))
            and c[0] >= 1 / len(c) and c[at - 1] >= 0.9 - 1e-6 and (at == 1 or c[at - 2] < 0.9 + 1e-6)
            and all(x - y <= c[0] + 1e-6 for x, y in zip(c[1:], c)))
print(all(right(curve) for curve in curves))'
ok attention sixty.txt --model "$plain" --long truncate --spectrum
holds out '^  mean +[0-9]+$'
equal "lines" "$(lines out)" 4

a_test "singular values are those of the matrix: identity, rank one, and bands against Jacobi's method"
through() { ok attention short.txt --model "$plain" --spectrum --json --mechanism "$@" --set scale=0; }
through window --set left=0 --set right=0
holds_true "identity" '
n = o["tokens"]
print(all(abs(c - (k + 1) / n) < 1e-6 for k, c in enumerate(o["mean"]["cumulated"])))'
through full
holds_true "rank one" 'print(o["mean"]["reaching_90"] == 1 and o["mean"]["cumulated"][0] > 1 - 1e-5)'
through window --set left=3 --set right=1
holds_true "bands" '
import math
n = o["tokens"]
a = [[float(-3 <= j - i <= 1) for j in range(n)] for i in range(n)]
a = [[x / sum(row) for x in row] for row in a]
# One-sided Jacobi: rotate pairs of columns until all are orthogonal; their lengths are the singular values.
columns = [list(column) for column in zip(*a)]
dot = lambda x, y: sum(map(lambda u, v: u * v, x, y))
for sweep in range(30):
    for p in range(n):
        for q in range(p + 1, n):
            x, y = columns[p], columns[q]
            both = dot(x, y)
            if abs(both) < 1e-15: continue
            angle = 0.5 * math.atan2(2 * both, dot(x, x) - dot(y, y))
            c, s = math.cos(angle), math.sin(angle)
            columns[p] = [c * u + s * v for u, v in zip(x, y)]
            columns[q] = [c * v - s * u for u, v in zip(x, y)]
values = sorted((math.sqrt(dot(x, x)) for x in columns), reverse=True)
cumulated = [sum(values[:k + 1]) / sum(values) for k in range(n)]
print(all(abs(x - y) < 2e-6 for x, y in zip(cumulated, o["mean"]["cumulated"])))'

a_test "a document can go through another mechanism: a wide window is the model's own attention"
ok attention short.txt --model "$plain" --json
mv out expected
ok attention short.txt --model "$plain" --mechanism window --set left=100 --set right=100 --json
holds_true "masses" '
expected = json.load(open("expected"))
same = lambda a, b: all(abs(x - y) < 1e-4 for x, y in zip(a, b))
print(all(same(x["by_distance"], y["by_distance"])
          for a, b in zip(o["layers"], expected["layers"]) for x, y in zip(a["heads"], b["heads"])))'
ok attention short.txt --model "$plain" --mechanism favor --spectrum --plot spectrum.svg
is_picture spectrum.svg

a_test "attention refuses what makes no sense, by name"
run attention --mechanism wndow --json
refuses 2 wndow "did you mean window" sparse_transformer compressive
run attention --mechanism stream --json
refuses 2 stream
run attention --mechanism window --set lft=3 --json
refuses 2 lft "did you mean left"
run attention --mechanism window --set left --json
refuses 2 KEY=VALUE
run attention --mechanism window --set left=-1 --json
refuses 2 left "0 to"
run attention --mechanism window --set left=many --json
refuses 2 left many
run attention --mechanism sparse_transformer --set pattern=zigzag --json
refuses 2 pattern strided zigzag
run attention --mechanism transformer_xl --set mem_len=0 --set same_length=1 --json
refuses 2 transformer_xl same_length mem_len
run attention --mechanism compressive --set function=dilated_conv --json
refuses 2 compressive conv_layers.kernel
run attention --mechanism pia --set w_q=1 --json
refuses 2 w_q
run attention --mechanism window --set heads=2 --json
refuses 2 --heads
run attention --mechanism window
refuses 2 --plot --json
run attention --json
refuses 2 --mechanism
run attention --mechanism window --tokens 5000 --json
refuses 2 --tokens 1024
run attention short.txt --spectrum --tokens 600
refuses 2 --tokens 512
run attention --mechanism window --spectrum
refuses 2 --spectrum document
run attention short.txt --mechanism pia --model "$plain" --json
refuses 2 pia
run attention --mechanism window --json --plot -
refuses 2 "standard output"

a_test "what cannot be read or written fails and leaves nothing"
run attention --mechanism window --plot nowhere/window.svg --json
refuses 1 nowhere/window.svg
prints_nothing
run attention missing.txt --model "$plain" --json
refuses 1 missing.txt
run attention empty.txt --model "$plain" --plot empty.svg
refuses 1 empty.txt
[ ! -e empty.svg ] || fail "empty.svg is there"
