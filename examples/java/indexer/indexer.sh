#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: indexer.sh index|watch FOLDER, or indexer.sh search FOLDER QUESTION     (indexer.sh alone tells the rest)
# Compiles the example when it has changed, against the jars of bindings/java/package.sh and Debian's H2, and runs it.
# Environment: LONGWAVE_BUILD (default build/release of this tree), H2_JAR (default /usr/share/java/h2.jar).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${LONGWAVE_BUILD:-$here/../../../build/release}
h2=${H2_JAR:-/usr/share/java/h2.jar}
[ -e "$h2" ] || { echo "indexer.sh: no $h2 (Debian's package libh2-java)" >&2; exit 1; }
jars=
for artifact in longwave longwave-minilm; do
  jar=$(ls "$build/java/maven/dev/longwave/$artifact"/*/"$artifact"-[0-9].[0-9].[0-9].jar 2>/dev/null) ||
    { echo "indexer.sh: no $artifact jar in $build; run bindings/java/package.sh" >&2; exit 1; }
  jars+=:$jar
done
classes=$build/examples/java/indexer
if [ ! -e "$classes/made" ] || [ -n "$(find "$here" -maxdepth 1 -name '*.java' -newer "$classes/made")" ]; then
  rm -rf "$classes"
  mkdir -p "$classes"
  javac --release 17 -Xlint:all -Werror -encoding UTF-8 -cp "${jars#:}" -d "$classes" "$here"/*.java
  touch "$classes/made"
fi
# Java reads names of files in the locale's encoding, and would mangle them in the C locale.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in *UTF-8 | *utf8) ;; *) export LC_ALL=C.UTF-8 ;; esac
exec java ${JAVA_OPTIONS:-} -cp "$classes$jars:$h2" indexer.Main "$@"
