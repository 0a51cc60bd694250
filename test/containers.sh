# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
#
# For stories about files that other programs made: making them, and comparing
# what netradiod -n and the readers say with ffprobe and ffmpeg -c copy.

for program in ffmpeg ffprobe; do
	command -v $program >/dev/null || SKIP "no $program"
done
one=$media/1-one
src=$W/src
mkdir "$one" "$src"

# make NAME ARGUMENT...: a file of the library by ffmpeg.
make() {
	_name=$1
	shift
	ffmpeg -v error -nostdin -y "$@" "$one/$_name" </dev/null \
	    2>"$W/make.err" || FAIL "ffmpeg cannot make $_name"
}

# other PROGRAM NAME COMMAND...: the same by another program, if it is there.
other() {
	_program=$1 _name=$2
	shift 2
	if command -v "$_program" >/dev/null && "$@" >"$W/make.out" 2>&1 &&
	    [ -s "$one/$_name" ]; then
		others="${others:-} $_name"
	else
		rm -f "$one/$_name"
		echo "  not made by $_program: $_name"
	fi
}

# patch FILE OFFSET: bytes from standard input over what is there.
patch() {
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# at FILE WORD: where a word first stands.
at() {
	LC_ALL=C grep -abo "$2" "$1" | head -n 1 | cut -d : -f 1
}

# probe FILE: sets rate, channels, seconds and packets as ffprobe has them.
probe() {
	rate='' channels='' seconds='' packets=''
	eval "$(ffprobe -v error -select_streams a:0 -count_packets \
	    -of default=nw=1 -show_entries \
	    stream=sample_rate,channels,duration,nb_read_packets "$one/$1" |
		sed -n 's/^sample_rate=\([0-9]*\)$/rate=\1/p
		s/^\(channels=[0-9]*\)$/\1/p
		s/^duration=\([0-9.]*\)$/seconds=\1/p
		s/^nb_read_packets=\([0-9]*\)$/packets=\1/p')"
}

# near A B: less than a tick of most movies apart.
near() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b < .0015 &&
	    b - a < .0015) }'
}

# What the frames play one behind the other.
play_time() {
	"$tools/mediaframes" -l "$one/$1" |
		awk '{ sum += $2 / $3 } END { printf "%.9f\n", sum }'
}

# ffmpeg's frames, AAC without its ADTS headers.
copied() {
	_bsf=null
	[ "$(field codec file="$1")" = aac-lc ] &&
		[ "$(field container file="$1")" != mp4 ] && _bsf=aac_adtstoasc
	ffmpeg -v error -nostdin -i "$one/$1" -map 0:a:0 -c copy -bsf:a $_bsf \
	    -f data - </dev/null 2>"$W/copy.err"
}

# like FILE [frames|ours]: as ffprobe has it; with "frames" the duration is what
# the frames play, with "ours" that alone is looked at.
like() {
	_f=$1 _how=${2:-all}
	_codec=$(field codec file="$_f") || FAIL "$_f: no row"
	_seconds=$(field duration file="$_f")
	[ "$_how" = ours ] || probe "$_f"
	[ "$_how" = all ] || seconds=$(play_time "$_f")
	near "$_seconds" "${seconds:-0}" ||
		FAIL "$_f: duration $_seconds, not $seconds"
	"$tools/mediaframes" "$one/$_f" >"$W/ours.raw" || FAIL "$_f: not read"
	[ "$_how" = ours ] || {
		[ "$(field sample_rate file="$_f")" = "$rate" ] ||
			FAIL "$_f: rate, not $rate"
		[ "$(field channels file="$_f")" = "$channels" ] ||
			FAIL "$_f: channels, not $channels"
		[ "$_codec" = pcm ] ||
			[ "$(field frames file="$_f")" = "$packets" ] ||
			FAIL "$_f: frames, not $packets"
		copied "$_f" | cmp - "$W/ours.raw" || FAIL "$_f: other bytes"
	}
	echo "  ok: $_f: $_codec, $_seconds s, $(wc -c <"$W/ours.raw") bytes"
}

# named FILE CODEC WORD: not played, and the problem says what it is.
named() {
	equal "$1 is $2" "$(field codec file="$1")" "$2"
	field problem file="$1" | grep -q "$3" ||
		FAIL "$1: \"$(field problem file="$1")\" does not say $3"
	equal "  no frames" "$(field frames file="$1")" null
}

look() {
	"$B/netradiod" -n --json -m "$media" >"$W/list.json"
	[ $? -le 1 ] || FAIL "netradiod -n"
}

tone() {
	echo "-f lavfi -i sine=$1:d=$2:r=$3"
}

# shellcheck disable=SC2046,SC2086 # arguments in words
sources() {
	ffmpeg -v error -nostdin $(tone 440 4.003 44100) -ac 2 "$src/s.wav"
	s="-i $src/s.wav"
	video="-f lavfi -i testsrc=d=4:r=25:s=64x64 -c:v mpeg4 -shortest"
	ffmpeg -v error -nostdin $s -c:a aac -b:a 96k "$src/a.m4a"
	ffmpeg -v error -nostdin $s -c:a mp2 -b:a 192k "$src/s.mp2"
	"$tools/mkmp3" -n 150 "$src/c.mp3"
	"$tools/mkmp3" -n 150 -v 2 -r 22050 -b 64 -m mono "$src/l.mp3"
}
sources
