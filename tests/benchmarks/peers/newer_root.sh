#!/usr/bin/env bash
# Copyright 2026 The Longwave Authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes a throw-away root of a newer Debian suite, for programs that the machine's own release lacks, from the mirror
# that apt uses here. Takes some minutes and about 3 GB. Needs root and Debian (or what has debootstrap and apt).
#
# usage: newer_root.sh SUITE DIR PACKAGE...   then: chroot DIR COMMAND
#        newer_root.sh --mount DIR            /proc, /dev and /sys into an existing one
#        newer_root.sh --unmount DIR          before DIR is removed
set -euo pipefail

fail() { printf 'newer_root: %s\n' "$*" >&2; exit 1; }
[ $# -ge 2 ] || { sed -n '5,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || fail "a root of another suite can be made by root only"

mount_all() { # DIR
  local name
  for name in proc dev sys; do
    mountpoint -q "$1/$name" || mount --bind "/$name" "$1/$name"
  done
}
unmount_all() { # DIR
  local name
  for name in proc dev sys; do
    if mountpoint -q "$1/$name"; then umount "$1/$name"; fi
  done
}

case $1 in
  --mount) mount_all "$2"; exit 0 ;;
  --unmount) unmount_all "$2"; exit 0 ;;
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
mount_all "$dir"
trap 'unmount_all "$dir"' EXIT
{
  chroot "$dir" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive chroot "$dir" apt-get install -y -qq --no-install-recommends "$@"
} >>"$log" 2>&1 || { tail -n 5 "$log" >&2; fail "the packages cannot be installed"; }
