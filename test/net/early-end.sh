#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a server which is told to end while it starts ends at once:
# within its listening for another server, in the foreground and detached, and
# leaves neither semaphore nor pidfile behind.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 5

semaphores() {
	tail -n +2 /proc/sysvipc/sem | wc -l
}

has_lock() {
	[ "$(semaphores)" -eq 1 ]
}

config a "shared-group = no"
for s in TERM INT QUIT; do
	step "SIG$s"
	launch_server a
	soon "it starts: the lock is there" 5 has_lock
	refuse "it is not on air yet" said a '1 channel,'
	before=$(now_ms)
	# A job of this shell ignores INT until the program asks for it.
	signal $s a
	ends a 5
	took=$(($(now_ms) - before))
	expect "it ended within a second: $took ms" [ $took -lt $second ]
	equal "exit status" "$status" 0
	equal "semaphores left" "$(semaphores)" 0
	refuse "no pidfile is left" test -e "$W/a.pid"
	rm -rf "$W/a.state"
done
OK
