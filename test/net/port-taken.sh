#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a port which another program holds is warned of, and the channel
# is heard all the same; the others are untouched.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 50
mkmp3 2-two/a.mp3 -t 50
run holder "$tools/forge" hold 16384
soon "the port is held" 3 grep -q held "$W/holder.out"
start_server a
expect "a warning" said a 'port 16384 is held' 1
kill_hard holder
streams="$(stream_of 1) $(stream_of 2)"
# shellcheck disable=SC2086
check_rx rx 4 $streams
rx_ends rx
rx_stream=$(stream_of 1)
refuse "channel 1 leaves from another port" [ "$(rx rx port)" = 16384 ]
rx_stream=$(stream_of 2)
equal "channel 2 leaves from the port it goes to" "$(rx rx port)" 16392
start_client c -T 3 --json -o "$W/1.mp3" 1
ends c 10
run=$("$tools/framerun" "$W/1.mp3" "$media/1-one/a.mp3") || FAIL "$run"
equal "lost" "$(stat_of "$W/c.out" lost)" 0

step "and the port of the list"
stop a
run holder "$tools/forge" hold 1989
soon "the port is held" 3 grep -q held "$W/holder.out"
start_server a
expect "a warning" said a 'port 1989 is held' 1
kill_hard holder
expect "the list is heard" list_has channel=1 on_air=true
OK
