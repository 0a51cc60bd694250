#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a switch with IGMP snooping and a querier costs nothing and
# spares those who do not listen; that, when the querier is gone, a listener
# whom the switch has forgotten comes back by himself within seconds, each time;
# and what a Linux bridge does without a querier, with a full table, and with
# mcast_to_unicast.  The switch is the kernel's bridge, its times shortened.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/networks.sh
. "$(dirname "$0")/../networks.sh"
need ip bridge nft

#	here eth0 == p1 switch p2 == eth0 listener
#	                       p3 == eth0 bystander
#	                       p4 == q1 upstream, a switch with a querier
machine listener bystander
switch switch
switch upstream
cable here eth0 switch p1
cable listener eth0 switch p2
cable bystander eth0 switch p3
cable upstream q1 switch p4
for p in p1 p2 p3; do
	port switch $p
done
port upstream q1
ip addr add 10.1.0.1/24 dev eth0
at listener ip addr add 10.1.0.2/24 dev eth0
# A report is sent twice, with IGMPv2 the second one up to 10 s later.
at listener sysctl -qw \
    net.ipv4.conf.eth0.igmpv2_unsolicited_report_interval=1000
iface=eth0
mkmp3 1-one/a.mp3 -t 40
start_server a

# What came to him who does not listen, so far.
came() {
	at bystander awk '$1 == "eth0:" { print $3 }' /proc/net/dev
}
is_snooping() {
	at switch ip -d link show br0 | grep -q "mcast_snooping $1 "
}

step "no querier: a Linux bridge does not trust what it snooped, and floods"
before=$(came)
records listener "$media/1-one/a.mp3" 6
n=$(($(came) - before))
expect "a bystander got $n packets" [ $n -gt 50 ]

step "a querier, and members that are forgotten after 4 s"
at switch ip link set br0 type bridge mcast_membership_interval 400 \
    mcast_query_interval 100 mcast_startup_query_interval 100
querier switch 10.1.0.9/24
# It floods until those who listen could have answered the first query.
filters() {
	_was=$(came)
	sleep 1			# in which a channel sends 13 packets
	[ $(($(came) - _was)) -lt 5 ]
}
soon "the bridge filters" 10 filters
before=$(came)
records listener "$media/1-one/a.mp3" 13
n=$(($(came) - before))
expect "a bystander got $n packets, queries among them" [ $n -lt 60 ]
# The lowest address asks, and that will be the other's.
at switch ip link set br0 type bridge mcast_querier 0

# Does the switch know of the listener?
known() {
	knows switch p2 239.255.64.1
}
unknown() {
	! known
}

for version in 2 3; do
	step "IGMPv$version, and the querier elsewhere goes away"
	at switch ip link set br0 type bridge mcast_igmp_version $version \
	    mcast_membership_interval 600 mcast_querier_interval 6000
	at upstream ip link set br0 type bridge mcast_igmp_version $version
	port switch p4
	querier upstream 10.1.0.4/24
	soon "the bridge filters" 15 filters
	from listener start_client c -v --json -o "$W/c.mp3" 1
	soon "heard" 5 has_bytes "$W/c.mp3" 30000
	expect "the switch knows why" known
	at upstream ip link set br0 type bridge mcast_querier 0
	for i in 1 2; do
		soon "forgotten" 12 unknown
		begun=$(now_ms)
		soon "known again" 10 known
		soon "heard again" 3 said c 'is heard again' $i
		ms=$(($(now_ms) - begun))
		expect "after $ms ms" [ $ms -lt 6000 ]
	done
	expect "it says why" said c 'nothing is heard; waiting|the list is heard, but not the channel' 2
	# Two seconds, silence or not.
	mark "$W/c.mp3"
	soon "on and on" 5 has_more "$W/c.mp3" 32000
	stop c
	equal "gaps" "$(stat_of "$W/c.out" gaps)" 2
	run=$("$tools/framerun" -g 200 "$W/c.mp3" "$media/1-one/a.mp3") ||
		FAIL "something else than the file and silence: $run"
	echo "  ok: lost: $(stat_of "$W/c.out" lost) packets;" \
	    "$(echo "$run" | tail -n 1)"
	at switch ip link set p4 nomaster
done

step "a table that is full: the bridge floods"
at switch ip link set br0 type bridge mcast_hash_max 1
expect "it snoops" is_snooping 1
from listener start_client c -o "$W/d.mp3" 1
soon "heard" 5 has_bytes "$W/d.mp3" 20000
soon "it has given up snooping" 5 is_snooping 0
stop c

step "mcast_to_unicast, as a wireless bridge does it"
at switch ip link set br0 type bridge mcast_hash_max 4096 mcast_snooping 1 \
    mcast_membership_interval 6000
at switch bridge link set dev p2 mcast_to_unicast on
querier switch 10.1.0.9/24
soon "the bridge filters" 10 filters
at listener nft -f - <<'END'
table inet count {
	chain input {
		type filter hook input priority filter;
		ip daddr 239.255.64.1 meta pkttype host counter name unicast
	}
	counter unicast { }
}
END
records listener "$media/1-one/a.mp3" 6
n=$(at listener nft list counter inet count unicast |
    sed -n 's/.*packets \([0-9]*\) .*/\1/p')
expect "$n packets came to its own address" [ "$n" -gt 50 ]
OK
