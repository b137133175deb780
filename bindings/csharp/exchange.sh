#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: exchange.sh BUILD-FOLDER save|restore FOLDER
# Writes C#'s snapshots, or goes on from every language's (tests/bindings/exchange.sh); after test.sh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "$1" && pwd)
export LONGWAVE_SOURCE=$root
program=$build/csharp/bin/Longwave.Tests.net8.0/Release/Longwave.Tests.dll
if [ -e "$program" ]; then exec dotnet "$program" "$2" "$3"; fi
exec mono "$build/csharp/mono/Longwave.Tests.exe" "$2" "$3"
