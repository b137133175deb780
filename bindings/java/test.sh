#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: test.sh [BUILD-FOLDER]     (default build/release)
# Packages a build (target longwave_jni) and tests the jars: the JUnit tests, once more under -Xcheck:jni, the loader, and
# the README's program outside the tree. Prints a line `ok NAME` or `not ok NAME` for each test; ends with code 77 where the
# tools are missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
junit=/usr/share/java/junit-platform-console-standalone.jar
if ! command -v javac >/dev/null; then echo "no JDK"; exit 77; fi
if ! command -v swig >/dev/null; then echo "no SWIG"; exit 77; fi
if [ ! -e "$junit" ]; then echo "no JUnit (Debian's package junit5)"; exit 77; fi

failures=0
check() { # NAME COMMAND...
  local name=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    echo "ok $name"
  else
    echo "not ok $name"
    sed 's/^/    /' <<<"$output" | head -n 20
    failures=$((failures + 1))
  fi
}

# Outside the tree, and with a space in its name: nothing may depend on where it lies.
work=$(mktemp -d "${TMPDIR:-/tmp}/longwave java.XXXXXX")
trap 'rm -rf "$work"' EXIT
check "packaging" bash "$here/package.sh" "$build"
[ $failures -eq 0 ] || exit 1
mkdir "$work/lib"
cp "$build"/java/maven/dev/longwave/longwave/*/longwave-[0-9].[0-9].[0-9].jar "$work/lib/longwave.jar"
cp "$build"/java/maven/dev/longwave/longwave-minilm/*/longwave-minilm-[0-9].[0-9].[0-9].jar "$work/lib/minilm.jar"
library=$work/lib/longwave.jar
classes=$build/java/tests
rm -rf "$classes"
mkdir -p "$classes"
unset JAVA_TOOL_OPTIONS
java=(java "-Djava.io.tmpdir=$work" "-Dlongwave.source=$root" -Xmx1g)

# --- the tests ------------------------------------------------------------------------------------------------------

javac --release 11 -Xlint:all -Werror -encoding UTF-8 -cp "$library:$junit" -d "$classes" "$here"/src/test/java/dev/longwave/*.java
run_tests() { # NAME JAVA-OPTION...; its output is shown as it is
  local name=$1
  shift
  "${java[@]}" "$@" -cp "$classes:$library:$junit" dev.longwave.RunTests "$name" >"$work/tests.log" 2>&1 </dev/null || failures=$((failures + 1))
  cat "$work/tests.log"
}
run_tests java
run_tests "java -Xcheck:jni" -Xcheck:jni >"$work/checked.log"
grep -v '^ok ' "$work/checked.log" | grep -A 12 '^not ok ' || true
no_warning() { ! grep -nE '^(WARNING|Warning|FATAL ERROR) ?(in native|:)' "$work/checked.log"; }
check "java: -Xcheck:jni runs $(grep -c '^ok ' "$work/checked.log") tests without a warning" no_warning

# --- the jars -------------------------------------------------------------------------------------------------------

complete() { # JAR NAME...: what it must hold
  local jar=$1 names name
  shift
  names=$(unzip -Z1 "$jar" 2>/dev/null || jar tf "$jar")
  for name in "$@"; do grep -qx "$name" <<<"$names" || { echo "$jar has no $name"; return 1; }; done
}
for artifact in longwave longwave-minilm; do
  base=$(ls "$build"/java/maven/dev/longwave/$artifact/*/$artifact-*.pom)
  for kind in "" -sources -javadoc; do
    check "java: $artifact$kind.jar has its licences" complete "${base%.pom}$kind.jar" META-INF/LICENSE META-INF/THIRD_PARTY_NOTICES.md
  done
  check "java: $artifact.jar has its pom" complete "${base%.pom}.jar" "META-INF/maven/dev.longwave/$artifact/pom.xml"
done
module_of() { jar --describe-module --file "$1" | grep -q "^$2@\|^$2 "; }
check "java: a module by name" module_of "$library" dev.longwave
check "java: the model is a module by name" module_of "$work/lib/minilm.jar" dev.longwave.minilm

# --- the loader -----------------------------------------------------------------------------------------------------

cat >"$work/Version.java" <<'JAVA'
public class Version {
  public static void main(String[] args) {
    try {
      System.out.println(dev.longwave.Longwave.version());
    } catch (UnsatisfiedLinkError error) {
      System.out.println(error.getMessage());
      System.exit(3);
    }
  }
}
JAVA
javac -cp "$library" -d "$work" "$work/Version.java"
version() { java "$@" -cp "$work:$library" Version; }
first_and_second_start() {
  local folder="$work/a folder" before
  mkdir -p "$folder"
  version "-Dlongwave.native.dir=$folder" || return 1
  before=$(find "$folder" -name '*.so' -printf '%p %i %T@\n')
  version "-Dlongwave.native.dir=$folder" || return 1
  [ "$before" = "$(find "$folder" -name '*.so' -printf '%p %i %T@\n')" ] || { echo "copied again"; return 1; }
  [ "$(find "$folder" -type f | wc -l)" -eq 1 ] || { find "$folder"; return 1; }
}
check "java: the second start uses the first one's copy, also in a folder with a space" first_and_second_start
damaged_copy() {
  local folder="$work/damaged"
  mkdir -p "$folder"
  version "-Dlongwave.native.dir=$folder" && find "$folder" -name '*.so' -exec sh -c 'echo damaged >"$1"' sh {} \; &&
    version "-Dlongwave.native.dir=$folder"
}
check "java: a damaged copy is replaced" damaged_copy
others_may_write() {
  local folder="$work/shared"
  mkdir -p "$folder"
  version "-Dlongwave.native.dir=$folder" && chmod 777 "$folder"/longwave-* && version "-Dlongwave.native.dir=$folder" || return 1
  [ "$(find "$folder" -name '*.so' | wc -l)" -eq 2 ] || { find "$folder"; return 1; }
}
check "java: a folder that others may write to is not used" others_may_write
explains() { # WORDS JAVA-OPTION...
  local words=$1 output
  shift
  if output=$(version "$@"); then echo "it started: $output"; return 1; fi
  grep -qF "$words" <<<"$output" || { echo "$output"; return 1; }
}
check "java: a missing file is explained" explains "named by -Dlongwave.native.path" "-Dlongwave.native.path=$work/none.so"
check "java: an unwritable folder is explained" explains "name a folder with -Dlongwave.native.dir" -Dlongwave.native.dir=/proc/none
# A mount of our own, in a name space of its own; only root may make one.
if unshare -m true 2>/dev/null && mkdir "$work/noexec" &&
  unshare -m mount -t tmpfs -o noexec none "$work/noexec" 2>/dev/null; then
  noexec() {
    unshare -m sh -c 'mount -t tmpfs -o noexec none "$1" && shift && exec "$@"' sh "$work/noexec" \
      java "-Dlongwave.native.dir=$work/noexec" -cp "$work:$library" Version >"$work/noexec.log" 2>&1 && return 1
    cat "$work/noexec.log"
    grep -qF "mounted noexec" "$work/noexec.log"
  }
  check "java: a folder that is mounted noexec is explained" noexec
fi

# --- the README, as a new user tries it ---------------------------------------------------------------------------------

program() { # NUMBER: the README's first program, or its second
  awk -v wanted="$1" '/^```java$/ { inside = ++number == wanted; next } /^```/ { inside = 0 } inside' "$here/README.md"
}
program 1 >"$work/App.java"
program 2 >"$work/Text.java"
readme() {
  cp "$root/examples/text/handbook.txt" "$work/report.txt"
  local output
  output=$(cd "$work" && java -cp "lib/*" App.java report.txt) || { echo "$output"; return 1; }
  echo "$output"
  [ "$(wc -l <<<"$output")" -eq 3 ] && grep -qE '^0\.[0-9]{3}  bytes [0-9]+ to [0-9]+$' <<<"$output"
}
check "java: the README's program runs from the jars alone" readme
readme_text() {
  local output
  output=$(cd "$work" && java -cp "lib/*" Text.java "$root/tests/data/models/tiny/gpt2-base" report.txt) || { echo "$output"; return 1; }
  echo "$output"
  grep -qE '^[0-9]+\.[0-9]{3} bits per byte; least likely: bytes [0-9]+ to [0-9]+$' <<<"$output"
}
check "java: the README's program of text converts, generates and scores" readme_text
exit $((failures > 0))
