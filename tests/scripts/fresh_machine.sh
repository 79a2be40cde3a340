#!/usr/bin/env bash
# fresh_machine.sh - proves that ./dev alone is enough on a new machine. Not part of ./dev test: it downloads.
#
#   tests/scripts/fresh_machine.sh [--keep] [FOLDER]
#
# Lays Debian 12's smallest base system (debootstrap minbase) into FOLDER (a new one under /tmp otherwise), puts a
# clone of the last commit into it, and there, with nothing shared but /proc, runs './dev test', then './dev run' on
# a sample twice: the second time has to take less than a second. Needs root, git, debootstrap and Debian's mirror,
# which RDPDX_MIRROR may replace. FOLDER is removed at the end unless --keep is given.
set -euo pipefail

keep=
if [ "${1:-}" = --keep ]; then keep=1; shift; fi
tree=$(cd "$(dirname "$0")/../.." && pwd)
root=${1:-$(mktemp -d /tmp/fresh-machine.XXXXXX)}
mirror=${RDPDX_MIRROR:-http://deb.debian.org/debian}

cleanup() {
    if mountpoint -q "$root/proc"; then umount "$root/proc"; fi
    if [ -z "$keep" ]; then rm -rf --one-file-system "$root"; else echo "kept: $root"; fi
}
trap cleanup EXIT

inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb CI=true chroot "$root" "$@"; }

timed() { # WHAT COMMAND...
    local what=$1 began ended
    shift
    began=$(date +%s%N)
    "$@"
    ended=$(date +%s%N)
    milliseconds=$(((ended - began) / 1000000))
    printf '== %s: %d.%03d s\n' "$what" $((milliseconds / 1000)) $((milliseconds % 1000))
}

if [ ! -e "$root/etc/debian_version" ]; then
    debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log"; exit 1; }
    rm -f "$root.log"
fi
cp /etc/resolv.conf /etc/hosts "$root/etc/"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
rm -rf "$root/rdpdx"
git clone -q "file://$tree" "$root/rdpdx"
rm -rf "$root/rdpdx/.git"

timed 'dev test, first time' inside /rdpdx/dev test
timed 'dev test, nothing changed' inside /rdpdx/dev test
timed 'dev run, first time' inside /rdpdx/dev run
timed 'dev run, second time' inside /rdpdx/dev run
if [ "$milliseconds" -ge 1000 ]; then
    echo 'dev run took a second or more' >&2
    exit 1
fi
