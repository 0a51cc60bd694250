#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that TERM, INT and QUIT end the daemon within a second, with status 0
# and nothing left behind, at whatever moment of its life: starting, looking
# into files, reloading, playing; and that the next start goes on with each
# stream.
# alone: a second is counted
#
#	STORM=100	signals, and a thousand channels (15, and two hundred)
#	SEED=1		of the moments
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
storm=${STORM:-15}
seed=${SEED:-1}
channels=200
[ "$storm" -lt 100 ] || channels=1000

i=1
while [ $i -le 20 ]; do
	mkmp3 source/$i.mp3 -t $((20 + i))
	i=$((i + 1))
done
mv "$media/source" "$W/source"
# Each with two tracks; the last ten come and go.
add_channels() {
	n=$1
	while [ "$n" -le "$2" ]; do
		mkdir "$media/$n-c"
		ln "$W/source/$((n % 20 + 1)).mp3" "$media/$n-c/a.mp3"
		ln "$W/source/$((n % 19 + 2)).mp3" "$media/$n-c/b.mp3"
		n=$((n + 1))
	done
}
stays=$((channels - 10))
add_channels 1 $stays

# edit_library: a reload finds ten channels more, or ten less, and fifty
# others changed.
edited=
edit_library() {
	if [ -z "$edited" ]; then
		add_channels $((stays + 1)) "$channels"
		edited=yes
	else
		n=$((stays + 1))
		while [ $n -le $channels ]; do
			rm -r "${media:?}/$n-c"
			n=$((n + 1))
		done
		edited=
	fi
	n=51
	while [ $n -le 100 ]; do
		mv "$media/$n-c/b.mp3" "$media/$n-c/b${edited:-no}.mp3" \
		    2>/dev/null || mv "$media/$n-c"/b*.mp3 "$media/$n-c/b.mp3"
		n=$((n + 1))
	done
}

# Milliseconds; what lib.sh counts by is too coarse here.
clock_ms() {
	echo $(($(date +%s%N) / 1000000))
}

sleep_ms() {
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}

objects() {
	tail -q -n +2 /proc/sysvipc/sem /proc/sysvipc/shm /proc/sysvipc/msg |
		wc -l
}

# Until then a signal is the shell's, or the loader's of its libraries.
takes_signals() {
	_end=$(($(now_ms) + 5000))
	until grep -qs '^SigCgt:.*[4-7c-f]...$' "/proc/$(pid_of a)/status"; do
		[ "$(now_ms)" -lt $_end ] || FAIL "it does not catch TERM"
	done
}

ssrc_of() {
	get_list || return
	field ssrc channel="$1"
}

# How long a start and a reload take, so that moments fall into all of it.
begun=$(clock_ms)
start_server a
start_ms=$(($(clock_ms) - begun))
soon "on air" 10 list_has channel=$stays on_air=true
ssrc=$(ssrc_of $stays)
edit_library
begun=$(clock_ms)
signal HUP a
soon "reloaded" 10 said a 'reloaded: 10 .*started'
reload_ms=$(($(clock_ms) - begun))
stop a
echo "$channels channels; a start takes $start_ms ms, a reload $reload_ms ms"
check_rx rx 1000 -j 999 "$(stream_of 1)"

# A signal, the part of its life, and the moment in it in milliseconds.
awk -v n="$storm" -v seed="$seed" -v s="$start_ms" -v r="$reload_ms" 'BEGIN {
	srand(seed)
	split("TERM QUIT INT", signals, " ")
	for (i = 0; i < n; i++) {
		if (i % 5 < 2)
			when = "start " int(rand() * s * 1.1)
		else if (i % 5 < 3)
			when = "play " int(rand() * 1500)
		else
			when = "reload " int(rand() * r * 1.5)
		print signals[int(rand() * 3) + 1], when
	}
}' >"$W/plan"

: >"$W/took"
while read -r how part at; do
	rm -f "$W/a.log"
	launch_server a
	takes_signals
	if [ "$part" != start ]; then
		wait_until 10 is_ready a || FAIL "not ready within 10 s"
	fi
	if [ "$part" = reload ]; then
		edit_library
		signal HUP a
	fi
	sleep_ms "$at"
	pid=$(pid_of a)
	begun=$(clock_ms)
	signal "$how" a
	timeout 10 tail --pid="$pid" -s 0.005 -f /dev/null
	took=$(($(clock_ms) - begun))
	has_ended a || FAIL "SIG$how, $part, $at ms: does not end"
	ends a 1
	where="SIG$how, $part, $at ms: ended with $status after $took ms"
	echo "$where"
	[ "$status" -eq 0 ] || FAIL "$where"
	[ "$took" -lt $second ] || FAIL "$where"
	[ "$(objects)" -eq 0 ] || FAIL "$where, and left IPC objects behind"
	[ ! -e "$W/a.pid" ] || FAIL "$where, and left its pidfile behind"
	if grep -q timeline "$W/a.log"; then
		FAIL "$where: $(grep timeline "$W/a.log")"
	fi
	echo $took >>"$W/took"
done <"$W/plan"

step "what came of it"
sort -n "$W/took" | awk '{ t[NR] = $1 } END {
	printf("%d signals: ended after %d ms (median), %d (90 %%), " \
	    "%d (longest)\n", NR, t[int((NR + 1) / 2)], t[int(NR * .9 + .5)],
	    t[NR])
}'

step "the streams go on"
start_server a
equal "SSRC of channel $stays" "$(ssrc_of $stays)" "$ssrc"
expect "channel 1 is heard" is_heard rx
signal INT rx
ends rx 5
grep '^jump' "$W/rx.out" | grep -v '^jump restart' | head -n 3
expect "channel 1: each jump ($(rx rx jumps)) is as a restart's must be" \
    [ "$(rx rx jumps)" -eq "$(rx rx restarts)" ]
expect "and there were such" [ "$(rx rx restarts)" -gt 0 ]
OK
