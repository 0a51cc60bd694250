#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a server on several interfaces is heard on each, and a client
# without -i goes on when the one that it hears goes down; and which networks of
# containers and virtual machines let the radio through: macvlan and a bridge
# that has the real interface in it do, a routed one does not.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/networks.sh
. "$(dirname "$0")/../networks.sh"
need ip bridge bash

#	here eth0 == eth0 host, which has guests
#	     eth2 == eth1
#	     eth1 == eth0 other
machine host guest other local
cable here eth0 host eth0
cable here eth2 host eth1
cable here eth1 other eth0
ip addr add 10.1.0.1/24 dev eth0
ip addr add 10.2.0.1/24 dev eth2
ip addr add 10.3.0.1/24 dev eth1
at host ip addr add 10.1.0.2/24 dev eth0
at host ip addr add 10.2.0.2/24 dev eth1
at other ip addr add 10.3.0.2/24 dev eth0
iface=eth0
mkmp3 1-one/a.mp3 -t 40
is_deaf() {
	says='no program list on 239\.255\.64\.0 port 1989'
	exits 69 "$1" from "$2" client -l
}
# macvlan HOST GUEST ADDRESS/LENGTH: an interface eth0 of its own on the
# host's network.
macvlan() {
	at "$1" ip link add link eth0 name radio0 type macvlan mode bridge \
	    2>"$W/macvlan.err" || return 1
	at "$1" ip link set radio0 netns "$(pid_of "host_$2")" name eth0
	at "$2" ip addr add "$3" dev eth0
	at "$2" ip link set eth0 up
}

step "a server on three interfaces"
start_server a -i eth1 -i eth2
for i in eth0 eth1; do
	iface=$i
	soon "heard by one machine on its $i" 10 hears host
done
iface=eth0
soon "and by another" 10 hears other
records other "$media/1-one/a.mp3" 6

step "a client that is told of no interface, and could hear all twice"
from host run c "$B/netradio-client" -v --json -o "$W/c.mp3" 1
soon "heard" 5 has_bytes "$W/c.mp3" 30000
soon "from one of the server's addresses" 5 \
    said c 'program list of 10\.[12]\.0\.1'
own=eth0
said c 'program list of 10\.2\.0\.1' && own=eth1
at host ip link set $own down
soon "that interface is down: it goes on with the other" 10 \
    said c 'the server is now at 10\.[12]\.0\.1'
# Two seconds, silence or not.
mark "$W/c.mp3"
soon "on and on" 5 has_more "$W/c.mp3" 32000
stop c
n=$(stat_of "$W/c.out" lost)
expect "$n packets of 13 a second were lost" [ "$n" -lt 80 ]
equal "nothing was heard twice" "$(stat_of "$W/c.out" duplicated)" 0
run=$("$tools/framerun" -g 200 "$W/c.mp3" "$media/1-one/a.mp3") ||
	FAIL "something else than the file and silence: $run"
at host ip link set $own up
at host ip link del eth1

step "a guest behind a routed bridge"
at host ip link add br0 type bridge
at host ip addr add 172.30.0.1/16 dev br0
at host ip link set br0 up
at host sysctl -qw net.ipv4.ip_forward=1
cable guest eth0 host v0
port host v0
at guest ip addr add 172.30.0.2/16 dev eth0
at guest ip route add default via 172.30.0.1
expect "the server can be reached from there" \
    at guest bash -c 'echo >/dev/udp/10.1.0.1/1989'
is_deaf "multicast does not come through" guest

step "the real interface in the bridge"
at host ip addr del 10.1.0.2/24 dev eth0
at host ip addr add 10.1.0.2/24 dev br0
port host eth0
at guest ip addr add 10.1.0.4/24 dev eth0
soon "the guest hears" 10 hears guest
records guest "$media/1-one/a.mp3" 6
iface=br0
soon "and so does the host, on the bridge" 10 hears host
iface=eth0
is_deaf "not on the interface that is in it" host
at host ip link del br0
at guest ip link del eth0
at host ip addr add 10.1.0.2/24 dev eth0

step "macvlan"
macvlan host guest 10.1.0.5/24 || SKIP "no macvlan in this kernel"
soon "the guest hears" 10 hears guest
records guest "$media/1-one/a.mp3" 6
macvlan here local 10.1.0.6/24
is_deaf "not so a guest on the server's own host" local
stop a

step "the server is the guest"
from local start_server b
soon "heard by another machine" 10 hears host
is_deaf "not by its own host" here
OK
