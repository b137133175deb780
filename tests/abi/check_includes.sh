#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# A folder includes only what the architecture lets it: one line per folder below. Prints each include that breaks it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# allow FOLDER PREFIX...: an include of something with a slash must begin with one of the prefixes. C and C++ standard
# headers have no slash (or are sys/) and are free, except in the public header, which check_headers.sh looks after.
failures=0
allow() {
  local folder=$1 file line include prefix ok
  shift
  [ -d "$folder" ] || return 0
  while IFS= read -r file; do
    while IFS=: read -r line include; do
      ok=false
      for prefix in sys/ "$@"; do [[ $include == "$prefix"* ]] && ok=true; done
      [[ $include == */* ]] || ok=true
      # A header beside the including file goes by its name alone only outside src.
      if [[ $folder == src/* && $include != */* && -e $(dirname "$file")/$include ]]; then ok=false; fi
      if ! $ok; then
        echo "$file:$line: $folder may not include $include"
        failures=$((failures + 1))
      fi
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]' "$file" \
      | sed -E 's/^([0-9]+):[^<"]*[<"]([^>"]*)[>"].*/\1:\2/')
  done < <(find "$folder" -type f \( -name '*.h' -o -name '*.cc' -o -name '*.c' \) | sort)
}

allow src/base base/ absl/
allow src/simd simd/ hwy/
allow src/kernels kernels/ simd/ base/ absl/ hwy/foreach_target.h
allow src/memory memory/ base/ absl/
allow src/attention attention/ kernels/ memory/ base/ absl/
allow src/tokenizer tokenizer/ base/ absl/ nlohmann/ utf8proc.h pcre2.h
allow src/model model/ attention/ kernels/ memory/ base/ absl/ nlohmann/
allow src/stream stream/ model/ tokenizer/ memory/ kernels/ base/ absl/ nlohmann/
allow c_api longwave/ stream/ model/ tokenizer/ attention/ memory/ kernels/ simd/ base/ absl/
allow bindings longwave/ swig/
allow examples longwave/ CLI/ nlohmann/ cli/
allow tests/reference reference/ nlohmann/
exit $((failures > 0))
