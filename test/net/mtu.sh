#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that no datagram is longer than the interface's MTU or 1472 bytes, that
# frames too long for one are sent in pieces and put together again, and that
# TTL is 1 on the wire unless told otherwise.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
two_hosts

# 320 kbit/s at 32 kHz: frames of 1440 bytes; layer II, 384 kbit/s: 1728.
mkmp3 1-long/a.mp3 -t 30 -b 320 -r 32000
mkmp3 2-longer/a.mp3 -t 30 -l 2 -b 384 -r 32000
mkmp3 3-low/a.mp3 -t 30 -v 2.5 -r 8000 -b 8 -m mono
mkmp3 4-vbr/a.mp3 -t 30 -b vbr
n=10
while [ $n -lt 60 ]; do
	mkdir "$media/$n-a-channel-with-a-rather-long-name-to-fill-the-list"
	ln "$media/3-low/a.mp3" "$media/$n"-*/
	n=$((n + 1))
done
iface=eth0
streams="$(stream_of 1) $(stream_of 2) $(stream_of 3) $(stream_of 4)"
list=239.255.64.0:1989

heard_there() {
	on=$there
	# shellcheck disable=SC2086
	check_rx rx 5 -m "$1" $streams $list
	for c in 1 2 4; do
		rm -f "$W/$c.mp3"
		start_client "c$c" -T 5 --json -o "$W/$c.mp3" $c
	done
	rx_ends rx
	for c in 1 2 4; do
		ends "c$c" 10
		equal "channel $c: lost" "$(stat_of "$W/c$c.out" lost)" 0
		run=$("$tools/framerun" "$W/$c.mp3" "$media/$c"-*/a.mp3) ||
			FAIL "channel $c: $run"
		echo "  ok: channel $c, whole frames: $run"
	done
	expect "the list is whole" get_list
	equal "channels" "$(field channel | wc -l)" 54
	on=
	for rx_stream in $streams $list; do
		equal "$rx_stream: TTL" "$(rx rx ttl)" "$2"
		echo "  longest datagram: $(rx rx max_len)"
	done
}

step "MTU 1500"
start_server a
heard_there 1472 1
rx_stream=$(stream_of 4)
expect "the budget is used" [ "$(rx rx max_len)" -gt 1200 ]
stop a

step "MTU 600, TTL 3"
netns mtu eth0 600
start_server a -t 3
heard_there 572 3
step "back to 1500 while it runs"
netns mtu eth0 1500
soon "packets grow" 5 eval 'on=$there; check_rx big 1 "$(stream_of 4)"
	ends big 10; on=; rx_stream=2; [ "$(rx big max_len)" -gt 1000 ]'
OK
