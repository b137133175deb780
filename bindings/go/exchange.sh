#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: exchange.sh BUILD-FOLDER save|restore FOLDER     (after test.sh, which makes the program)
# Snapshots for other languages, and from them: tests/bindings/exchange.sh.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
exec "$1/go/exchange" "$2" "$root" "$3"
