#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a start is one line, leaves a pidfile and a semaphore, and that
# a stop by TERM, INT or QUIT takes less than a second and leaves nothing.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for n in 1 2 3; do
	mkmp3 "$n-channel/a.mp3" -t 50
done

# What is said of every start: that we may not hurry depends on who we are.
lines() {
	grep -vc 'no real-time priority' "$W/a.log"
}

semaphores() {
	tail -n +2 /proc/sysvipc/sem | wc -l
}

for how in TERM INT QUIT; do
	step "start, and end on SIG$how"
	rm -f "$W/a.log"
	start_server a
	soon "the log says what is on" 2 said a \
	    '3 channels, 0\.[0-9]+ Mbit/s, to 239\.255\.64\.1-3 on lo, TTL 1$' 1
	equal "lines in the log" "$(lines)" 1
	equal "the semaphore is there" "$(semaphores)" 1
	equal "mode of the pidfile" "$(stat -c %a "$W/a.pid")" 644
	begun=$(now_ms)
	signal $how a
	ends a 5
	took=$(($(now_ms) - begun))
	equal "exit status on SIG$how" "$status" 0
	expect "it took $took ms, less than a second" [ $took -lt $second ]
	equal "semaphores left behind" "$(semaphores)" 0
	refuse "the pidfile is gone" test -e "$W/a.pid"
	equal "lines in the log at the end" "$(lines)" 2
done

step "a state directory is kept to its owner"
equal "mode of the state directory" "$(stat -c %a "$W/a.state")" 750

step "killed with -9 it leaves a semaphore that does no harm"
start_server a
kill_hard a
start_server a
equal "semaphores" "$(semaphores)" 1
stop a
equal "semaphores at the end" "$(semaphores)" 0
OK
