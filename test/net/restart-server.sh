#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a listener outlives the server: killed with -9 or ended with QUIT
# it comes back with the same SSRC, the sequence 2 to 2999 ahead and the
# timestamp moved by the wall clock; the client goes on by itself.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 30
mkmp3 1-one/b.mp3 -t 30 -b 192 -r 48000
start_server a
get_list
ssrc=$(field ssrc channel=1)
check_rx rx 26 -j 3 "$(stream_of 1)"
start_client c -v -T 25 --json -o "$W/1.mp3" 1
soon "heard" 5 has_bytes "$W/1.mp3" 20000
# The first state is written within a second.
soon "the state directory has the stream" 3 \
    has_bytes "$W/a.state/timeline" 128

back() {
	mark "$W/1.mp3"
	begun=$(now_ms)
	start_server a
	expect "on air again after $(($(now_ms) - begun)) ms: no waiting" \
	    [ $(($(now_ms) - begun)) -lt 1200 ]
	# More than the silence that is made for the gap.
	soon "the client plays on" 5 has_more "$W/1.mp3" 40000
	soon "the list is back" 3 list_has channel=1 on_air=true
	equal "SSRC" "$(field ssrc channel=1)" "$ssrc"
}

step "killed with -9, back at once"
kill_hard a
back

step "QUIT, back after two seconds"
signal QUIT a
ends a 5
equal "exit status" "$status" 0
start=$(now_ms)
wait_until 2 [ "$start" -lt 0 ]
back

step "killed with -9, back after three seconds"
kill_hard a
start=$(now_ms)
wait_until 3 [ "$start" -lt 0 ]
back

step "what was on the wire"
rx_ends rx
grep ^jump "$W/rx.out"
equal "restarts" "$(rx rx restarts)" 3
equal "any other jump" "$(rx rx jumps)" 3

step "what the client has"
ends c 20
equal "client" "$status" 0
run=$("$tools/framerun" -g 8 "$W/1.mp3" "$media"/1-one/*.mp3) ||
	FAIL "something else than tracks and silence: $run"
echo "$run"
# The first is over sooner than what lies in the buffer.
expect "it counted the gaps" [ "$(stat_of "$W/c.out" gaps)" -ge 2 ]
equal "a restart is no loss" "$(stat_of "$W/c.out" lost)" 0
expect "it said that the server began anew, three times" \
    said c 'server has begun anew' 3
# 25 s of sound and silence are 25 s: nothing shrinks.
frames=$(echo "$run" | sed -n 's/.* frames=\([0-9]*\) silent=\([0-9]*\).*/\1 \2/p')
# shellcheck disable=SC2086
set -- $frames
expect "$(($1 + $2)) frames for 25 s" [ $(($1 + $2)) -gt $((23 * 38)) ]

step "killed with -9 after its first packets, after a clean end"
check_rx once 4 -j 3 "$(stream_of 1)"
soon "heard" 5 is_heard once
signal QUIT a
ends a 5
check_rx again 4 -j 1 "$(stream_of 1)"
launch_server a
soon "again" 5 is_heard again
kill_hard a
start_server a
rx_ends again
rx_ends once
grep ^jump "$W/once.out"
equal "restarts" "$(rx once restarts)" 2

step "another machine's restart after two hours would be a new stream"
stop a
rm -r "$W/a.state"
start_server a
get_list
refuse "without the state directory: another SSRC" \
    [ "$(field ssrc channel=1)" = "$ssrc" ]
OK
