#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that listeners come and go without a trace: two on one channel hear
# the same bytes, one joins later, one is killed; a channel by number, name,
# beginning, in whatever case, and by server; and leaving leaves the group.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-Jazz/a.mp3 -t 40
mkmp3 2-news/a.mp3 -t 40
mkmp3 3-news-english/a.mp3 -t 40
mkmp3 2049-far/a.mp3 -t 40
# Who is a member of a group is to be seen of the clients.
config a "shared-group = yes" "join = no"
start_server a
check_rx rx 14 "$(stream_of 1)"

step "two at once, the same bytes"
start_client x -T 6 --json -o "$W/x.mp3" 1
start_client y -T 6 --json -o "$W/y.mp3" 1
for c in x y; do
	ends $c 10
	equal "lost by $c" "$(stat_of "$W/$c.out" lost)" 0
	run=$("$tools/framerun" "$W/$c.mp3" "$media/1-Jazz/a.mp3") ||
		FAIL "$c: $run"
done
echo "  ok: both are runs of the file"

step "one is killed, and comes back"
start_client x -o "$W/x2.mp3" 1
soon "it hears" 5 has_bytes "$W/x2.mp3" 5000
kill_hard x
start_client x -T 3 --json -o "$W/x3.mp3" 1
ends x 10
equal "exit status" "$status" 0
expect "it heard" has_bytes "$W/x3.mp3" 30000

step "channels by name"
hears() {
	start_client n -T 3 --json -o "$W/n.mp3" "$1"
	ends n 10
	equal "\"$1\" is channel $2" "$(stat_of "$W/n.out" channel)" "$2"
	expect "and is heard" [ "$(stat_of "$W/n.out" packets)" -gt 5 ]
}
hears Jazz 1
hears jaz 1
hears news 2
hears NEWS-E 3
hears "news@127.0.0.1" 2

step "channels 1 and 2049 have the same port, but not the same sound"
start_client n -T 4 --json -o "$W/far.mp3" 2049
ends n 10
run=$("$tools/framerun" "$W/far.mp3" "$media/2049-far/a.mp3") ||
	FAIL "2049: $run"
echo "  ok: $run"

step "who leaves, leaves the group"
start_client n -o "$W/n.mp3" 3
soon "joined" 5 grep -q 0340FFEF /proc/net/igmp
stop n
refuse "left" grep -q 0340FFEF /proc/net/igmp

step "the server noticed nothing of all that"
rx_ends rx
rx_stream=$(stream_of 1)
equal "jumps" "$(rx rx jumps)" 0
OK
