#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the two nft rule sets of the administrator's guide let the radio
# through: list, channel, announcement and a switch's queries, with all else
# shut; that each rule is needed; and what the client says without it.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/networks.sh
. "$(dirname "$0")/../networks.sh"
need ip bridge nft bash

#	here eth0 == p1 switch p2 == eth0 listener
machine listener
switch switch mcast_membership_interval 300 mcast_query_interval 100 \
    mcast_startup_query_interval 100
cable here eth0 switch p1
cable listener eth0 switch p2
port switch p1
port switch p2
querier switch 10.1.0.9/24
ip addr add 10.1.0.1/24 dev eth0
at listener ip addr add 10.1.0.2/24 dev eth0
iface=eth0
mkmp3 1-one/a.mp3 -t 40
documents=$test_dir/../doc/admin
nft list ruleset >"$W/nft.out" 2>"$W/nft.err" ||
	SKIP "no nftables in this kernel: $(cat "$W/nft.err")"

# shut NAME FILE [SED-COMMAND]: load the rules, or what is left of them.
shut() {
	sed "${3:-}" "$documents/$2" >"$W/$1.nft"
	[ -z "${3:-}" ] || ! cmp -s "$documents/$2" "$W/$1.nft" ||
		FAIL "$3 changes nothing in $2"
	at "$1" nft -f "$W/$1.nft" || FAIL "nft does not take $2"
}
listener() {
	shut listener netradio-listener.nft "$@"
}
server() {
	shut here netradio-server.nft "$@"
}
is_deaf() {
	says='no program list on 239\.255\.64\.0 port 1989.*no firewall drops UDP to 239\.255\.64\.0'
	exits 69 "$1" from listener client -l
}

step "both rule sets"
listener
server
start_server a
soon "the list is heard" 10 hears listener
records listener "$media/1-one/a.mp3" 8
from listener run sap "$tools/saphear" -i eth0 -d "$W"
soon "and the announcement" 15 test -s "$W/one.sdp"
kill_hard sap
expect "loaded again they are the same" listener
equal "tables" "$(at listener nft list tables)" "table inet netradio_listener"

step "listeners' reports (RTCP) and nothing else"
for m in here listener; do
	at $m nft add table inet after
	at $m nft add chain inet after input \
	    '{ type filter hook input priority filter + 1; }'
done
# passes FROM TO ADDRESS PORT: a datagram passes both rule sets.
passes() {
	at "$2" nft flush chain inet after input
	at "$2" nft add rule inet after input udp dport "$4" counter
	at "$1" bash -c "echo >/dev/udp/$3/$4" 2>>"$W/bash.err"
	wait_until 1 has_counted "$2"
}
has_counted() {
	at "$1" nft list chain inet after input | grep -q 'packets 1 '
}
expect "to the server's port P+1" passes listener here 10.1.0.1 16385
expect "and P+7" passes listener here 10.1.0.1 16391
refuse "not to P" passes listener here 10.1.0.1 16384
refuse "nor to another program" passes listener here 10.1.0.1 2049
refuse "from the server to a program on the listener" \
    passes here listener 10.1.0.2 2049
nft delete table inet netradio_server
refuse "nor if the server's host lets it out" passes here listener 10.1.0.2 2049
at listener nft delete table inet netradio_listener
expect "but for the rules it would" passes here listener 10.1.0.2 2049
listener
server

step "the listener without the rule for the program list"
listener 's/{ 1989, 16384-32767 }/16384-32767/'
is_deaf "the list is not heard"
from listener start_client c -o "$W/c.mp3" 1
soon "the channel is, by its number" 5 has_bytes "$W/c.mp3" 20000
soon "and it says what is missing" 6 said c \
    'no program list is heard: playing without titles'
stop c

step "the listener without the rule for the channels"
listener 's/{ 1989, 16384-32767 }/1989/'
expect "the list is heard" hears listener
from listener start_client c -o "$W/d.mp3" 1
soon "the channel is not" 6 said c 'the list is heard, but not the channel \(239\.255\.64\.1 port 16384\): joining again; a switch or firewall may be in the way'
refuse "nothing was written" [ -s "$W/d.mp3" ]

step "the rule comes back under a running client"
listener
soon "heard again" 5 has_bytes "$W/d.mp3" 20000
stop c

step "the listener without the rule for IGMP"
from listener start_client c -o "$W/e.mp3" 1
soon "heard" 5 has_bytes "$W/e.mp3" 20000
listener '/igmp/d'
soon "the switch forgets it" 10 eval '! knows switch p2 239.255.64.1'
soon "and it says so" 8 said c 'channel 1.*nothing is heard|the list is heard, but not'
listener
soon "heard again" 15 said c 'is heard again'
stop c

step "the listener without the rule for announcements"
listener '/9875/d'
rm "$W/one.sdp"
from listener run sap "$tools/saphear" -i eth0 -d "$W"
wait_until 7 test -s "$W/one.sdp" && FAIL "it is heard"
echo "  ok: they are not heard"
listener
soon "with it they are" 7 test -s "$W/one.sdp"
kill_hard sap

step "the server without the rule for what it sends"
server '/1989, 16384/d'
is_deaf "the list is not heard"
soon "the server says why" 5 said a 'EPERM|not permitted'
server
soon "heard without a restart" 10 hears listener
stop a
OK
