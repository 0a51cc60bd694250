#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that forged lists and forged RTP at full speed change nothing for who
# listens: from other addresses; from the server's address, with the right id
# from another port or with another id from the right one; and into the server's
# own sockets.  What is heard are the files' frames, byte for byte and
# without a hole; memory stays flat, nothing is said.
#
#	FLOOD_SECONDS=600	in all (8)
#
# alone: it takes all there is of a processor
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

kinds=8
each=$(((${FLOOD_SECONDS:-8} + kinds - 1) / kinds))
mkmp3 1-one/a.mp3 -t 30 -b 128 -T true
mkmp3 1-one/b.mp3 -t 20 -b 128 -T true
start_server a
stream=$(stream_of 1)
start_client c -v --json -T 86400 -o "$W/1.mp3" 1
soon "it hears" 5 has_bytes "$W/1.mp3" 20000
soon "and has the list" 5 said c "program list of 127.0.0.1"

# rss NAME: KiB
rss() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(pid_of "$1")/status"
}

# Since before the flood.
# A sanitizer keeps its own books.
may=$((256 + (${SLACK:-1} - 1) * 32768))
is_flat() {
	[ "$(rss c)" -le $((rss_c + may)) ] &&
		[ "$(rss a)" -le $((rss_a + may)) ]
}

flooded() {
	grep -q flooding "$W/flood.out"
}

# flood SENTENCE OPTIONS... : one kind.
flood() {
	sentence=$1
	shift
	rss_c=$(rss c)
	rss_a=$(rss a)
	cpu_c=$(cpu_ticks c)
	cpu_a=$(cpu_ticks a)
	lines=$(wc -l <"$W/c.err")
	# It takes what the others leave of the processors.
	run flood nice -n 19 "$tools/flood" -t $each "$@"
	wait_until 5 flooded || FAIL "no flood"
	ends flood $((each + 10))
	equal "$sentence" "$status" 0
	echo "     $(tail -n 1 "$W/flood.out"); CPU in $each s: client" \
	    "$((($(cpu_ticks c) - cpu_c) * 10)) ms, server" \
	    "$((($(cpu_ticks a) - cpu_a) * 10)) ms; RSS: client $rss_c," \
	    "then $(rss c) KiB, server $rss_a, then $(rss a) KiB"
	expect "memory is flat" is_flat
	# A title is no complaint.
	lines=$(tail -n +$((lines + 1)) "$W/c.err" | grep -cv 'one): true')
	expect "$lines lines are said" [ "$lines" -le 1 ]
}

step "RTP"
flood "from another address" -a 127.0.0.7 -e rtp "$stream"
flood "from the server's, another port" -e rtp "$stream"
flood "from the server's and its port" -p "${stream#*:}" rtp "$stream"
step "the program list"
flood "from another address" -a 127.0.0.7 -e list 239.255.64.0:1989
flood "from the server's, another port" -e list 239.255.64.0:1989
flood "from the server's and its port" -p 1989 list 239.255.64.0:1989
step "the server's sockets"
flood "where it sends from" rtp "127.0.0.1:${stream#*:}"
flood "where its list comes from" list 127.0.0.1:1989
expect "the list is right" list_has channel=1 name=one title=true

step "and all that was heard"
mark "$W/1.mp3"
soon "it still hears" 5 has_more "$W/1.mp3" 20000
stop c
run=$("$tools/framerun" "$W/1.mp3" "$media"/1-one/*.mp3) ||
	FAIL "something else was played: $run"
echo "  ok: only the true one: $run"
for key in lost duplicated late gaps; do
	equal "$key" "$(stat_of "$W/c.out" $key)" 0
done
refuse "the server said nothing" said a 'warning|error|held up'
OK
