#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: exchange.sh BUILD-FOLDER LANGUAGE...     (java csharp go, those whose tests ran)
# Every language saves a stream and a scorer in the middle of a document, a generator in the middle of a turn and a layer's
# memory in the middle of a sequence, and every language goes on from all of them: the same bytes must come.
# bindings/LANGUAGE/exchange.sh does it for one.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../bindings" && pwd)
build=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
for language in "$@"; do
  if bash "$here/$language/exchange.sh" "$build" save "$folder"; then
    echo "ok $language saves its snapshots"
  else
    echo "not ok $language saves its snapshots"
    failures=1
  fi
done
for language in "$@"; do
  bash "$here/$language/exchange.sh" "$build" restore "$folder" || failures=1
done
# All of them read the same text and rows with the same options, so what they expect is the same as well.
for kind in stream memory generator scorer; do
  if [ "$(sha256sum "$folder"/*."$kind".expected | cut -d' ' -f1 | sort -u | wc -l)" -eq 1 ]; then
    echo "ok all languages give the same bytes after a $kind's snapshot"
  else
    echo "not ok all languages give the same bytes after a $kind's snapshot"
    failures=1
  fi
done
exit $failures
