#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that no file costs more time than there is: with gigabytes of holes,
# zeros and junk behind a good beginning the library is checked in seconds, the
# daemon is ready at once, the channel that plays them is never without packets,
# and others do not notice.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

size=10G
# As much junk in one place as a program of this speed reads through in the time
# that it may be late.
junk=$((3000000 / ${SLACK:-1}))

# le NUMBER: 32 bits, little-endian; be: the same, big-endian.
bytes() {
	for _b in "$@"; do
		# shellcheck disable=SC2059
		printf "\\$(printf %03o "$_b")"
	done
}
le() {
	bytes $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) \
	    $(($1 >> 24 & 255))
}
be() {
	bytes $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) \
	    $(($1 & 255))
}

# avi SOUND: all that is in front of the chunks, and one of that file.
avi() {
	printf 'RIFF'; le 0; printf 'AVI LIST'; le 110; printf 'hdrlLIST'; le 98
	printf 'strlstrh'; le 48; printf auds
	head -c 44 /dev/zero
	printf strf; le 30
	bytes 85 0 2 0; le 44100; le 16000; bytes 1 0 0 0 12 0
	head -c 12 /dev/zero
	printf LIST; le 0; printf movi
	[ -z "$1" ] || { printf 00wb; le "$(stat -c %s "$1")"; cat "$1"; }
}

# box TYPE HOLE: what comes in as a box that has so much of a hole at its end.
box() {
	cat >"$W/$1"
	be $(($(stat -c %s "$W/$1") + 8 + $2)); printf '%s' "$1"
	cat "$W/$1"
}

# mp4 HOLE: PCM whose table of chunks is a hole, and so empty.
mp4() {
	{
		{ be 0; be 1; box sowt 0 <"$W/entry"; } | box stsd 0
		{ be 0; be 1; be 100000; be 1; } | box stts 0
		{ be 0; be 1; be 1; be 0; be 1; } | box stsc 0
		{ be 0; be 4; be 100000; } | box stsz 0
		{ be 0; be $(($1 / 4)); } | box stco "$1"
	} >"$W/tables"
	{ be 0; be 0; be 0; be 44100; be 0; be 0; } | box mdhd 0 >"$W/parts"
	{ be 0; be 0; printf soun; be 0; be 0; be 0; } | box hdlr 0 >>"$W/parts"
	box stbl "$1" <"$W/tables" | box minf "$1" >>"$W/parts"
	{ be 1; be 0; be 0; be 1; be 0; be 0; } | box tkhd 0 >"$W/track"
	box mdia "$1" <"$W/parts" >>"$W/track"
	printf 'isom\0\0\0\0' | box ftyp 0
	box trak "$1" <"$W/track" | box moov "$1"
}
{
	be 0; be 1; be 0; be 0; bytes 0 2 0 16; be 0; be $((44100 << 16))
} >"$W/entry"

step "files that are good at the beginning and go on as a hole"
mkmp3 3-good/a.mp3 -t 20
good=$W/good.mp3
"$tools/mkmp3" -s 7 -n 80 "$good"
"$tools/mkadts" -n 80 "$W/good.aac"
mkdir "$media/1-holes" "$media/2-junk"
holes=$media/1-holes
cp "$good" "$holes/a.mp3"
cp "$W/good.aac" "$holes/b.aac"
avi "$good" >"$holes/c.avi"
avi "" >"$holes/d-empty.avi"
mp4 4000000000 >"$holes/g-tables.m4a"
for f in "$holes"/*; do
	truncate -s $size "$f"
done
cp "$good" "$holes/e-both.mp3"
truncate -s 4G "$holes/e-both.mp3"
cat "$good" >>"$holes/e-both.mp3"
truncate -s 4G "$holes/f-end.mp3"
cat "$good" >>"$holes/f-end.mp3"

step "and files of a frame now and then, in zeros and in junk"
"$tools/mkmp3" -s 8 -n 3 "$W/three.mp3"
head -c $junk /dev/urandom | tr '\000-\177' '\377\373\220\104' >"$W/junk"
for _ in 1 2 3 4 5 6 7 8; do
	cat "$W/three.mp3"
	cat "$W/junk"
done >"$media/2-junk/a.mp3"
for _ in 1 2 3 4 5 6 7 8; do
	cat "$W/three.mp3"
	head -c $junk /dev/zero
done >"$media/2-junk/b.mp3"
tr '\000-\377' '\377' </dev/zero | head -c $junk >"$W/ones"
cat "$good" "$W/ones" "$W/ones" "$W/ones" >"$media/2-junk/c.mp3"

step "the library is checked in seconds"
before=$(now_ms)
"$B/netradiod" -n --json -m "$media" >"$W/n.out" 2>"$W/n.err"
took=$(($(now_ms) - before))
expect "in $took ms" [ $took -lt $((8000 * ${SLACK:-1})) ]
for f in a.mp3 c.avi e-both.mp3; do
	equal "frames of $f" "$("$tools/jsonl" frames "file=$f" \
	    channel=1 <"$W/n.out")" 80
done
equal "frames of b.aac" "$("$tools/jsonl" frames file=b.aac <"$W/n.out")" 80
for f in d-empty.avi f-end.mp3; do
	expect "$f is named" \
	    [ -n "$("$tools/jsonl" problem "file=$f" <"$W/n.out")" ]
done
equal "format of g-tables.m4a" "$("$tools/jsonl" codec file=g-tables.m4a \
    <"$W/n.out")" pcm

step "a daemon is ready at once, and all of its channels go on"
before=$(now_ms)
start_server a
took=$(($(now_ms) - before))
expect "ready in $took ms" [ $took -lt $((3000 * ${SLACK:-1})) ]
get_list
channels() {
	"$B/netradioctl" -s "$W/a.state" channels --json >"$W/channels.json" &&
	    "$tools/jsonl" "$1" "channel=$2" <"$W/channels.json"
}
check_rx all 15 "$(stream_of 1)" "$(stream_of 2)" "$(stream_of 3)"
rx_ends all
for n in 1 2 3; do
	equal "times that channel $n stalled" "$(channels stalls $n)" 0
done
refuse "it is never without anything to play" said a 'nothing to play'
ask() {
	"$B/netradioctl" -s "$W/a.state" "$@" >"$W/ask.out" 2>&1
}
before=$(now_ms)
ask announce "$holes/d-empty.avi"
took=$(($(now_ms) - before))
expect "an announcement of a hole is answered in $took ms" [ $took -lt 1000 ]

step "the survey is left at once"
before=$(now_ms)
stop a
took=$(($(now_ms) - before))
expect "ended in $took ms" [ $took -lt $second ]
OK
