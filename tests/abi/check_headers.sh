#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Each public header compiles alone as strict C99 and as C++, includes only stddef.h and stdint.h (and its siblings), and
# uses none of the types that bindings and compilers disagree on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
include=c_api/include
failures=0
complain() { echo "$*"; failures=$((failures + 1)); }

c_warnings=(-Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wundef -Werror -pedantic-errors)
cxx_warnings=(-Wall -Wextra -Wconversion -Wundef -Werror -pedantic-errors)
count=0
for header in "$include"/longwave/*.h; do
  [ -e "$header" ] || { complain "no public header in $include/longwave"; break; }
  count=$((count + 1))
  name=longwave/$(basename "$header")
  for compiler in gcc clang; do
    command -v "$compiler" >/dev/null || continue
    printf '#include "%s"\n' "$name" | "$compiler" -x c -std=c99 "${c_warnings[@]}" -I"$include" -fsyntax-only - \
      || complain "$name: not strict C99 for $compiler"
  done
  for compiler in g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    for standard in c++11 c++20; do
      printf '#include "%s"\n#include "%s"\n' "$name" "$name" \
        | "$compiler" -x c++ -std=$standard "${cxx_warnings[@]}" -I"$include" -fsyntax-only - \
        || complain "$name: not $standard for $compiler"
    done
  done
  if sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*//p' "$header" \
    | grep -vxE '<(stddef|stdint)\.h>|"longwave/[a-z_]+\.h"'; then
    complain "$name: includes more than stddef.h and stdint.h"
  fi
  # Comments are removed first; -dD keeps the definitions of macros.
  if gcc -fpreprocessed -dD -E -P -x c "$header" 2>/dev/null \
    | grep -nwE '_Bool|bool|enum|long|FILE|size_t|uint64_t|inline|static|va_list|_Float16|__bf16|wchar_t|\.\.\.'; then
    complain "$name: uses a type or a form that the C API rules out"
  fi
done
echo "$count headers, $failures complaints"
exit $((failures > 0))
