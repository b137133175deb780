#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: run.sh LANGUAGE [BUILD-FOLDER] [RUNS]     (java, csharp or go; default build/release and 30)
# What a call from a language adds to the same call from C: runs the two programs in turns (bindings/bench/calls.c and
# bindings/LANGUAGE/bench.sh) and prints the medians of what C takes and of the differences.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
language=$1 runs=${3:-30}
build=$(cd "${2:-$root/build/release}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${CC:-cc}" -std=c99 -O2 -I"$root/c_api/include" -o "$work/calls" "$here/calls.c" -L"$build/lib" -llongwave "-Wl,-rpath,$build/lib"
for ((i = 0; i < runs; ++i)); do
  { "$work/calls" && bash "$root/bindings/$language/bench.sh" "$build"; } | awk '{print $1, $2}' >"$work/run"
  awk '{a[$1] = $1 in a ? a[$1] " " $2 : $2} END {for (n in a) print n, a[n]}' "$work/run" >>"$work/all"
done
median() { sort -g | awk '{a[NR] = $1} END {print NR % 2 ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2}'; }
# Lines of calls.c come once, those of a language may come in several ways of calling: NAME, NAME-way.
for name in $(cut -d' ' -f1 "$work/all" | sort -u); do
  case $name in *-*) base=${name%%-*} ;; *) continue ;; esac
  paste -d' ' <(grep "^$base " "$work/all") <(grep "^$name " "$work/all") >"$work/pairs"
  printf '%s %-14s C %10.1f ns, and %8.1f ns more (median of %d runs)\n' "$language" "$name" \
    "$(awk '{print $2}' "$work/pairs" | median)" "$(awk '{print $4 - $2}' "$work/pairs" | median)" "$(wc -l <"$work/pairs")"
done
