#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: check_install.sh BUILD-FOLDER
# Installs, moves the installed tree elsewhere, and builds and runs a C program with it in four ways: CMake package and
# pkg-config, shared and static (the last fully static, where only the archive is left). The installed tool must start.
set -euo pipefail
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc}

cmake --install "$build" --prefix "$work/first" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
mv "$work/first" "$work/prefix"
prefix=$work/prefix
if grep -rIl "$work/first\|$build" "$prefix"; then
  echo "an installed text file names the build folder or the first prefix"
  exit 1
fi
model=()
if [ -e "$prefix/share/longwave/models/minilm/config.json" ]; then model=("$prefix/share/longwave/models/minilm"); fi
expected=

try() { # NAME PROGRAM: all four must print the same
  local output
  output=$("$2" "${model[@]}") || { echo "$1: exit code $?"; exit 1; }
  echo "$1: $output"
  [ -z "$expected" ] || [ "$output" = "$expected" ] || { echo "$1 printed something else"; exit 1; }
  expected=$output
}

cmake -S "$here/consumer" -B "$work/consumer" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc"
cmake --build "$work/consumer"
try "CMake, shared" "$work/consumer/consumer_shared"
try "CMake, static" "$work/consumer/consumer_static"

libdir=$(dirname "$(dirname "$(find "$prefix" -name longwave.pc)")")
export PKG_CONFIG_PATH=$libdir/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs longwave)"
"$cc" -std=c99 -o "$work/shared" "$here/consumer/consumer.c" "${flags[@]}" -Wl,-rpath,"$libdir"
try "pkg-config, shared" "$work/shared"
rm "$libdir"/liblongwave.so*
read -ra flags <<<"$(pkg-config --static --cflags --libs longwave)"
"$cc" -std=c99 -static -o "$work/static" "$here/consumer/consumer.c" "${flags[@]}"
try "pkg-config, static" "$work/static"

if [ -e "$build/bin/longwave" ]; then
  cmake --install "$build" --prefix "$prefix" >/dev/null
  "$prefix/bin/longwave" --help >/dev/null
  echo "bin/longwave starts"
fi
