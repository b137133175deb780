#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: bench.sh [BUILD-FOLDER]     (after test.sh, which makes the program)
# What a call takes from Go, for bindings/bench/run.sh to compare with the same call from C.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
exec "${1:-$root/build/release}/go/bench"
