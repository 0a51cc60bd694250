#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what netradioctl doctor says of each fault of the server's network, in
# these words, and that of a network without any it says nothing but that.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
two_hosts

mkmp3 1-one/a.mp3 -t 60
mkmp3 2-two/a.mp3 -t 60
iface=eth0
config a "shared-group = yes" "name = alpha"
config b "shared-group = yes" "name = beta"
doctor() {
	"$B/netradioctl" -s "$W/a.state" doctor "$@"
}
# diagnosis STATUS SENTENCE: a look of two seconds ends with that, and has that
# line, in which N stands for a number.
diagnosis() {
	status_of doctor 2
	[ "$status" -eq "$1" ] ||
		FAIL "status $status, wanted $1: $(cat "$W/last.out")"
	sed 's/[0-9]*\.[0-9] s/N s/g; s/process [0-9]*/process N/g
	    s/-p [0-9]*/-p N/g
	    s/^\(WRONG\|note \) [0-9]* datagrams/\1 N datagrams/
	    s/moved for [0-9]* s/moved for N s/' "$W/last.out" >"$W/last.n"
	grep -Fxq -e "$2" "$W/last.n" ||
		FAIL "not said: $2; but: $(cat "$W/last.out")"
	echo "  ok: $2"
}
# and_nothing_else: what diagnosis found is all that is wrong.
and_nothing_else() {
	equal "wrong lines" "$(grep -c ^WRONG "$W/last.out")" 1
	equal "the last line" "$(tail -n 1 "$W/last.out")" "1 thing is wrong"
}
# Until all that it says is in the statistics.
has_begun() {
	"$B/netradioctl" -s "$W/a.state" status 2>/dev/null |
		grep -q 'on eth0'
}
start_a() {
	start_server a "$@"
	wait_until 5 has_begun || FAIL "no statistics"
}

step "no daemon"
diagnosis 69 "WRONG no netradiod runs with state directory $W/a.state: there \
is no such directory"
expect "and what an interface would be" grep -q \
    '^WRONG no network leads to 239\.255\.64\.0: on loopback (lo) nobody' \
    "$W/last.out"

step "all is well"
# As another program on the network would ask.
query() {
	on=$there
	run querier "$tools/forge" -i eth0 -t 200 query "$1"
	on=
}
start_a
query 3
diagnosis 0 "nothing wrong found"
equal "and there is nothing else" "$(cat "$W/last.n")" \
    "eth0 is up, 10.9.0.1; our list heard N s ago
note  TTL 1: heard in the networks of the server's interfaces, no router passes it on
nothing wrong found"
doctor --json 2 >"$W/doctor.json"
equal "states" "$("$tools/jsonl" state <"$W/doctor.json" | sort | uniq -c |
    tr '\n' ' ' | tr -s ' ')" " 1 note 12 ok "
equal "the querier" "$("$tools/jsonl" text check=querier \
    <"$W/doctor.json")" "eth0 has an IGMP querier: 10.9.0.2"
kill_hard querier

step "no querier is heard"
diagnosis 0 "note  eth0: no IGMP query was heard within 2 s; they come every \
125 s, so netradioctl doctor 130 is sure"

step "no right to look"
powerless() {
	setpriv --bounding-set -net_raw --inh-caps -net_raw \
	    "$B/netradioctl" -s "$W/a.state" doctor 2
}
if setpriv --bounding-set -net_raw --inh-caps -net_raw true 2>/dev/null
then
	exits 0 "without CAP_NET_RAW" powerless
	expect "it says so" grep -Fxq "note  whether eth0 has an IGMP querier \
cannot be heard without the right CAP_NET_RAW: as root, netradioctl doctor \
130 does" "$W/last.out"
else
	echo "  not tried: no setpriv that takes rights away"
fi

step "another server on the group"
on=$there
start_server b
on=
diagnosis 69 "WRONG another server is heard on group 239.255.64.0 on eth0: \
beta (10.9.0.2); other players hear both at once, so give one of the two \
another group (-g)"
and_nothing_else
stop b

step "the daemon stands still"
signal STOP a
stands_still() {
	"$B/netradioctl" -s "$W/a.state" status | grep -q 'has not moved'
}
soon "it does" 10 stands_still
diagnosis 69 "WRONG netradiod (process N) has not moved for N s: it is \
stopped or stuck (ps -o stat,wchan -L -p N)"
expect "and its list does not come" grep -Fxq \
    "WRONG our list does not leave on eth0: the daemon sends nothing, or a \
firewall on this machine is in the way of what goes out (netradioctl \
status, nft list ruleset)" \
    "$W/last.n"
signal CONT a

step "a firewall"
if nft add table inet t 2>"$W/nft.err"; then
	nft 'add chain inet t i { type filter hook input priority 0; }'
	nft add rule inet t i udp dport 1989 drop
	diagnosis 69 "WRONG our list leaves on eth0 and does not come back: a \
firewall on this machine is in the way of what comes in (nft list ruleset)"
	and_nothing_else
	nft flush chain inet t i
	nft 'add chain inet t o { type filter hook output priority 0; }'
	nft add rule inet t o udp dport 1989 drop
	diagnosis 69 "WRONG our list does not leave on eth0: the daemon sends \
nothing, or a firewall on this machine is in the way of what goes out \
(netradioctl status, nft list ruleset)"
	expect "and sending fails" grep -Fxq "WRONG N datagrams could not be \
sent meanwhile: netradioctl status says which channels, its --json why \
(failed_...)" "$W/last.n"
	nft delete table inet t
	diagnosis 0 "note  N datagrams could not be sent since the daemon \
began, but none meanwhile"
else
	echo "  not tried: no nft, or no netfilter here"
fi

step "multicast is turned off"
netns unicast eth0
diagnosis 69 "WRONG eth0 has multicast turned off: ip link set eth0 multicast \
on"
netns multicast eth0

step "the cable is unplugged"
is_waiting() {
	"$B/netradioctl" -s "$W/a.state" status | grep -q 'eth0 (waiting)'
}
$there "$tools/netns" down eth0
soon "the daemon waits" 5 is_waiting
diagnosis 69 "WRONG eth0 is up and has no carrier: is the cable plugged in, \
is the other end on?"
and_nothing_else
$there "$tools/netns" up eth0

step "the interface is down"
netns down eth0
soon "the daemon waits" 5 is_waiting
diagnosis 69 "WRONG eth0 is down: ip link set eth0 up"
and_nothing_else

step "the interface is gone"
netns del eth0
soon "the daemon waits" 5 is_waiting
diagnosis 69 "WRONG there is no interface eth0: is the name right (ip link)?"
and_nothing_else

step "the interface has no address"
netns veth eth0 eth0 "$(pid_of host)"
netns up eth0
$there "$tools/netns" addr eth0 10.9.0.2/24
$there "$tools/netns" up eth0
sends_again() {
	said a 'sending on eth0' && ! is_waiting
}
soon "the daemon sends" 5 sends_again
diagnosis 69 "WRONG eth0 has no IPv4 address: packets leave with another \
one's or none, and listeners may throw them away; give it one (DHCP, or ip \
addr add ADDRESS/LENGTH dev eth0)"
netns addr eth0 10.9.0.1/24
stop a

step "ports that another program holds"
run holder "$tools/forge" hold 16384
soon "the port is held" 3 grep -qs held "$W/holder.out"
start_a
diagnosis 69 "WRONG UDP port 16384 is held by forge (process N), channel 1 \
leaves from another port: end that program and restart netradiod"
and_nothing_else
kill_hard holder
diagnosis 69 "WRONG UDP port 16384 is not the daemon's, channel 1 leaves from \
another port: another program had it when the daemon began; restart \
netradiod"
stop a
rm "$W/holder.out"
run holder "$tools/forge" hold 1989
soon "the list's is held" 3 grep -qs held "$W/holder.out"
start_a
diagnosis 69 "WRONG UDP port 1989 is held by forge (process N), the program \
list leaves from another port: end that program and restart netradiod"
kill_hard holder
stop a

step "TTL 0"
start_a -t 0
diagnosis 69 "WRONG TTL 0: nothing leaves this machine; ttl = 1 in \
netradiod.conf (or -t 1), and restart"
stop a

step "loopback, because no route leads anywhere"
# shellcheck disable=SC2086
run r "$B/netradiod" -f -c "$W/a.conf" -m "$media" -s "$W/a.state" \
    -p "$W/r.pid" $as_user
on_loopback() {
	"$B/netradioctl" -s "$W/a.state" status 2>/dev/null |
		grep -q ' on lo'
}
soon "it sends" 5 on_loopback
diagnosis 69 "WRONG no network leads to 239.255.64.0: on loopback (lo) nobody \
hears it but this machine; name an interface (-i, or interface in \
netradiod.conf), or make a route (ip route add 239.255.64.0/18 dev \
INTERFACE)"
and_nothing_else
netns route 239.0.0.0/8 eth0
soon "with a route" 5 has_begun
diagnosis 0 "nothing wrong found"
equal "it says why" "$(doctor --json 2 | "$tools/jsonl" text \
    check=interface)" \
    "eth0: the daemon sends here, because the route to 239.255.64.0 leads \
there"
OK
