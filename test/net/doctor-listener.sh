#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what netradio-client --doctor says of each fault of a listener's
# network, in these words, and that of a network without any it says nothing
# but that.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
two_hosts

mkmp3 1-one/a.mp3 -t 60
mkmp3 2-two/a.mp3 -t 60
iface=eth0
config a "shared-group = yes" "name = alpha"
config b "shared-group = yes" "name = beta"
doctor() {
	$there "$B/netradio-client" --doctor -T 2 "$@"
}
# diagnosis STATUS SENTENCE OPTIONS...: a look of two seconds ends with that,
# and has that line, in which N stands for a number.
diagnosis() {
	_want=$1
	_sentence=$2
	shift 2
	status_of doctor "$@"
	[ "$status" -eq "$_want" ] ||
		FAIL "status $status, wanted $_want: $(cat "$W/last.out")"
	is_said "$_sentence"
}
is_said() {
	sed 's/[0-9]*\.[0-9] s/N s/g; s/process [0-9]*/process N/g
	    s/thrown [0-9]* packets/thrown N packets/' "$W/last.out" \
	    >"$W/last.n"
	grep -Fxq -e "$1" "$W/last.n" ||
		FAIL "not said: $1; but: $(cat "$W/last.out")"
	echo "  ok: $1"
}
and_nothing_else() {
	equal "wrong lines" "$(grep -c ^WRONG "$W/last.out")" 1
	equal "the last line" "$(tail -n 1 "$W/last.out")" "1 thing is wrong"
}
# Another cable end over there, that leads nowhere.
spare_end() {
	$there "$tools/netns" veth eth1 eth1x
	$there "$tools/netns" addr eth1 10.8.0.1/24
	$there "$tools/netns" up eth1
	$there "$tools/netns" up eth1x
}
# sysctl_there NAME VALUE
sysctl_there() {
	# shellcheck disable=SC2086
	$there sh -c "echo $2 >/proc/sys/net/ipv4/$1" 2>/dev/null
}
has_carrier() {
	$there "$B/netradio-client" --doctor -T 1 --json -i eth0 |
		"$tools/jsonl" state check=carrier | grep -qx ok
}
soon "the cable is plugged in" 10 has_carrier

step "no server"
diagnosis 69 "WRONG no program list is heard on 239.255.64.0 port 1989 (lo, \
eth0) within 2 s: is netradiod running, in this network and on this group \
(-g)? Is a firewall in the way, here or at the server (UDP 1989, 16384 and \
up)? Does a switch or access point stop multicast?"
and_nothing_else

step "all is well"
start_server a
run querier "$tools/forge" -i eth0 -t 200 query 2
diagnosis 0 "nothing wrong found"
equal "and there is nothing else" "$(cat "$W/last.n")" \
    "lo is up, 127.0.0.1; the list not heard
eth0 is up, 10.9.0.2; the list heard N s ago
nothing wrong found"
diagnosis 0 "ok    channel 2 (239.255.64.2 port 16392) is heard on eth0, last \
N s ago" \
    -v two
for sentence in \
    "eth0 is listened on, because it is up" \
    "eth0 has address 10.9.0.2" \
    "eth0 has an IGMP querier: 10.9.0.1" \
    "no other server is heard on the group"; do
	is_said "ok    $sentence"
done
diagnosis 0 "ok    the list of alpha (10.9.0.1) is heard on eth0, last N s \
ago" \
    -v -i eth0 --server alpha 2
is_said "ok    eth0 is listened on, because -i names it"
doctor --json 1 >"$W/doctor.json" || FAIL "--json: $?"
equal "nothing but ok" "$("$tools/jsonl" state <"$W/doctor.json" | sort -u)" \
    ok

step "no such channel, no such server"
diagnosis 69 "WRONG the list has no channel 77: netradio-client -l shows \
which there are" 77
diagnosis 69 "WRONG the list has no channel three: netradio-client -l shows \
which there are" three
diagnosis 69 "WRONG no program list of 10.9.0.9 is heard on lo, eth0, but \
that of alpha (10.9.0.1): is the name or address right?" \
    --server 10.9.0.9
kill_hard querier

step "no right to look"
without_raw="setpriv --bounding-set -net_raw --inh-caps -net_raw"
powerless() {
	# shellcheck disable=SC2086
	$there $without_raw "$B/netradio-client" --doctor -T 2 "$@"
}
if $without_raw true 2>/dev/null; then
	soon "what the last querier spoke is not forgotten" 5 eval \
	    '$there grep -q "eth0 .* V2" /proc/net/igmp'
	exits 0 "without CAP_NET_RAW" powerless -v
	is_said "ok    eth0 has an IGMP querier of version 2 (/proc/net/igmp)"
else
	echo "  not tried: no setpriv that takes rights away"
fi
diagnosis 0 "note  eth0: no IGMP query was heard within 2 s; they come every \
125 s, so netradio-client --doctor -T 130 is sure"

step "two servers on one group"
config c "shared-group = yes" "name = gamma"
# shellcheck disable=SC2086
"$B/netradiod" -f -c "$W/b.conf" -m "$media" -s "$W/b.state" \
    -p "$W/b.pid" -i eth0 $as_user >"$W/b.out" 2>"$W/b.log" </dev/null &
remember b $!
wait_until 10 is_ready b || FAIL "no second server"
diagnosis 0 "note  another server is heard on group 239.255.64.0 on eth0: \
beta (10.9.0.1)" \
    --server alpha
status_of doctor
equal "without a choice, wrong" "$status" 69
expect "by \
name" grep -Eq '^WRONG another server is heard on group 239\.255\.64\.0 on eth0: (alpha|beta) \(10\.9\.0\.1\); choose by --server, and have one of the two sent to another group$' "$W/last.out"
stop b

step "the server stands still"
# It has been heard when the list was, and is silent at the end.
$there "$B/netradio-client" --doctor -T 8 >"$W/last.out" 2>"$W/last.err" \
    </dev/null &
remember last $!
on=$there
soon "the list is heard" 5 list_has channel=1
on=
signal STOP a
ends last 12
equal "status" "$status" 69
is_said "WRONG the list of alpha (10.9.0.1) was heard on eth0, but not for N \
s: has the server stopped, or the network?"
signal CONT a
on=$there
soon "it goes on" 5 list_has channel=1
on=

step "the reverse-path filter"
spare_end
sysctl_there conf/eth0/rp_filter 1 || FAIL "no sysctl"
$there "$tools/netns" route 10.9.0.1/32 eth1
diagnosis 69 "WRONG the list of alpha (10.9.0.1) arrives on eth0 and is \
thrown away by the strict reverse-path filter (rp_filter 1), because the \
route to 10.9.0.1 leads to eth1: sysctl -w net.ipv4.conf.all.rp_filter=2 \
net.ipv4.conf.eth0.rp_filter=2, or ip route add 10.9.0.1 dev eth0"
and_nothing_else
if $without_raw true 2>/dev/null; then
	exits 69 "without CAP_NET_RAW" powerless
	is_said "WRONG no list is heard on eth0, and the reverse-path filter \
(rp_filter 1) has thrown N packets away meanwhile: make a route to the \
server (ip route add SERVER dev eth0), or turn the filter off (sysctl -w \
net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0)"
fi
sysctl_there conf/eth0/rp_filter 2
diagnosis 0 "nothing wrong found"
# With the interface goes the route.
$there "$tools/netns" del eth1
diagnosis 0 "nothing wrong found"
# Nobody else is in this network of ours.
netns del eth0
netns veth eth0 eth0 "$(pid_of host)"
netns addr eth0 10.9.0.1/24
netns up eth0
$there "$tools/netns" addr eth0 10.99.0.2/24
$there "$tools/netns" up eth0
sysctl_there conf/eth0/rp_filter 1
sends_again() {
	said a 'sending on eth0'
}
soon "the server sends" 5 sends_again
diagnosis 69 "WRONG the list of alpha (10.9.0.1) arrives on eth0 and is \
thrown away by the reverse-path filter (rp_filter 1), because no route \
leads to 10.9.0.1: ip route add 10.9.0.1 dev eth0"
and_nothing_else
$there "$tools/netns" route 10.9.0.1/32 eth0
diagnosis 0 "nothing wrong found"
sysctl_there conf/eth0/rp_filter 0

step "a firewall"
if $there nft add table inet t 2>"$W/nft.err"; then
	$there nft 'add chain inet t i { type filter hook input priority 0; }'
	$there nft add rule inet t i udp dport 1989 drop
	diagnosis 69 "WRONG the list of alpha (10.9.0.1) arrives on eth0 and \
no program gets it: a firewall on this machine is in the way; let UDP port \
1989 to 239.255.64.0 pass (nft list ruleset)"
	and_nothing_else
	$there nft flush chain inet t i
	$there nft add rule inet t i udp dport 16384 drop
	diagnosis 69 "WRONG channel 1 (239.255.64.1 port 16384) arrives on \
eth0 and no program gets it: a firewall on this machine is in the way; let \
UDP port 16384 pass (nft list ruleset)" 1
	and_nothing_else
	$there nft delete table inet t
	nft add table inet t
	nft 'add chain inet t o { type filter hook output priority 0; }'
	nft add rule inet t o udp dport 16384 drop
	diagnosis 69 "WRONG channel 1 (239.255.64.1 port 16384) is not heard, \
but the list is: is a firewall in the way, here or at the server, or a \
switch that does not know who listens?" 1
	and_nothing_else
	nft delete table inet t
else
	echo "  not tried: no nft, or no netfilter here"
fi

step "ports that another program holds"
hold() {
	rm -f "$W/holder.out"
	on=$there
	run holder "$tools/forge" hold "$1"
	on=
	soon "port $1 is held" 3 grep -qs held "$W/holder.out"
}
hold 1989
diagnosis 69 "WRONG UDP port 1989 is held by forge (process N), the program \
list cannot be heard: end that program"
and_nothing_else
kill_hard holder
hold 16384
diagnosis 69 "WRONG UDP port 16384 is held by forge (process N), channel 1 \
cannot be heard: end that program" 1
and_nothing_else
kill_hard holder

step "limits of the kernel"
sysctl_there igmp_max_memberships 1
diagnosis 69 "WRONG the kernel lets a program join a group on 1 interfaces \
only (igmp_max_memberships), and there are 2: sysctl -w \
net.ipv4.igmp_max_memberships=20"
and_nothing_else
sysctl_there igmp_max_memberships 20
if $there sh -c 'echo 65536 >/proc/sys/net/core/rmem_max' 2>/dev/null; then
	without_admin="setpriv --bounding-set -net_admin --inh-caps -net_admin"
	small_buffer() {
		# shellcheck disable=SC2086
		$there $without_admin "$B/netradio-client" --doctor -T 2
	}
	exits 69 "a small buffer" small_buffer
	is_said "WRONG the kernel grants a receive buffer of 65536 bytes only \
(net.core.rmem_max) instead of 262144, so packets are lost when this \
machine is busy: sysctl -w net.core.rmem_max=262144"
else
	echo "  not tried: net.core.rmem_max is the whole machine's here;" \
	    "test_check does"
fi

step "multicast is turned off"
$there "$tools/netns" unicast eth0
diagnosis 69 "WRONG eth0 has multicast turned off: ip link set eth0 multicast \
on" \
    -i eth0
$there "$tools/netns" multicast eth0

step "an interface of several that nobody named may be as it is"
spare_end
$there "$tools/netns" unicast eth1
diagnosis 0 "note  eth1 has multicast turned off: ip link set eth1 multicast \
on"
$there "$tools/netns" del eth1

step "no carrier, down, gone, no address"
netns down eth0
diagnosis 69 "WRONG eth0 is up and has no carrier: is the cable plugged in, \
is the other end on?" \
    -i eth0
netns up eth0
$there "$tools/netns" down eth0
diagnosis 69 "WRONG eth0 is down: ip link set eth0 up" -i eth0
diagnosis 69 "WRONG no interface but loopback is up and has a carrier, so \
only a server on this machine can be heard: ip link set INTERFACE up, or \
plug the cable in"
diagnosis 69 "WRONG there is no interface eth9: is the name right (ip link)?" \
    -i eth9
netns del eth0
netns veth eth0 eth0 "$(pid_of host)"
netns addr eth0 10.9.0.1/24
netns up eth0
$there "$tools/netns" up eth0
soon "a cable again" 10 has_carrier
diagnosis 69 "WRONG eth0 has no IPv4 address: its switch may not know who \
listens there; give it one (DHCP, or ip addr add ADDRESS/LENGTH dev eth0)" \
    -i eth0
OK
