#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that who is not reached by multicast hears all the same: channels that
# are sent to a host by its address, to all of its network and to the limited
# broadcast address, each only for the channels that were named; byte for byte.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for n in 1 2 3 4; do
	mkmp3 "$n-c$n/a.mp3" -t 60
done
two_hosts
iface=eth0
# hears CHANNEL: over there, where no group is joined.
hears() {
	rm -f "$W/heard.mp3"
	on=$there
	start_client c -T 4 --json -o "$W/heard.mp3" "$1"
	on=
	ends c 12
	equal "channel $1" "$status" 0
	equal "lost" "$(stat_of "$W/c.out" lost)" 0
	run=$("$tools/framerun" "$W/heard.mp3" "$media/$1-c$1/a.mp3") ||
		FAIL "channel $1: $run"
	echo "  ok: $run"
}
misses() {
	on=$there
	start_client c -T 4 --json -o "$W/heard.mp3" "$1"
	on=
	ends c 12
	equal "channel $1 is not heard" "$(stat_of "$W/c.out" packets)" 0
}
# With a TTL of 0 nothing that goes to a group leaves the host; what goes to
# hosts does.
config a "shared-group = yes" "ttl = 0" "send-to = 10.9.0.2 1" \
    "send-to = broadcast 2" "send-to = 255.255.255.255 3-3"
start_server a

step "to a host"
hears 1
step "to all of the network"
hears 2
step "to everybody"
hears 3
step "and nothing else"
misses 4
on=$there
client -l --json >"$W/list.json" || FAIL "no list"
on=
equal "but in the list it is" "$(field name channel=4)" c4

step "what is no address"
config b "send-to = 10.9.0.2" "send-to = nowhere 1" "send-to = 239.1.1.1 1" \
    "send-to = 10.9.0.2 0" "send-to = 10.9.0.2 5-3"
says="b.conf:5: send-to: expected the address of a host, or broadcast"
exits 78 "is refused" "$B/netradiod" -n -c "$W/b.conf" -m "$media"
equal "each line" "$(grep -c send-to "$W/last.err")" 5
stop a

step "and what cannot be reached"
config a "shared-group = yes" "send-to = 192.0.2.1 1"
start_server a
hears 1
expect "it is said once" said a 'sending fails: .*unreachable' 1
OK
