#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a call into the system may fail, whichever it is: the programs
# refuse with a sentence or go on, and neither crash, leak nor fall silent.
# Here a spread of all calls; make faults has every one (doc/devel/faults.md).
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

[ -z "${UNDER:-}" ] || SKIP "programs of this machine only"
# What a sanitizer says is told from what the program says.
unset ASAN_OPTIONS UBSAN_OPTIONS
# Threads that starve are left behind on purpose.
TSAN_OPTIONS=report_thread_leaks=0

mkdir "$W/store"
media=$W/store
mkmp3 a.mp3 -t 3 -T "A title"
mkmp3 b.mp3 -t 3
mkmp3 c.mp3 -t 3 -b 320 -r 32000	# longer frames than a packet
echo "No music." >"$W/store/text"
printf '%s\n' "#EXTM3U" a.mp3 b.mp3 broken.mp3 >"$W/store/list"
printf '%s\n' "shared-group = yes" "name = faulty" \
    "http = 127.0.0.1:8000" >"$W/store/conf"

# shellcheck disable=SC2086
"$B/fault/sweep" ${FAULTS:--q -j 8} "$W" "$B/fault" "$tools"
status=$?
[ $status -eq $SKIPPED ] && SKIP "no private namespaces of processes"
expect "all runs are well" [ $status -eq 0 ]
OK
