#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: bench.sh [BUILD-FOLDER]: what calls take from Java, for bindings/bench/run.sh; after package.sh.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(cd "${1:-$here/../../build/release}" && pwd)
library=$(ls "$build"/java/maven/dev/longwave/longwave/*/longwave-[0-9].[0-9].[0-9].jar)
classes=$build/java/bench
if [ ! "$classes/Calls.class" -nt "$here/bench/Calls.java" ]; then
  mkdir -p "$classes"
  javac --release 11 -cp "$library" -d "$classes" "$here/bench/Calls.java"
fi
exec java -cp "$library:$classes" Calls
