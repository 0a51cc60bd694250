#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that interfaces may come and go: down and up, with another address,
# missing, deleted and made anew, and not there at the start; the server waits
# with one line each time, both ends go on by themselves and at once, and
# nothing spins.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
two_hosts

mkmp3 1-one/a.mp3 -t 40
iface=eth0

# off THING SENTENCE / on_again: as a person at the plug would.
pulled() {
	soon "the server says so" 3 said a "$1" "$2"
	before=$(cpu_ticks a)
	lines=$(wc -l <"$W/a.log")
	start=$(now_ms)
	wait_until 2 [ "$start" -lt 0 ]
	expect "it does not spin" [ $(($(cpu_ticks a) - before)) -lt 20 ]
	equal "and says nothing more" "$(wc -l <"$W/a.log")" "$lines"
	mark "$W/1.mp3"
}
plugged() {
	soon "the server sends again, at once" 1 said a 'sending on eth0' "$1"
	soon "the client hears it again" 8 has_more "$W/1.mp3" 60000
}

start_server a
on=$there
start_client c -v --json -o "$W/1.mp3" 1
on=
soon "heard" 5 has_bytes "$W/1.mp3" 30000

step "the server's end goes down and up"
netns down eth0
pulled 'eth0 is down: waiting' 1
netns up eth0
plugged 1

step "the listener's end goes down and up: no carrier at ours"
$there "$tools/netns" down eth0
pulled 'eth0 is down: waiting' 2
$there "$tools/netns" up eth0
plugged 2

step "the server gets another address"
mark "$W/1.mp3"
netns unaddr eth0 10.9.0.1/24
netns addr eth0 10.9.0.7/24
soon "the client goes on with it" 12 said c 'the server is now at 10.9.0.7'
mark "$W/1.mp3"
soon "and hears it" 5 has_more "$W/1.mp3" 60000
netns unaddr eth0 10.9.0.7/24
netns addr eth0 10.9.0.1/24
soon "and when it has the old one" 12 said c 'the server is now at 10.9.0.1'
mark "$W/1.mp3"
soon "it is heard" 5 has_more "$W/1.mp3" 60000

step "the cable is gone, and a new one is there"
netns del eth0
pulled 'eth0 is missing: waiting' 1
plug_cable
$there "$tools/netns" addr eth0 10.9.0.2/24
$there "$tools/netns" up eth0
plugged 3
stop c
stop a

step "started before the network is there"
netns del eth0
start_server a
expect "one line about it" said a 'eth0 is missing: waiting' 2
start_client c -v -o "$W/2.mp3" 1
plug_cable
$there "$tools/netns" addr eth0 10.9.0.2/24
$there "$tools/netns" up eth0
soon "on air" 4 said a 'sending on eth0' 4
soon "a client that was early, too, hears it" 8 has_bytes "$W/2.mp3" 30000

step "without -i, the route decides, and is followed"
stop c
stop a
netns del eth0
# shellcheck disable=SC2086
run r "$B/netradiod" -f -c "$W/a.conf" -m "$media" -s "$W/r.state" \
    -p "$W/r.pid" $as_user
soon "no route: loopback, with a notice" 5 said r 'leads to the group.*loopback \(lo\) only'
iface=lo list_has channel=1
plug_cable
netns route 239.0.0.0/8 eth0
$there "$tools/netns" addr eth0 10.9.0.2/24
$there "$tools/netns" up eth0
soon "the route is followed" 4 said r 'sending on eth0'
on=$there
soon "heard over there" 5 list_has channel=1
OK
