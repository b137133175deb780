#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [BUILD-FOLDER]     (default build/release, with the target longwave_cs)
# With a .NET SDK: packages the build, runs the tests against both DLLs, and the README's program outside the tree. With
# Mono alone (or with LONGWAVE_MONO=1): builds the .NET Standard sources with mcs and runs the tests. Prints a line `ok NAME`
# or `not ok NAME` for each test, and closes with `csharp: N passed, N failed`; ends with code 77 where there is neither.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
native=$build/lib/liblongwave_native.so
export LONGWAVE_SOURCE=$root DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
unset LONGWAVE_NATIVE

if [ "${LONGWAVE_MONO:-}" != 1 ] && command -v dotnet >/dev/null && [ -n "$(dotnet --list-sdks 2>/dev/null)" ]; then
  tool=dotnet
elif command -v mcs >/dev/null && command -v mono >/dev/null; then
  tool=mono
else
  echo "no .NET"
  exit 77
fi
[ -e "$native" ] || { echo "not ok csharp: no $native (target longwave_cs, which needs SWIG)"; exit 1; }

work=$(mktemp -d "${TMPDIR:-/tmp}/longwave csharp.XXXXXX")
log=$work/log
trap 'rm -rf "$work"' EXIT
: >"$log"

check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    echo "ok csharp: $name"
  else
    echo "not ok csharp: $name"
    sed 's/^/    /' <<<"$output" | tail -n 20
  fi | tee -a "$log"
}

run() { # NAME COMMAND...: a program that prints the lines itself
  local name=$1 code=0
  shift
  timeout 600 "$@" >"$work/run.log" 2>&1 </dev/null || code=$?
  if [ $code -ne 0 ] && ! grep -q '^not ok ' "$work/run.log"; then
    { tail -n 20 "$work/run.log" | sed 's/^/    /'; echo "not ok $name ended with code $code"; } >>"$work/run.log"
  fi
  grep -q '^ok ' "$work/run.log" || echo "not ok $name ran no test" >>"$work/run.log"
  tee -a "$log" <"$work/run.log"
}

with_dotnet() {
  local frameworks=(netstandard2.0 net8.0) framework
  check "packaging" bash "$here/package.sh" "$build"
  grep -q '^not ok' "$log" && return
  for framework in "${frameworks[@]}"; do
    local variant=Longwave.Tests.$framework spans=false
    if [ $framework = net8.0 ]; then spans=true; fi
    check "tests against the DLL for $framework build" dotnet build --nologo -v q -c Release "$here/Longwave.Tests" \
      -p:LongwaveBuild="$build/" -p:LongwaveVariant="$variant" -p:LongwaveHasSpans=$spans \
      -p:LongwaveDll="$build/csharp/bin/Longwave/Release/$framework/Longwave.dll"
    run "csharp $framework" dotnet "$build/csharp/bin/$variant/Release/Longwave.Tests.dll" "csharp $framework"
  done
  check "the packages hold what they must" complete
  check "a missing native library is explained" explains
  check "the README's programs run from the packages, outside the tree, with an empty cache" readme
}

complete() {
  local file name
  for file in "$build"/packages/nuget/*.nupkg; do
    unzip -Z1 "$file" >"$work/names"
    for name in LICENSE THIRD_PARTY_NOTICES.md README.md; do
      grep -qx "$name" "$work/names" || { echo "$file has no $name"; return 1; }
    done
    case $file in
      *Longwave.MiniLM.*) set -- lib/netstandard2.0/Longwave.MiniLM.{dll,xml} ;;
      *) set -- lib/{netstandard2.0,net8.0}/Longwave.{dll,xml} "runtimes/linux-.*/native/liblongwave_native.so" ;;
    esac
    for name in "$@"; do grep -qx "$name" "$work/names" || { echo "$file has no $name"; return 1; }; done
  done
}

explains() {
  local program=$build/csharp/bin/Longwave.Tests.net8.0/Release output
  cp -r "$program" "$work/broken" && rm "$work/broken/liblongwave_native.so"
  output=$(dotnet "$work/broken/Longwave.Tests.dll" x "The library has a version" 2>&1)
  grep -q "could not be loaded" <<<"$output" && grep -q "no such file" <<<"$output" || { echo "$output"; return 1; }
  echo damaged >"$work/damaged.so"
  output=$(LONGWAVE_NATIVE=$work/damaged.so dotnet "$work/broken/Longwave.Tests.dll" x "The library has a version" 2>&1)
  grep -q "damaged.so: " <<<"$output" || { echo "$output"; return 1; }
  LONGWAVE_NATIVE=$native dotnet "$work/broken/Longwave.Tests.dll" x "The library has a version"
}

program() { # NUMBER: the README's first program, or its second
  awk -v wanted="$1" '/^```csharp$/ { inside = ++number == wanted; next } /^```/ { inside = 0 } inside' "$here/README.md"
}

# As a new user tries it.
readme() {
  export NUGET_PACKAGES=$work/cache
  (
    cd "$work" || exit 1
    # The package's folder is the only source: nothing else may be needed.
    printf '<configuration><packageSources><clear /><add key="here" value="%s" /></packageSources></configuration>\n' \
      "$build/packages/nuget" >nuget.config
    dotnet new console -o app && cd app &&
      dotnet add package Longwave.MiniLM --source "$build/packages/nuget" || exit 1
    program 1 >Program.cs
    dotnet run "$root/examples/text/handbook.txt" >output || { cat output; exit 1; }
    cat output
    [ "$(wc -l <output)" -eq 3 ] && ! grep -qvE '^0\.[0-9]{3}  bytes [0-9]+ to [0-9]+$' output || exit 1
    program 2 >Program.cs
    dotnet run "$root/tests/data/models/tiny/gpt2-base" "$root/examples/text/handbook.txt" >output || { cat output; exit 1; }
    cat output
    grep -qE '^[0-9]+\.[0-9]{3} bits per byte; least likely: bytes [0-9]+ to [0-9]+$' output
  )
}

with_mono() {
  local out=$build/csharp/mono generated=$build/bindings/csharp/generated
  rm -rf "$out" && mkdir -p "$out"
  printf 'using System.Runtime.CompilerServices;\n[assembly: InternalsVisibleTo("Longwave.Tests")]\n' >"$work/friend.cs"
  check "Mono builds the library in C# 7.2" mcs -langversion:7.2 -unsafe -target:library -nologo -out:"$out/Longwave.dll" \
    "$work/friend.cs" "$here"/Longwave/*.cs "$generated"/*.cs
  check "Mono builds the tests" mcs -langversion:7.2 -unsafe -nologo -out:"$out/Longwave.Tests.exe" \
    -r:"$out/Longwave.dll" -r:System.Core.dll "$here"/Longwave.Tests/*.cs
  cp "$native" "$out/"
  run "csharp mono" mono "$out/Longwave.Tests.exe" "csharp mono"
}

with_$tool
passed=$(grep -c '^ok ' "$log") failed=$(grep -c '^not ok ' "$log")
echo "csharp: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
