#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: exchange.sh BUILD-FOLDER save|restore FOLDER
# Writes Java's snapshots, or goes on from every language's (tests/bindings/exchange.sh); after test.sh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$(cd "$1" && pwd)
library=$(ls "$build"/java/maven/dev/longwave/longwave/*/longwave-[0-9].[0-9].[0-9].jar)
exec java "-Dlongwave.source=$root" -cp "$library:$build/java/tests" dev.longwave.Exchange "$2" "$3"
