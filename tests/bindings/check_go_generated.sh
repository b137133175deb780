#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# The code that bindings/go/generate.sh makes is what is committed. Another version of SWIG writes other files, so that is
# said and nothing is compared.
set -euo pipefail
go=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../bindings/go" && pwd)
swig=$(command -v swig || command -v swig4.0) || { echo "no SWIG is installed; nothing was compared"; exit 0; }
made=$(sed -n 's/^ \* Version \([0-9.]*\)$/\1/p' "$go/internal/lwswig/lwswig.go")
here=$("$swig" -version | sed -n 's/^SWIG Version //p')
if [ "$made" != "$here" ]; then
  echo "SWIG $here is installed, SWIG $made made what is committed; nothing was compared"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash "$go/generate.sh" "$work"
failed=0
for file in "$work"/*; do
  cmp "$file" "$go/internal/lwswig/${file##*/}" || failed=1
done
[ $failed -eq 0 ] || { echo "run bindings/go/generate.sh and commit what it makes"; exit 1; }
echo "SWIG $here makes what is committed"
