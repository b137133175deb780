#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes a throw-away root of a newer Debian suite, for programs that the machine's own release lacks, from the mirror
# that apt uses here. Takes some minutes and about 3 GB. Needs root and Debian (or what has debootstrap and apt).
#
# usage: newer_root.sh SUITE DIR PACKAGE...     then: chroot DIR COMMAND
#        newer_root.sh --check DIR              fails unless DIR is missing, empty or made by this program
#        newer_root.sh --mount DIR              /proc, /dev and /sys into an existing one; prints those it mounted
#        newer_root.sh --unmount DIR [NAME]...  what --mount printed, before DIR is removed
# A root made here has a file that says so; a folder with anything in it but without that file is never touched.
set -euo pipefail

fail() { printf 'newer_root: %s\n' "$*" >&2; exit 1; }
[ $# -ge 2 ] || { sed -n '5,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
marker=.longwave_throw_away_root

check_ours() { # DIR
  if [ -e "$1/$marker" ] || [ ! -e "$1" ]; then return 0; fi
  [ -d "$1" ] || fail "$1 is no folder"
  [ -z "$(ls -A "$1")" ] || fail "$1 is not empty and was not made by this program (it has no file $marker)"
}
mounted=()
mount_all() { # DIR
  local name
  for name in proc dev sys; do
    if ! mountpoint -q "$1/$name"; then
      mount --bind "/$name" "$1/$name"
      mounted+=("$name")
    fi
  done
}
unmount() { # DIR NAME...
  local dir=$1 name failed=0
  shift
  for name in "$@"; do
    case $name in proc | dev | sys) umount "$dir/$name" || failed=1 ;; *) fail "--unmount: $name is never mounted" ;; esac
  done
  return $failed
}

check_ours "$2"
if [ "$1" = --check ]; then exit 0; fi
[ "$(id -u)" -eq 0 ] || fail "a root of another suite can be made by root only"
case $1 in
  --mount | --unmount) [ -e "$2/$marker" ] || fail "$2 was not made by this program" ;;&
  --mount)
    dir=$2 # the trap may run within a function
    trap 'unmount "$dir" "${mounted[@]}"' EXIT # all or nothing
    mount_all "$dir"
    trap - EXIT
    printf '%s\n' "${mounted[@]}"
    exit
    ;;
  --unmount)
    unmount "${@:2}"
    exit
    ;;
esac

suite=$1 dir=$2
shift 2
if ! command -v debootstrap >/dev/null; then
  apt-get install -y -qq --no-install-recommends debootstrap debian-archive-keyring >/dev/null ||
    fail "debootstrap is not here and cannot be installed"
fi
# An older debootstrap does not know the names of newer suites, which are all made like sid.
script=/usr/share/debootstrap/scripts/$suite
[ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -m1 '/debian/*$') ||
  fail "apt has no Debian mirror here"

mkdir -p "$dir"
echo 'Made by newer_root.sh of Longwave, to be thrown away.' >"$dir/$marker"
log=$dir.log
if [ ! -d "$dir/usr" ]; then
  debootstrap --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    "$suite" "$dir" "$mirror" "$script" >"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "debootstrap failed"; }
fi
# The network is this machine's, and so is whom apt trusts where the mirror is encrypted.
cp /etc/resolv.conf /etc/hosts "$dir/etc/"
cp -r /etc/apt/apt.conf.d "$dir/etc/apt/" 2>/dev/null || true
if [ "${mirror#https:}" != "$mirror" ]; then
  mkdir -p "$dir/etc/ssl/certs"
  cp -L /etc/ssl/certs/ca-certificates.crt "$dir/etc/ssl/certs/"
fi
printf 'deb %s %s main\n' "$mirror" "$suite" >"$dir/etc/apt/sources.list"
trap 'unmount "$dir" "${mounted[@]}"' EXIT
mount_all "$dir"
{
  chroot "$dir" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive chroot "$dir" apt-get install -y -qq --no-install-recommends "$@"
} >>"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "the packages cannot be installed"; }
