#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what a signal does beside ending: USR1 writes counters to the log,
# PIPE and others do nothing, a service manager hears of readiness and the end.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 50
mkmp3 2-two/a.mp3 -t 50

run manager "$tools/sdnotify" "$W/notify"
soon "a service manager listens" 3 test -S "$W/notify"
NOTIFY_SOCKET=$W/notify
export NOTIFY_SOCKET
start_server a
unset NOTIFY_SOCKET
soon "it hears READY=1" 2 grep -q '^READY=1' "$W/manager.out"
expect "when all is on air" list_has channel=2 on_air=true

step "USR1"
check_rx rx 3 "$(stream_of 1)"
rx_ends rx
signal USR1 a
soon "a line for each channel" 2 said a 'channel 2 \(two\): [0-9]+ packets' 1
expect "and the sum" said a '2 channels, 2 on air, 0 silent; [0-9]+ packets' 1
packets=$(sed -n 's/.*channel 1 (one): \([0-9]*\) packets.*/\1/p' "$W/a.log")
expect "it has counted them: $packets" [ "$packets" -ge "$(rx rx packets)" ]

step "a few more"
for s in PIPE USR1 CONT URG; do
	signal $s a
done
soon "alive" 2 said a '2 channels, 2 on air' 2

step "the end"
refuse "no STOPPING=1 before" grep -q STOPPING "$W/manager.out"
stop a
soon "STOPPING=1" 2 grep -q '^STOPPING=1' "$W/manager.out"
kill_hard manager
OK
