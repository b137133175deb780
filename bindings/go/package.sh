#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: package.sh [BUILD-FOLDER]     (default build/release)
# Makes Go modules from a build (target longwave_archive), in BUILD-FOLDER/go:
#   longwave  the module longwave.dev/longwave with the library inside, for a replace directive
#   minilm    the module longwave.dev/longwave/minilm, the default model
#   proxy     both as a module proxy's files: zip, mod and info, for GOPROXY=file://...
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
version=v$(sed -n 's/^project(Longwave VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
archive=$build/lib/liblongwave.a
[ -e "$archive" ] || { echo "package.sh: no $archive; build the target longwave_archive first" >&2; exit 1; }
case $(uname -m) in x86_64) machine=amd64 ;; aarch64 | arm64) machine=arm64 ;; *) machine=$(uname -m) ;; esac
[ -d "$here/lib/linux_$machine" ] || { echo "package.sh: the module knows no linux_$machine" >&2; exit 1; }

out=$build/go
rm -rf "$out"
mkdir -p "$out/longwave" "$out/minilm"
notices() { cp "$root/LICENSE" "$root/THIRD_PARTY_NOTICES.md" "$1"; }

(cd "$here" && tar cf - --exclude=./minilm --exclude='*.sh' --exclude=.gitignore --exclude='*.a' .) | tar xf - -C "$out/longwave"
cp "$archive" "$out/longwave/lib/linux_$machine/"
notices "$out/longwave"
cp "$here/minilm/go.mod" "$here/minilm/minilm.go" "$out/minilm/"
mkdir "$out/minilm/minilm"
cp -r "$root/examples/models/minilm/." "$out/minilm/minilm/"
notices "$out/minilm"

# A module's zip has its path and version before every name.
publish() { # MODULE FOLDER
  local files=$out/proxy/$1/@v stage=$out/stage
  mkdir -p "$files" "$stage/$1@$version"
  cp -r "$2/." "$stage/$1@$version/"
  (cd "$stage" && cmake -E tar cf "$files/$version.zip" --format=zip "--mtime=1980-01-02 00:00:00 UTC" -- $(find . -type f -printf '%P\n' | LC_ALL=C sort))
  cp "$2/go.mod" "$files/$version.mod"
  printf '{"Version":"%s","Time":"1980-01-02T00:00:00Z"}\n' "$version" >"$files/$version.info"
  echo "$version" >"$files/list"
  rm -rf "$stage"
}
publish longwave.dev/longwave "$out/longwave"
publish longwave.dev/longwave/minilm "$out/minilm"
(cd "$out" && find . -name '*.zip' -o -name go.mod | LC_ALL=C sort)
