# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# What the tests are written with: a test begins at `a_test NAME` and ends where the next one begins; every check that
# fails adds a line of reasons, and the test goes on, so that one run shows all that is wrong.

passed=0 failed=0
name= problems=

a_test() {
  end_test
  name=$1 problems=
}

end_test() {
  [ -n "$name" ] || return 0
  if [ -z "$problems" ]; then
    passed=$((passed + 1))
    printf 'ok %s\n' "$name"
  else
    failed=$((failed + 1))
    printf 'not ok %s\n%s' "$name" "$problems"
  fi
  name=
}

fail() { problems+="      $1"$'\n'; }

# run ARGUMENT...: the tool, with its results in the files out and err and its exit code in $code.
run() {
  command_line="longwave $*"
  code=0
  timeout 120 "$lw" "$@" >out 2>err || code=$?
}

# Runs the tool and wants success in silence: what every test needs that is about something else.
ok() {
  run "$@"
  exits 0
  is_silent
}

exits() { [ "$code" -eq "$1" ] || fail "$command_line: exit code $code instead of $1; it says: $(head -c 300 err)"; }
is_silent() { [ ! -s err ] || fail "$command_line: standard error should be empty: $(head -c 300 err)"; }
prints_nothing() { [ ! -s out ] || fail "$command_line: standard output should be empty: $(head -c 300 out)"; }

# says WORD...: standard error is one line of the tool's own and holds each of the words.
says() {
  [ "$(wc -l <err)" -eq 1 ] && [ "$(head -c 10 err)" = "longwave: " ] ||
    fail "$command_line: expected one line beginning with 'longwave: ', got: $(head -c 400 err)"
  local word
  for word in "$@"; do
    grep -qF -- "$word" err || fail "$command_line: expected '$word' in: $(head -c 400 err)"
  done
}

# refuses CODE WORD...: the last run ended with CODE and one line that holds the words.
refuses() {
  exits "$1"
  shift
  says "$@"
}

equal() { [ "$2" = "$3" ] || fail "$1: expected '$(head -c 300 <<<"$3")', got '$(head -c 300 <<<"$2")'"; }
same_bytes() { cmp -s "$2" "$3" || fail "$1: $(cmp "$2" "$3" 2>&1)"; }
holds() { grep -qE -- "$2" "$1" || fail "$command_line: expected /$2/ in: $(head -c 600 "$1")"; }
lines() { wc -l <"$1"; }

# The raw JSON values of a field of the tool's own lines, one a line of the file: values FIELD FILE.
values() { sed -nE 's/.*[{ ]"'"$1"'": ("([^"\\]|\\.)*"|\[[^]]*\]|[^],}]*)[,}].*/\1/p' "$2"; }

# The fields of each line in their order, with blanks between.
fields() { sed -E 's/\[[^]]*\]/0/g; s/: "([^"\\]|\\.)*"/: 0/g; s/"([a-z_]*)": 0*[^,}]*/\1/g; s/[{},]//g' "$1"; }

# Byte ranges as begin-end, joined by blanks; token ranges likewise.
byte_ranges() { paste -d- <(values byte_begin "$1") <(values byte_end "$1") | paste -sd' '; }
token_ranges() { paste -d- <(values token_begin "$1") <(values token_end "$1") | paste -sd' '; }

# part FILE BEGIN END: these bytes of it.
part() { head -c "$3" "$1" | tail -c +$(($2 + 1)); }

# close_to NAME A B TOLERANCE: two vectors as JSON arrays.
close_to() {
  awk -v a="$2" -v b="$3" -v most="$4" 'BEGIN {
    gsub(/[][]/, "", a); gsub(/[][]/, "", b)
    n = split(a, x, ","); m = split(b, y, ",")
    if (n != m || n == 0) exit 1
    for (i = 1; i <= n; ++i) { d = x[i] - y[i]; if (d > most || -d > most) exit 1 }
  }' || fail "$1: vectors differ by more than $4: $(head -c 60 <<<"$2")... and $(head -c 60 <<<"$3")..."
}

# Where a wrong option is only seen with the model, both exit codes are right.
exits_not_ok_with() {
  [ "$code" -eq 1 ] || [ "$code" -eq 2 ] || fail "$command_line: exit code $code"
  says "$@"
}
