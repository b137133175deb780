#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Prepares a machine to build Longwave: installs the Debian packages that are missing, then builds the pinned static
# dependencies (cmake/pins.txt) once into a folder outside the tree, where CMake finds them by itself.
#
# usage: cmake/setup.sh [--tests] [--prefix-only] [--print-prefix]
#   --tests         also the packages that only tests/run.sh needs (pkg-config, clang; for the languages SWIG, a JDK,
#                   JUnit, H2 and Go, and for the page of the C# example Chromium and Node)
#   --prefix-only   install no package
#   --print-prefix  print the folder of the dependencies and do nothing
# Environment: LONGWAVE_DEPS_DIR (default ${XDG_CACHE_HOME:-$HOME/.cache}/longwave), LONGWAVE_JOBS (default nproc).
# It may be run again at any time and as any user; root or sudo is needed only while a package is missing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
pins=$here/pins.txt
deps_dir=${LONGWAVE_DEPS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/longwave}
# The same name is computed in cmake/Dependencies.cmake.
prefix=$deps_dir/deps-$(sha256sum "$pins" | cut -c1-12)-$(uname -m)
archives=$deps_dir/archives
jobs=${LONGWAVE_JOBS:-$(nproc)}

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

with_tests=false with_packages=true
for argument in "$@"; do
  case $argument in
    --tests) with_tests=true ;;
    --prefix-only) with_packages=false ;;
    --print-prefix) printf '%s\n' "$prefix"; exit 0 ;;
    -h | --help) sed -n '5,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "unknown option $argument (see --help)" ;;
  esac
done

# --- packages -----------------------------------------------------------------------------------------------------

packages=(g++ cmake ninja-build ccache nlohmann-json3-dev libcli11-dev curl ca-certificates)
if $with_tests; then packages+=(pkg-config clang swig default-jdk-headless junit5 libh2-java golang-go
  chromium nodejs npm); fi
# A tool that came another way is as good as its package.
declare -A tools=([pkg-config]=pkg-config [default-jdk-headless]=javac [golang-go]=go [chromium]=chromium [nodejs]=node
  [npm]=npm)

id= version=
if [ -r /etc/os-release ]; then
  id=$(. /etc/os-release && printf '%s' "${ID:-}")
  version=$(. /etc/os-release && printf '%s' "${VERSION_ID:-}")
fi
case $id-$version in
  debian-12 | debian-13) ;;
  *)
    say "this is not Debian 12 or 13, so no package is installed and no dependency is built here."
    say "You need a C++20 compiler (g++ 12 or clang 14), cmake >= 3.25 and ninja; ccache is used if present."
    say "CMake then fetches the pinned sources with their hashes (FetchContent) when it configures."
    missing=()
    for tool in cmake ninja; do command -v "$tool" >/dev/null || missing+=("$tool"); done
    command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || missing+=(c++)
    [ ${#missing[@]} -eq 0 ] || fail "missing: ${missing[*]}"
    exit 0
    ;;
esac

if $with_packages; then
  missing=()
  for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    tool=${tools[$package]:-}
    [ "$status" = installed ] || { [ -n "$tool" ] && command -v "$tool" >/dev/null; } || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    root=()
    if [ "$(id -u)" -ne 0 ]; then
      command -v sudo >/dev/null || fail "as root, please run: apt-get install ${missing[*]}"
      root=(sudo)
    fi
    say "installing ${missing[*]}"
    log=$(mktemp)
    if ! { "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
      tail -n 20 "$log" >&2
      fail "apt-get failed (log: $log)"
    fi
    rm -f "$log"
  fi
fi

# --- pinned dependencies ------------------------------------------------------------------------------------------

if [ -e "$prefix/complete" ]; then
  say "dependencies are in $prefix"
  exit 0
fi
for tool in cmake ninja curl tar sha256sum flock; do
  command -v "$tool" >/dev/null || fail "$tool is needed and not installed"
done

mkdir -p "$archives"
exec 9>"$deps_dir/lock"
flock 9
if [ -e "$prefix/complete" ]; then # another run built it while this one waited
  say "dependencies are in $prefix"
  exit 0
fi

debian_mirror() {
  local sites
  sites=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null || true)
  { grep -m1 '/debian/\?$' <<<"$sites" || head -n 1 <<<"$sites"; } | sed 's,/*$,,'
}

download() { # URL FILE; goes through the proxy that apt is told to use, if any
  local proxy=
  if command -v apt-config >/dev/null; then
    eval "$(apt-config shell proxy "Acquire::${1%%:*}::Proxy" 2>/dev/null || true)"
  fi
  curl -fsSL --retry 3 --connect-timeout 20 ${proxy:+--proxy "$proxy"} -o "$2" "$1" 2>/dev/null
}

has_hash() { [ -f "$1" ] && [ "$(sha256sum "$1" | cut -d' ' -f1)" = "$2" ]; }

# Puts the archive of a dependency into $archives, from the Debian mirror or else from upstream.
fetch() { # NAME; sets $archive
  local name=$1 word pinned version where source hash url
  while read -r word pinned version where source hash; do
    [ "$word" = pin ] && [ "$pinned" = "$name" ] || continue
    archive=$archives/$name-$version-${hash:0:12}.tar.gz
    if has_hash "$archive" "$hash"; then return 0; fi
    case $where in
      debian) url=$mirror/$source ;;
      *) url=$source ;;
    esac
    rm -f "$archive.part"
    if download "$url" "$archive.part"; then
      if has_hash "$archive.part" "$hash"; then
        mv "$archive.part" "$archive"
        return 0
      fi
      say "$url: wrong SHA-256, not used"
    fi
    rm -f "$archive.part"
  done <"$pins"
  fail "$name: no source could be fetched, neither from ${mirror:-a Debian mirror} nor from upstream"
}

flags=$(sed -n 's/^flags //p' "$pins")
while read -r definition; do flags+=" -D$definition"; done < <(sed -n 's/^define //p' "$pins")
work=$(mktemp -d "$deps_dir/build.XXXXXX")
keep_log=false
finish() { if $keep_log; then say "log: $work/log" >&2; else rm -rf "$work"; fi; }
trap finish EXIT
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
mirror=$(debian_mirror)

build() { # NAME CMAKE-OPTION...
  local name=$1 archive=
  shift
  fetch "$name"
  say "building $(basename "$archive" .tar.gz)"
  mkdir -p "$work/$name"
  tar -xzf "$archive" -C "$work/$name" --strip-components=1
  if ! {
    cmake -S "$work/$name" -B "$work/$name-build" -G Ninja \
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="$flags" -DCMAKE_CXX_FLAGS_RELEASE="$flags" \
      -DCMAKE_CXX_STANDARD=20 -DCMAKE_CXX_STANDARD_REQUIRED=ON -DCMAKE_CXX_EXTENSIONS=OFF \
      -DCMAKE_C_VISIBILITY_PRESET=hidden -DCMAKE_CXX_VISIBILITY_PRESET=hidden -DCMAKE_VISIBILITY_INLINES_HIDDEN=ON \
      -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF -DCMAKE_INSTALL_LIBDIR=lib \
      -DCMAKE_INSTALL_PREFIX="$work/prefix" "${launcher[@]}" "$@" &&
      cmake --build "$work/$name-build" --parallel "$jobs" &&
      cmake --install "$work/$name-build"
  } >>"$work/log" 2>&1; then
    keep_log=true
    tail -n 20 "$work/log" >&2
    fail "building $name failed"
  fi
}

build highway -DHWY_ENABLE_TESTS=OFF -DHWY_ENABLE_EXAMPLES=OFF -DHWY_ENABLE_CONTRIB=OFF -DHWY_ENABLE_INSTALL=ON
build utf8proc -DUTF8PROC_ENABLE_TESTING=OFF -DUTF8PROC_INSTALL=ON
build pcre2 -DPCRE2_BUILD_PCRE2_8=ON -DPCRE2_SUPPORT_UNICODE=ON -DPCRE2_SUPPORT_JIT=OFF -DPCRE2_BUILD_PCRE2GREP=OFF \
  -DPCRE2_BUILD_TESTS=OFF
build catch2 -DCATCH_INSTALL_DOCS=OFF -DCATCH_INSTALL_EXTRAS=OFF
build abseil -DABSL_ENABLE_INSTALL=ON -DABSL_PROPAGATE_CXX_STD=ON -DABSL_BUILD_TESTING=OFF

# The packages' own files are relocatable, so the finished folder moves to its name in one step: an interrupted
# build never leaves half a prefix behind.
rm -rf "$work/prefix/lib/pkgconfig" "$work/prefix/share" "$work/prefix/bin" # unused, and they name the temporary folder
touch "$work/prefix/complete"
rm -rf "$prefix"
mv "$work/prefix" "$prefix"
say "dependencies are in $prefix"
