#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: check_native.sh LIBRARY PREFIX
# A language's library exports functions that begin with PREFIX alone, needs nothing but libc, libm and libgcc_s, and
# runs on any machine with glibc 2.34 (Ubuntu 22.04, RHEL 9) or newer, whatever its C++ runtime.
set -euo pipefail
library=$1 prefix=$2
newest=2.34
failures=0
complain() { echo "$library $*"; failures=$((failures + 1)); }

symbols=$(nm -D --defined-only --format=posix "$library" | awk '$2 != "A" {print $1}')
[ -n "$symbols" ] || complain "exports nothing"
if grep -v "^$prefix" <<<"$symbols"; then complain "exports more than $prefix..."; fi

needed=$(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
if grep -vxE 'libc\.so\.6|libm\.so\.6|libgcc_s\.so\.1|ld-linux.*\.so\.[0-9]+' <<<"$needed"; then
  complain "needs more than libc, libm and libgcc_s"
fi

wanted=$(objdump -T "$library" | grep -oE '\((GLIBC|GLIBCXX|CXXABI|GCC)_[0-9.]+\)' | tr -d '()' | sort -uV)
if grep -E '^(GLIBCXX|CXXABI)_' <<<"$wanted"; then complain "takes the C++ runtime from outside"; fi
highest=$(sed -n 's/^GLIBC_//p' <<<"$wanted" | sort -V | tail -n 1)
echo "$library needs glibc $highest"
if [ "$(printf '%s\n' "$highest" "$newest" | sort -V | tail -n 1)" != "$newest" ]; then
  objdump -T "$library" | grep -F "GLIBC_$highest"
  complain "needs glibc $highest, newer than $newest"
fi
exit $((failures > 0))
