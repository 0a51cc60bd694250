#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a listener behind a router (smcroute with the file that the
# administrator's guide shows) hears every byte with TTL 2, and nothing with
# TTL 1; that a switch with IGMP snooping before the router lets through what
# that file asks for, and only that; and what a listener without a route back
# and with a reverse-path filter hears: nothing.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/networks.sh
. "$(dirname "$0")/../networks.sh"
need ip bridge smcrouted

#	here eth0 == p1 switch p2 == eth0 router eth1 == eth0 listener
machine router listener
switch switch
querier switch 10.1.0.3/24
cable here eth0 switch p1
cable router eth0 switch p2
cable router eth1 listener eth0
port switch p1
port switch p2
ip addr add 10.1.0.1/24 dev eth0
at router ip addr add 10.1.0.2/24 dev eth0
at router ip addr add 10.2.0.1/24 dev eth1
at router sysctl -qw net.ipv4.ip_forward=1
at listener ip addr add 10.2.0.2/24 dev eth0
at listener ip route add default via 10.2.0.1
iface=eth0
mkmp3 1-one/a.mp3 -t 40
shown=$test_dir/../doc/admin/smcroute.conf
says_deaf='no program list on 239\.255\.64\.0 port 1989.*do not pass a router unless its TTL is raised.*firewall'

# route FILE: the router routes; not as a daemon, or it could not be ended.
route() {
	rm -f "$W/router.pid"
	from router run router smcrouted -n -N -f "$1" -P "$W/router.pid" \
	    -u "$W/router.sock"
	soon "the router routes" 5 test -e "$W/router.pid"
}
unroute() {
	kill "$(pid_of router)"
	ends router 5
}
is_router_port() {
	at switch bridge -d mdb show | grep -q 'router ports on br0:.* p2'
}
deaf() {
	says=$says_deaf
	exits 69 "$2" from "$1" client -l
}

step "TTL 1"
sed -n 's/^    \(\(phyint\|mroute\|mgroup\) .*\)/\1/p' "${shown%/*}/networks.md" \
    >"$W/guide"
grep -E '^(phyint|mroute|mgroup) ' "$shown" >"$W/file"
expect "the guide shows the file" cmp "$W/guide" "$W/file"
expect "the file is as smcrouted wants it" at router smcrouted -N -F "$shown"
route "$shown"
start_server a
soon "heard in the server's own network" 10 hears router
deaf listener "not behind the router"
says=", nothing of channel 1 on 239\.255\.64\.1 port 16384; .*TTL"
exits 69 "nor the channel" from listener client -o "$W/none.mp3" 1
refuse "nothing was written" [ -s "$W/none.mp3" ]
equal "packets that were sent behind the router" \
    "$(at router awk '$2 == "eth1" { print $6 }' /proc/net/ip_mr_vif)" 0
stop a

step "TTL 2"
start_server a -t 2
soon "the list comes through" 10 hears listener
records listener "$media/1-one/a.mp3" 8
expect "the router's table shows where the channel goes" eval \
    'at router ip mroute show | grep -q "(10.1.0.1,239.255.64.1) .*Iif: eth0 .*Oifs: eth1.*State: resolved"'
from listener run sap "$tools/saphear" -i eth0 -d "$W"
soon "and the announcement for other players" 15 test -s "$W/one.sdp"
kill_hard sap

step "TTL 2 and no router"
unroute
deaf listener "not heard"

step "a switch before the router that knows of no member and no router"
sed '/^mgroup/d; s/ mrdisc//' "$shown" >"$W/neither.conf"
# It remembers the router of before.
at switch ip link set p2 nomaster
port switch p2
route "$W/neither.conf"
refuse "the switch knows of no router" is_router_port
deaf listener "nothing comes through"
unroute

step "with mgroup only"
sed 's/ mrdisc//' "$shown" >"$W/mgroup.conf"
route "$W/mgroup.conf"
soon "the switch knows a member" 5 knows switch p2 239.255.64.1
refuse "and of no router" is_router_port
soon "heard" 10 hears listener
unroute
deaf listener "and no more"

step "with mrdisc only"
sed '/^mgroup/d' "$shown" >"$W/mrdisc.conf"
route "$W/mrdisc.conf"
soon "the switch knows of a router" 25 is_router_port
soon "heard" 10 hears listener

step "a listener whose way back is another one, with a reverse-path filter"
at listener ip route del default
at listener sysctl -qw net.ipv4.conf.eth0.rp_filter=1
deaf listener "nothing is heard"
expect "the kernel counts what the filter drops" eval \
    'at listener nstat -asz TcpExtIPReversePathFilter | grep -Eq "IPReversePathFilter +[1-9]"'
at listener sysctl -qw net.ipv4.conf.eth0.rp_filter=0
soon "without the filter it is" 10 hears listener
at listener sysctl -qw net.ipv4.conf.eth0.rp_filter=1
at listener ip route add 10.1.0.0/24 via 10.2.0.1
soon "with the filter and a route, too" 10 hears listener
unroute
OK
