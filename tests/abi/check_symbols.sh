#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: check_symbols.sh BUILD-FOLDER [--update]
# What liblongwave.so and liblongwave.a export is exactly tests/abi/exported_symbols.txt, and the shared library needs
# nothing but the C and C++ runtime. --update rewrites the list: only for a function that was added on purpose.
set -euo pipefail
build=$1 update=${2:-}
list=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/exported_symbols.txt
shared=$build/lib/liblongwave.so archive=$build/lib/liblongwave.a
failures=0
complain() { echo "$*"; failures=$((failures + 1)); }

exported() { nm "$@" --defined-only --format=posix 2>/dev/null | awk 'NF >= 3 && $2 != "A" && $2 ~ /[A-Zu]/ {sub(/@.*/, "", $1); print $1}' | LC_ALL=C sort -u; }

if [ "$update" = --update ]; then
  exported -D "$shared" >"$list"
  echo "wrote $list"
fi
diff -u "$list" <(exported -D "$shared") || complain "$shared exports something else than tests/abi/exported_symbols.txt"
[ ! -e "$archive" ] || diff -u "$list" <(exported "$archive") || complain "$archive exports something else"

needed=$(readelf -d "$shared" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
if grep -vxE 'libc\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libstdc\+\+\.so\.6|ld-linux.*\.so\.[0-9]+' <<<"$needed"; then
  complain "$shared needs more than the C and C++ runtime"
fi
readelf -d "$shared" | grep -q 'SONAME.*\[liblongwave\.so\.[0-9]*\]' || complain "$shared has no versioned soname"
exit $((failures > 0))
