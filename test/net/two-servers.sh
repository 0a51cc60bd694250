#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that two servers get along: another group is fine, the same one is
# refused (69) with the other's address unless it is shared; a client stays
# with the first it hears, and CHANNEL@SERVER chooses.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
two_hosts

mkmp3 1-one/a.mp3 -t 40
mkdir "$W/media2"
"$tools/mkmp3" -s 50 -t 40 "$W/x.mp3"
for n in 1-uno 2-due; do
	mkdir "$W/media2/$n"
	cp "$W/x.mp3" "$W/media2/$n"
done
iface=eth0
config a "name = alpha"
config b "name = beta"
begun=$(now_ms)
start_server a
expect "a fresh start listens before it sends" \
    [ $(($(now_ms) - begun)) -ge 1400 ]
as_other="-m $W/media2"

step "the same group is refused"
on=$there
# shellcheck disable=SC2086
launch_server b $as_other
ends b 10
equal "exit status" "$status" 69
expect "it names the other: $(tail -n 1 "$W/b.log")" \
    said b '10\.9\.0\.1.*239\.255\.64\.0'

step "another group is fine"
# shellcheck disable=SC2086
start_server b $as_other -g 239.255.128.0
expect "its list" eval 'client -g 239.255.128.0 -l | grep -q uno'
expect "the other's" eval 'client -l | grep -q " one "'
stop b

step "shared on purpose"
config b "name = beta" "shared-group = yes"
# shellcheck disable=SC2086
start_server b $as_other
on=
expect "a client hears the one it heard first, whole" get_list
equal "one server in its list" "$(field server | sort -u | wc -l)" 1
get_other() {
	client -l --json --server "$1" >"$W/list.json"
}
expect "--server chooses" get_other 10.9.0.2
equal "its channels" "$(field name | tr '\n' ' ')" "uno due "
expect "the other way" get_other 10.9.0.1
equal "its channel" "$(field name | tr '\n' ' ')" "one "

step "what is heard is one server's only"
start_client x -T 6 --json -o "$W/x.out.mp3" 1@10.9.0.2
start_client y -T 6 --json -o "$W/y.out.mp3" 1@10.9.0.1
ends x 10
ends y 10
run=$("$tools/framerun" "$W/x.out.mp3" "$W/x.mp3") || FAIL "@10.9.0.2: $run"
run=$("$tools/framerun" "$W/y.out.mp3" "$media/1-one/a.mp3") ||
	FAIL "@10.9.0.1: $run"
for c in x y; do
	equal "lost" "$(stat_of "$W/$c.out" lost)" 0
	equal "gaps" "$(stat_of "$W/$c.out" gaps)" 0
done
OK
