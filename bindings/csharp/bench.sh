#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: bench.sh [BUILD-FOLDER [paired]]: what calls take from C#, for bindings/bench/run.sh; after package.sh.
# paired: the large call by C and by C# in turns in one process, since two processes differ by more than the call adds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${1:-$here/../../build/release}" && pwd)
program=$build/csharp/bin/bench/Release/bench.dll
if [ ! "$program" -nt "$here/bench/Paired.cs" ] || [ ! "$program" -nt "$here/bench/Calls.cs" ] || [ ! "$program" -nt "$build/lib/liblongwave_native.so" ]; then
  dotnet build --nologo -v q -c Release "$here/bench" -p:LongwaveBuild="$build/" >&2
  touch "$program"
fi
if [ "${2:-}" = paired ]; then exec dotnet "$program" "$build/lib/liblongwave.so"; fi
exec dotnet "$program"
