#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that IPv6 carries the radio instead of IPv4 and beside it: channels are
# heard byte for byte, each once, by their usual numbers; listeners are counted;
# an interface without an address is waited for.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

[ -e /proc/sys/net/ipv6 ] || SKIP "this kernel has no IPv6"
mkmp3 1-one/a.mp3 -t 90
mkmp3 2049-far/a.mp3 -t 90
two_hosts
iface=eth0
# With all that it takes to be used (not tentative any more).
ready_there() {
	$there grep -Eq ' 20 80 +eth0' /proc/net/if_inet6
}
soon "an address over there" 10 ready_there
heard() {
	"$B/netradioctl" -s "$W/a.state" channels --json |
	    "$tools/jsonl" listeners "channel=$1"
}
count_is() {
	[ "$(heard "$1")" = "$2" ]
}
# hears CHANNEL FILE OPTIONS...
hears() {
	_n=$1
	_f=$2
	shift 2
	on=$there
	start_client c -T 5 --json -o "$W/heard.mp3" "$@" "$_n"
	on=
	ends c 15
	equal "channel $_n" "$status" 0
	equal "lost" "$(stat_of "$W/c.out" lost)" 0
	equal "heard twice" "$(stat_of "$W/c.out" duplicated)" 0
	run=$("$tools/framerun" "$W/heard.mp3" "$media/$_f") ||
		FAIL "channel $_n: $run"
	echo "  ok: $run"
}

step "instead"
config a "shared-group = yes" "ipv6 = only"
start_server a
soon "it has found its address" 10 eval '"$B/netradioctl" -s "$W/a.state" \
    status | grep -q "on eth0 (IPv6), group ff15::efff:4000"'
expect "it says where" said a 'to ff15::efff:4001'
hears 1 1-one/a.mp3
hears 2049 2049-far/a.mp3
on=$there
client -l --json >"$W/list.json" || FAIL "no list"
on=
equal "its group" "$(field group channel=1)" ff15::efff:4001
expect "its server" eval 'field server channel=1 | grep -q "^fe80::"'
on=$there
start_client c -q -o /dev/null 1
on=
soon "the listener is counted" 15 count_is 1 1
stop c
soon "and gone" 3 count_is 1 0
on=$there
says='nothing heard'
exits 69 "not on the other one" "$B/netradio-client" -i eth0 \
    -g 239.255.64.0 -o /dev/null 1
client --m3u 1 >"$W/m3u"
client --sdp 1 >"$W/sdp"
on=
expect "its playlist" grep -q 'rtp://@\[ff15::efff:4001\]:16384' "$W/m3u"
expect "its description" grep -q 'c=IN IP6 ff15::efff:4001' "$W/sdp"
expect "its source" grep -q 'source-filter: incl IN IP6 . fe80::' "$W/sdp"
stop a

step "beside"
config a "shared-group = yes" "ipv6 = yes"
start_server a
soon "it is on both" 10 eval '"$B/netradioctl" -s "$W/a.state" status |
    grep -q "on eth0, eth0 (IPv6), group 239.255.64.0"'
hears 1 1-one/a.mp3
hears 1 1-one/a.mp3 -g 239.255.64.0
hears 1 1-one/a.mp3 -g ff15::efff:4000
stop a

step "another group, by -g"
start_server a -g ff15::1:0
hears 1 1-one/a.mp3 -g ff15::1:0
stop a

step "an address that goes and comes"
config a "shared-group = yes" "ipv6 = only"
start_server a
soon "it sends" 10 eval '"$B/netradioctl" -s "$W/a.state" status |
    grep -q "on eth0 (IPv6), group"'
echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
soon "it has gone" 5 said a 'eth0 has no IPv6 address, .*: waiting'
echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
soon "it is back" 10 said a 'sending on eth0 \(IPv6\)'
hears 1 1-one/a.mp3
OK
