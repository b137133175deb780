#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# The same work through Longwave and through what one would pick instead, in one run: round after round of ours, theirs,
# ours, theirs, so that a machine that changes its mind does so for both. Prints a table with ratios.
#
# usage: tests/benchmarks/peers/run.sh [option]...
#   --minilm DIR   folder of the original all-MiniLM-L6-v2 (f32): the f32 and bf16 model against PyTorch
#   --onnx FILE    the int8 model in ONNX form: against ONNX Runtime
#   --threads N    any number of times (default: 1 and all)
#   --rounds N     default 3;   --seconds S   for one case in one round, each side (default 0.5)
#   --only PART    only cases whose names hold this: "gemm", "attention", "minilm bf16", "longformer f32", "big_bird"
#   --bin DIR      Longwave's programs (default build/release/bin)
#   --python P     a Python that has torch, transformers, onnxruntime and numpy: nothing is fetched
#   --root DIR     the throw-away Debian root, made if it is not there and kept; nothing else may be in DIR
#   --json FILE    the table as JSON as well
# PyTorch, transformers and ONNX Runtime come from PyPI into a virtual environment where PyPI can be reached, else from a
# newer Debian suite in a throw-away root (see newer_root.sh; needs root). Whole Longformer and BigBird, 4096 tokens
# through Hugging Face's transformers, run with the most threads only and take ten minutes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../../.." && pwd)
bin=$top/build/release/bin rounds=3 seconds=0.5 only= minilm= onnx= python= root= json= threads=()
fail() { printf 'run.sh: %s\n' "$*" >&2; exit 1; }
say() { printf 'run.sh: %s\n' "$*" >&2; }

while [ $# -gt 0 ]; do
  case $1 in -h | --help) sed -n '5,20s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
  [ $# -ge 2 ] || { echo "run.sh: $1 needs a value, or is unknown (see --help)" >&2; exit 2; }
  case $1 in
    --minilm) minilm=$(cd "$2" && pwd) ;;
    --onnx) onnx=$(realpath "$2") ;;
    --threads) threads+=("$2") ;;
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --only) only=$2 ;;
    --bin) bin=$(cd "$2" && pwd) ;;
    --python) python=$2 ;;
    --root) root=$(realpath -m "$2") ;;
    --json) json=$(realpath -m "$2") ;;
    *) echo "run.sh: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift 2
done
for program in gemm_bench attention_bench model_bench long_models_bench longwave; do
  [ -x "$bin/$program" ] || fail "$bin/$program is not built"
done
if [ ${#threads[@]} -eq 0 ]; then
  threads=(1)
  if [ "$(nproc)" -gt 1 ]; then threads+=("$(nproc)"); fi
fi

work=$(mktemp -d)
own_root=
mounted=() # into $root, by this run
copied=    # the folder in $root that this run made
peer_pid=
finish() {
  if [ -n "$peer_pid" ]; then kill "$peer_pid" 2>/dev/null || true; fi
  if [ -n "$copied" ]; then rm -rf "$copied"; fi
  if [ ${#mounted[@]} -gt 0 ]; then
    "$here/newer_root.sh" --unmount "$root" "${mounted[@]}" || return 0 # never remove what is still mounted
  fi
  if [ -n "$own_root" ]; then rm -rf --one-file-system "$own_root"; fi
  rm -rf "$work"
}
trap finish EXIT

# --- the peers' Python ---------------------------------------------------------------------------------------------

files=$here # where the peers' Python finds its programs and models
runner=()
if [ -n "$python" ]; then
  runner=("$python")
elif [ -z "$root" ] && command -v python3 >/dev/null && python3 -m venv "$work/venv" >/dev/null 2>&1 &&
  timeout 1800 "$work/venv/bin/pip" install --quiet --retries 1 --timeout 10 numpy onnxruntime torch \
    transformers --extra-index-url https://download.pytorch.org/whl/cpu >"$work/pip.log" 2>&1; then
  say "PyTorch, transformers and ONNX Runtime from PyPI"
  runner=("$work/venv/bin/python")
else
  suite=forky
  if [ -z "$root" ]; then own_root=$(mktemp -d) && root=$own_root/root; fi
  "$here/newer_root.sh" --check "$root"
  if ! chroot "$root" python3 -c 'import numpy, onnxruntime, torch, transformers' 2>/dev/null; then
    [ -n "$own_root" ] && say "PyPI cannot be reached" || true
    say "making a root of Debian $suite in $root (some minutes)"
    # The reference BLAS that python3-torch would bring is an order of magnitude slower than OpenBLAS.
    "$here/newer_root.sh" "$suite" "$root" python3-torch python3-transformers python3-onnxruntime python3-numpy \
      libopenblas0-openmp
  fi
  names=$("$here/newer_root.sh" --mount "$root")
  read -r -d '' -a mounted <<<"$names" || true
  copied=$(mktemp -d "$root/peers.XXXXXX")
  cp "$here"/*.py "$copied/"
  runner=(chroot "$root" python3)
  files=/$(basename "$copied")
fi

# peer_file FILE: its path as the peers' Python sees it.
peer_file() {
  if [ "$files" = "$here" ]; then printf '%s' "$1"; return; fi
  cp "$1" "$copied/"
  printf '%s/%s' "$files" "$(basename "$1")"
}

# --- models and cases ----------------------------------------------------------------------------------------------

declare -A models=([int8]=$top/examples/models/minilm)
torch_arguments=() torch_types=()
if [ -n "$minilm" ]; then
  for type in f32 bf16; do
    mkdir -p "$work/$type"
    "$bin/longwave" convert "$minilm" "$work/$type/minilm" --weights "$type" >/dev/null
    models[$type]=$work/$type/minilm
    torch_types+=("$type")
  done
  torch_arguments=("$(peer_file "$minilm/model.safetensors")")
fi

torch_cases=() onnx_cases=()
for type in f32 bf16; do
  for shape in 4096x768x768 512x1536x384 16x768x768; do torch_cases+=("gemm $type $shape"); done
done
for type in f32 bf16; do
  for n in 1024 8192; do
    for pattern in full causal; do torch_cases+=("attention $type $pattern n=$n d=64"); done
  done
  torch_cases+=("attention $type full n=8192 d=32")
done
# Causal FAVOR+, 256 features, 12 heads of 64, the layer's whole work: features, state and quotient.
if [ -x "$bin/mechanism_bench" ]; then torch_cases+=("favor causal 64k"); fi
for type in "${torch_types[@]}"; do torch_cases+=("minilm $type 32x128" "minilm $type 1x16"); done
long_cases=()
for family in longformer big_bird; do long_cases+=("$family f32" "$family bf16"); done
if [ -n "$onnx" ]; then
  onnx_arguments=("$(peer_file "$onnx")")
  onnx_cases=("minilm int8 32x128" "minilm int8 1x16")
fi

# --- ours and theirs -----------------------------------------------------------------------------------------------

# ours NAME THREADS: our program's rows, as one line for each object of its list.
ours() {
  local words options=(--json --threads "$2" --seconds "$seconds")
  read -r -a words <<<"$1"
  case ${words[0]} in
    gemm) "$bin/gemm_bench" "${options[@]}" --type "${words[1]}" "${words[2]}" ;;
    attention) "$bin/attention_bench" "${options[@]}" "$1" ;;
    favor) "$bin/mechanism_bench" peers "${options[@]}" "$1" ;;
    minilm) "$bin/model_bench" "${options[@]}" --model "${models[${words[1]}]}" --only "$1" ;;
    longformer | big_bird) "$bin/long_models_bench" "${options[@]}" --only "$1" ;;
  esac | sed -n "s/^ *{\"name\": \"$1\",\(.*\)},\{0,1\}\]\{0,1\}\$/{\"who\": \"ours\", \"threads\": $2, \"name\": \"$1\",\1}/p"
}

# compare PROGRAM THREADS "ARGUMENTS" CASE...: starts the peer once, then alternates.
compare() {
  local program=$1 count=$2 arguments=$3 case round line cases=()
  shift 3
  for case in "$@"; do
    if [ -z "$only" ] || [ "${case/"$only"/}" != "$case" ]; then cases+=("$case"); fi
  done
  if [ ${#cases[@]} -eq 0 ]; then return; fi
  rm -f "$work/to" "$work/from" && mkfifo "$work/to" "$work/from"
  # shellcheck disable=SC2086 # arguments: none or one path
  "${runner[@]}" "$files/$program" "$count" "$seconds" $arguments <"$work/to" >"$work/from" 2>"$work/peer.log" &
  peer_pid=$!
  exec 3>"$work/to" 4<"$work/from"
  read -r line <&4 || { cat "$work/peer.log" >&2; fail "$program does not start"; }
  say "$count thread(s): $line"
  for case in "${cases[@]}"; do
    for ((round = 0; round < rounds; ++round)); do
      ours "$case" "$count" >>"$work/runs.jsonl"
      printf '%s\n' "$case" >&3
      read -r line <&4 || { cat "$work/peer.log" >&2; fail "$program ended in $case"; }
      printf '{"who": "peer", "threads": %s, %s\n' "$count" "${line#\{}" >>"$work/runs.jsonl"
      sleep 0.1 # its threads wait for more work for a moment
    done
    say "$case: done"
  done
  exec 3>&- 4<&-
  wait "$peer_pid" || true
  peer_pid=
}

touch "$work/runs.jsonl"
most=1
for count in "${threads[@]}"; do
  compare torch_peer.py "$count" "${torch_arguments[*]}" "${torch_cases[@]}"
  if [ -n "$onnx" ]; then compare onnx_peer.py "$count" "${onnx_arguments[*]}" "${onnx_cases[@]}"; fi
  if [ "$count" -gt "$most" ]; then most=$count; fi
done
if "${runner[@]}" -c 'import transformers' 2>/dev/null; then
  compare long_models_peer.py "$most" "" "${long_cases[@]}"
else
  say "no transformers here: whole long models are left out"
fi

if [ "$files" = "$here" ]; then
  "${runner[@]}" "$here/merge.py" "$work/runs.jsonl" ${json:+"$json"}
else
  cp "$work/runs.jsonl" "$copied/"
  "${runner[@]}" "$files/merge.py" "$files/runs.jsonl" "$files/table.json"
  if [ -n "$json" ]; then cp "$copied/table.json" "$json"; fi
fi
