#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: cli_test.sh BIN-FOLDER [PART...]
# The command-line tool as its users meet it. Prints `ok NAME` or `not ok NAME` for each test, with what went wrong
# indented below, and ends with an error if any failed. PART: some of the *_part.sh beside this file, by their names.
# bash, coreutils, sed, grep and awk are enough, on Debian's mawk as well.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$(cd "${1:?usage: cli_test.sh BIN-FOLDER [PART...]}" && pwd) || exit 2
shift
lw=$bin/longwave
[ -x "$lw" ] || { echo "not ok $lw is there"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
exec </dev/null

tiny=$root/tests/data/models/tiny
. "$here/checks.sh"
. "$here/fixtures.sh"

[ $# -gt 0 ] || set -- embed lines npy reading passages search snapshot convert convert_long info attention tasks bad_input bad_model memory usage
for part in "$@"; do
  . "$here/${part}_part.sh"
  end_test
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
