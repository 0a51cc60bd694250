#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what the doctors say of a Linux bridge: that it snoops and nobody asks,
# and, when it asks by itself, that there is a querier, seen from its own
# machine and from the far end of a cable.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v ip >/dev/null || SKIP "no ip (iproute2)"
two_hosts

mkmp3 1-one/a.mp3 -t 60
ip link add br0 type bridge mcast_snooping 1 2>"$W/ip.err" ||
	SKIP "no bridge that snoops in this kernel"
ip addr flush dev eth0
ip link set eth0 master br0
ip addr add 10.9.0.1/24 dev br0
ip link set br0 up
forwards() {
	ip -d link show eth0 | grep -q 'state forwarding'
}
soon "the bridge forwards" 40 forwards
iface=br0
start_server a
doctor_says() {
	"$B/netradioctl" -s "$W/a.state" doctor 2 >"$W/last.out"
	grep -Fq -e "$1" "$W/last.out"
}
listener_says() {
	$there "$B/netradio-client" --doctor -v -T 2 >"$W/last.out"
	grep -Fq -e "$1" "$W/last.out"
}

step "nobody asks"
soon "at the bridge" 10 doctor_says \
    "note  br0: bridge br0 snoops IGMP and does not ask itself (ip link set \
br0 type bridge mcast_querier 1 would); no query was heard within 2 s, \
netradioctl doctor 130 is sure"
expect "and the list is heard beyond it" listener_says "is heard on eth0"

step "it asks by itself"
ip link set br0 type bridge mcast_query_interval 100 \
    mcast_startup_query_interval 100 mcast_query_use_ifaddr 1 mcast_querier 1
soon "at the far end" 20 listener_says \
    "ok    eth0 has an IGMP querier: 10.9.0.1"
"$B/netradioctl" -s "$W/a.state" doctor --json 4 >"$W/doctor.json"
equal "at the bridge" "$("$tools/jsonl" text check=querier \
    <"$W/doctor.json")" "br0 has an IGMP querier: 10.9.0.1"
expect "and the list is heard all the same" listener_says "is heard on eth0"
OK
