# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
#
# Stories with more machines than two, after lib.sh: the server is here, and
# every other machine, switch and router is a namespace with a name.

need() {
	for _program; do
		command -v "$_program" >/dev/null || SKIP "$_program is missing"
	done
}

# machine NAME...: each a namespace with its loopback up.
machine() {
	for _machine; do
		unshare -n sleep 1000 &
		remember "host_$_machine" $!
		wait_until 5 is_apart "$(pid_of "host_$_machine")" ||
			FAIL "no network namespace"
		at "$_machine" ip link set lo up
	done
}

# at NAME COMMAND...: run there; "here" is where the server is.
at() {
	if [ "$1" = here ]; then
		shift
		"$@"
		return
	fi
	_ns=$(pid_of "host_$1")
	shift
	nsenter -t "$_ns" -n "$@"
}

# go_to NAME: from now on lib.sh's functions run things there.
go_to() {
	on=
	[ "$1" = here ] || on="nsenter -t $(pid_of "host_$1") -n"
}

# from NAME FUNCTION...: one of lib.sh's, there.
from() {
	go_to "$1"
	shift
	"$@"
	_from=$?
	on=
	return $_from
}

# cable NAME IFACE NAME IFACE: both ends up.
cable() {
	_far=$$
	[ "$3" = here ] || _far=$(pid_of "host_$3")
	at "$1" ip link add "$2" type veth peer name "$4" netns "$_far" \
	    2>"$W/veth.err" || SKIP "no veth pairs in this kernel"
	at "$1" ip link set "$2" up
	at "$3" ip link set "$4" up
}

# switch NAME OPTIONS...: a machine that is a bridge, br0, with snooping; the
# options are those of ip-link(8).
switch() {
	_switch=$1
	shift
	machine "$_switch"
	at "$_switch" ip link add br0 type bridge mcast_snooping 1 \
	    mcast_stats_enabled 1 "$@" 2>"$W/bridge.err" ||
		SKIP "no bridge with IGMP snooping in this kernel:" \
		    "$(cat "$W/bridge.err")"
	at "$_switch" ip link set br0 up
}

# querier SWITCH ADDRESS/LENGTH [OPTIONS...]: it begins to ask, and stops
# flooding as soon as those who were there could have answered.
querier() {
	at "$1" ip addr replace "$2" dev br0
	at "$1" ip link set br0 type bridge mcast_query_response_interval 100 \
	    mcast_query_use_ifaddr 1
	_querier=$1
	shift 2
	at "$_querier" ip link set br0 type bridge mcast_querier 1 "$@"
}

# port SWITCH IFACE: into the bridge, forwarding at once.
port() {
	at "$1" ip link set "$2" master br0
	wait_until 5 is_forwarding "$1" "$2" || FAIL "$2 does not forward"
}

is_forwarding() {
	at "$1" bridge link show dev "$2" | grep -q 'state forwarding'
}

# knows SWITCH IFACE GROUP: the switch has it that somebody there listens.
knows() {
	at "$1" bridge mdb show dev br0 | grep -q "port $2 grp $3 "
}

# hears NAME: somebody there gets the program list.
hears() {
	from "$1" get_list
}

# records NAME FILE SECONDS: somebody there listens to channel 1, which is the
# file; nothing is lost.
records() {
	step "$1 listens for $3 s"
	from "$1" start_client record -T "$3" --json -o "$W/record.mp3" 1
	ends record $(($3 + 10))
	equal "exit status" "$status" 0
	_run=$("$tools/framerun" "$W/record.mp3" "$2") ||
		FAIL "not what is in the file: $_run"
	echo "  ok: byte for byte: $_run"
	for _key in lost gaps; do
		equal "$_key" "$(stat_of "$W/record.out" $_key)" 0
	done
}
