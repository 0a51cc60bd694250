#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that server and client understand each other when one of them runs on
# a machine of the other byte order (an s390x, under qemu-user): the same
# program list, the same bytes of sound, the same streams from one state
# directory.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v qemu-s390x >/dev/null || SKIP "qemu-s390x is missing (qemu-user)"
here=$B
there=$B/s390x
[ -e "$there/emulate.so" ] || SKIP "not built: make B=build/s390x" \
	"CC=s390x-linux-gnu-gcc emulated"

# at here|there: what comes next runs there.
at() {
	if [ "$1" = here ]; then
		B=$here UNDER=
	else
		B=$there UNDER="env B=$there $test_dir/emulate"
	fi
}

# Both see the same list; where a track stands changes meanwhile.
same_list() {
	for _side in here there; do
		at "$_side"
		get_list || return 1
		sed 's/"position":[^,}]*//' "$W/list.json" >"$W/list.$_side"
	done
	cmp "$W/list.here" "$W/list.there" >"$W/list.out"
}

mkmp3 1-one/a.mp3 -t 7 -b vbr
mkmp3 1-one/b.mp3 -t 5 -r 48000 -b 192
mkmp3 2-two/a.mp3 -t 60 -v 2 -r 22050 -b 64 -m mono

for server in here there here; do
	[ "$server" = here ] && listener=there || listener=here
	step "the server is $server, a listener $listener"
	at "$server"
	start_server a
	soon "both see the same list" 10 same_list
	equal "channels on air" "$(field channel on_air=true | wc -l)" 2
	ssrc=$(field ssrc channel=1)
	equal "SSRC, as in the state directory" "$ssrc" "${first:=$ssrc}"

	at "$listener"
	start_client c -T 15 --json -o "$W/1.mp3" 1
	start_client d -T 8 --json -o "$W/2.mp3" two
	for name in c d; do
		ends $name 30
		equal "exit status" "$status" 0
		equal "lost" "$(stat_of "$W/$name.out" lost)" 0
	done
	run=$("$tools/framerun" "$W/1.mp3" "$media"/1-one/*.mp3) ||
		FAIL "not a run of its files: $run"
	echo "  ok: $run"
	run=$("$tools/framerun" "$W/2.mp3" "$media"/2-two/*.mp3) ||
		FAIL "not a run of its files: $run"
	echo "  ok: $run"
	stop a
done
OK
