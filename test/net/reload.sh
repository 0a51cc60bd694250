#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a reload (SIGHUP) is heard only where something changed: what
# stays loses no packet, what is new comes on air, what is gone goes silent.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for n in 1 2 3; do
	mkmp3 "$n-channel/a.mp3" -t 30
	mkmp3 "$n-channel/b.mp3" -t 30
done
# What the watcher would do is told in live.sh.
config a "shared-group = yes" "watch = no"
start_server a

step "nothing changed"
# shellcheck disable=SC2046
check_rx same 12 $(stream_of 1) $(stream_of 2)
get_list
ssrc=$(field ssrc channel=1)
for i in 1 2 3 4 5; do
	signal HUP a
	soon "reload $i" 5 said a \
	    'reloaded: 0 .*started, 0 .*stopped, 0 .*edited, 3 .*alone' $i
done

step "one comes, one goes, one is edited"
mkmp3 5-new/a.mp3 -t 30
rm -r "$media/3-channel"
mkmp3 2-channel/c.mp3 -t 30
signal HUP a
soon "the reload says so" 5 said a \
    'reloaded: 1 .*started, 1 .*stopped, 1 .*edited, 1 .*alone'
soon "the new one is on air" 3 list_has channel=5 on_air=true
get_list
refuse "the one that went is not in the list" field channel channel=3
equal "SSRC of the one that stayed" "$(field ssrc channel=1)" "$ssrc"
check_rx gone 2 "$(stream_of 3)"
ends gone 10
equal "packets of the channel that went" "$(rx gone packets)" 0
start_client c -T 12 --json -o "$W/2.mp3" 2

step "meanwhile nobody heard anything of it"
rx_ends same
for rx_stream in $(stream_of 1) $(stream_of 2); do
	equal "jumps on $rx_stream" "$(rx same jumps)" 0
	expect "packets on $rx_stream" [ "$(rx same packets)" -gt 140 ]
done

step "the edited channel plays the new track in its place"
ends c 20
run=$("$tools/framerun" "$W/2.mp3" "$media"/2-channel/*.mp3) ||
	FAIL "not a, b, c: $run"
echo "  ok: $run"
equal "lost" "$(stat_of "$W/c.out" lost)" 0

step "a channel that comes back goes on with its old line"
check_rx back 6 -j 1 "$(stream_of 5)"
soon "heard" 5 is_heard back
mv "$media/5-new" "$W/away"
signal HUP a
soon "gone" 5 said a 'reloaded: 0 .*started, 1 .*stopped, 0 .*edited, 2 '
mv "$W/away" "$media/5-new"
signal HUP a
soon "back" 5 said a 'reloaded: 1 .*started, 0 .*stopped, 0 .*edited, 2 '
rx_ends back
rx_stream=$(stream_of 5)
equal "jumps, as after a restart: $(grep ^jump "$W/back.out")" \
    "$(rx back jumps) $(rx back restarts)" "1 1"
OK
