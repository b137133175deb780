#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: package.sh [BUILD-FOLDER]     (default build/release)
# Makes the NuGet packages from a build (cmake --build, target longwave_cs): BUILD-FOLDER/packages/nuget.
#   Longwave         the classes, for .NET Standard 2.0 and .NET 8 and newer, and the native library
#   Longwave.MiniLM  the default model
# Needs a .NET SDK.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
version=$(sed -n 's/^project(Longwave VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
native=$build/lib/liblongwave_native.so
[ -e "$native" ] || { echo "package.sh: no $native; build the target longwave_cs first (it needs SWIG)" >&2; exit 1; }
case $(uname -m) in
  x86_64) machine=x64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) machine=$(uname -m) ;;
esac
rid=linux-$machine
if ldd --version 2>&1 | grep -qi musl; then rid=linux-musl-$machine; fi

rm -rf "$build/packages/nuget"
for project in Longwave Longwave.MiniLM; do
  dotnet pack "$here/$project/$project.csproj" --nologo -v q -c Release \
    -p:LongwaveBuild="$build/" -p:LongwaveVersion="$version" -p:LongwaveRid="$rid"
done
(cd "$build" && find packages/nuget -name '*.nupkg' | LC_ALL=C sort)
