#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a bad cable (loss, bursts, late, doubled and reordered packets)
# neither moves the sound in time nor makes it loud: what the decoder makes of
# it is held against what it makes of the files.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
command -v mpg123 >/dev/null || SKIP "mpg123 is missing"

decode() {
	mpg123 -q --no-control --no-gapless --no-infoframe --resync-limit -1 \
	    -r 44100 --stereo -e s16 -s - <"$1" >"$2"
}

# CBR and VBR, both with a full bit reservoir, and what is heard of each.
for n in 1 2; do
	mkdir "$media/$n"
	cp "$test_dir"/media/$n-*/*.mp3 "$media/$n"
	"$tools/framerun" -d "$media/$n"/*.mp3 >"$W/round.mp3" ||
		FAIL "framerun"
	cat "$W/round.mp3" "$W/round.mp3" "$W/round.mp3" >"$W/rounds.mp3"
	decode "$W/rounds.mp3" "$W/$n.ref" || FAIL "mpg123"
done
bad_cable
iface=eth0
step "two channels, two cables"
# The first 30 packets (2 s), and those after 170 (13 s), pass unharmed.  With
# this seed frames that reach back into what is lost would be heard at several
# times the music in both.
start_impair -w 30-170 -s 9 -l 15 -r 10,100 -d 10,40 -j 60
start_server a
on=$there
for n in 1 2; do
	run c$n "$B/netradio-client" -i eth0 -v --json -T 14 -o "$W/$n.mp3" $n
done
on=
for n in 1 2; do
	ends c$n 25
	equal "channel $n: exit status" "$status" 0
	decode "$W/$n.mp3" "$W/$n.rec" || FAIL "mpg123"
	"$tools/pcmtrip" "$W/$n.ref" "$W/$n.rec" >"$W/$n.trip" ||
		FAIL "nothing of it was heard"
	sed 's/^/  /' "$W/$n.trip"
done
stop a
stop impair
trip() {
	"$tools/jsonl" "$2" <"$W/$1.trip"
}
is() {
	awk "BEGIN { exit !($1) }"
}
for n in 1 2; do
	lost=$(did audio_frames_lost "$(stream_of $n)")
	bad=$(trip $n bad)
	expect "channel $n: $lost frames were lost" [ "$lost" -gt 0 ]
	expect "13 seconds were heard" [ "$(trip $n blocks)" -gt 490 ]
	expect "$bad blocks are damaged" \
	    [ "$bad" -ge "$lost" ] && [ "$bad" -le $((3 * lost)) ]
	off=$(trip $n off_max_ms)
	expect "never off by more than 30 ms: $off" \
	    is "$off >= -30 && $off <= 30"
	loudest=$(trip $n loudest)
	peak=$(trip $n peak)
	expect "never louder than 1.2 times the music: $loudest, peak $peak" \
	    is "$loudest <= 1.2 && $peak <= 1.2"
done
OK
