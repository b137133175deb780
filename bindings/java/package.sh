#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: package.sh [BUILD-FOLDER]     (default build/release)
# Makes the jars from a build (cmake --build, target longwave_jni) and puts them, with their pom.xml, sources and javadoc,
# into a Maven repository of files: BUILD-FOLDER/java/maven.
#   dev.longwave:longwave         the classes and the native library
#   dev.longwave:longwave-minilm  the default model
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "${1:-$root/build/release}" && pwd)
version=$(sed -n 's/^project(Longwave VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
native=$build/lib/liblongwave_jni.so
generated=$build/bindings/java/generated
[ -e "$native" ] || { echo "package.sh: no $native; build the target longwave_jni first (it needs SWIG and a JDK)" >&2; exit 1; }
case $(uname -m) in arm64) machine=aarch64 ;; *) machine=$(uname -m) ;; esac
platform=linux-$machine
if ldd --version 2>&1 | grep -qi musl; then platform=linux-musl-$machine; fi

out=$build/java
work=$out/work
rm -rf "$out"
mkdir -p "$work"

compile() { # DESTINATION CLASSPATH SOURCE...
  local destination=$1 classpath=$2
  shift 2
  javac --release 11 -Xlint:all -Werror -encoding UTF-8 -g -cp "$classpath" -d "$destination" "$@"
}

notices() { # FOLDER: what every jar has
  mkdir -p "$1/META-INF"
  cp "$root/LICENSE" "$root/THIRD_PARTY_NOTICES.md" "$1/META-INF/"
}

pom() { # ARTIFACT: its pom.xml with the version
  sed "s/@VERSION@/$version/g" "$here/$1.pom.xml"
}

# deploy ARTIFACT CLASSES SOURCES JAVADOC MODULE
deploy() {
  local artifact=$1 classes=$2 sources=$3 javadoc=$4 module=$5
  local folder=$out/maven/dev/longwave/$artifact/$version
  local base=$folder/$artifact-$version inside=$classes/META-INF/maven/dev.longwave/$artifact
  mkdir -p "$folder" "$inside"
  pom "$artifact" >"$base.pom"
  cp "$base.pom" "$inside/pom.xml"
  printf 'groupId=dev.longwave\nartifactId=%s\nversion=%s\n' "$artifact" "$version" >"$inside/pom.properties"
  notices "$classes"
  notices "$sources"
  notices "$javadoc"
  printf 'Automatic-Module-Name: %s\nImplementation-Title: %s\nImplementation-Version: %s\n' \
    "$module" "$artifact" "$version" >"$work/manifest"
  jar --create --file "$base.jar" --manifest "$work/manifest" -C "$classes" .
  jar --create --file "$base-sources.jar" -C "$sources" .
  jar --create --file "$base-javadoc.jar" -C "$javadoc" .
  local file
  for file in "$base".pom "$base"*.jar; do sha1sum "$file" | cut -d' ' -f1 | tr -d '\n' >"$file.sha1"; done
  cat >"${folder%/*}/maven-metadata.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>dev.longwave</groupId>
  <artifactId>$artifact</artifactId>
  <versioning>
    <release>$version</release>
    <versions>
      <version>$version</version>
    </versions>
  </versioning>
</metadata>
XML
}

document() { # DESTINATION CLASSPATH SOURCE...
  local destination=$1 classpath=$2
  shift 2
  javadoc --release 11 -quiet -Xdoclint:all -Werror -encoding UTF-8 -cp "$classpath" -d "$destination" -notimestamp "$@"
}

# --- the library ----------------------------------------------------------------------------------------------------

mkdir -p "$work/classes" "$work/sources/dev/longwave" "$work/javadoc"
compile "$work/classes" "" "$here"/src/main/java/dev/longwave/*.java "$generated"/*.java
mkdir -p "$work/classes/META-INF/longwave/native/$platform"
cp "$native" "$work/classes/META-INF/longwave/native/$platform/"
cp "$here"/src/main/java/dev/longwave/*.java "$generated"/*.java "$work/sources/dev/longwave/"
document "$work/javadoc" "" "$here"/src/main/java/dev/longwave/*.java "$generated"/*.java
deploy longwave "$work/classes" "$work/sources" "$work/javadoc" dev.longwave

# --- the model ------------------------------------------------------------------------------------------------------

model=$root/examples/models/minilm
resources=$work/model/META-INF/longwave/models/minilm
mkdir -p "$resources" "$work/model-sources" "$work/model-javadoc"
compile "$work/model" "$work/classes" "$here"/src/model/java/dev/longwave/minilm/*.java
(cd "$model" && find . -type f -printf '%P\n' | LC_ALL=C sort) >"$work/index.txt"
while IFS= read -r name; do
  mkdir -p "$(dirname "$resources/$name")"
  cp "$model/$name" "$resources/$name"
done <"$work/index.txt"
cp "$work/index.txt" "$resources/index.txt"
cp -r "$here/src/model/java/." "$work/model-sources"
document "$work/model-javadoc" "$work/classes" "$here"/src/model/java/dev/longwave/minilm/*.java
deploy longwave-minilm "$work/model" "$work/model-sources" "$work/model-javadoc" dev.longwave.minilm

rm -rf "$work"
(cd "$out" && find maven -name '*.jar' -size +0 | LC_ALL=C sort)
