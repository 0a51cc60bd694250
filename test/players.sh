# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
#
# Stories with other players, after lib.sh: the server here, the player over
# there, and real sound in formats that change from track to track.
#
# What a player decoded is compared with what the same player makes of a file
# that holds the same frames, so only the way through the network is judged.

need() {
	for _program; do
		command -v "$_program" >/dev/null || SKIP "$_program is missing"
	done
}

# encode NAME SECONDS RATE LAME-OPTIONS...: music enough to be told apart.
encode() {
	_track=$media/1-mixed/$1.mp3
	_seconds=$2
	_rate=$3
	shift 3
	sox -R -n -r "$_rate" -c 2 -b 16 "$W/x.wav" synth "$_seconds" \
	    pinknoise synth "$_seconds" sine fmod 220-880 gain -9 \
	    2>>"$W/sox.err" || FAIL "sox"
	lame --quiet "$@" "$W/x.wav" "$_track" || FAIL "lame"
	rm "$W/x.wav"
}

# Three tracks, another bit rate and sample rate each; $round is their frames.
# A player that joins in the middle of what it has to resample is no longer
# exact: a story of such ones sets both rates to 44100.
second_rate=48000
third_rate=32000
make_channel() {
	need sox lame
	mkdir "$media/1-mixed"
	encode 1-cbr 5 44100 -b 128
	encode 2-high 4 "$second_rate" -b 192
	encode 3-vbr 5 "$third_rate" -V 4
	"$tools/framerun" -d "$media"/1-mixed/*.mp3 >"$W/round.mp3" ||
		FAIL "framerun"
	# More than anybody listens.
	for _i in 1 2 3 4 5 6; do
		cat "$W/round.mp3"
	done >"$W/file.mp3"
}

start_radio() {
	two_hosts
	netns route 239.0.0.0/8 eth0
	$there "$tools/netns" route 239.0.0.0/8 eth0
	iface=eth0
	make_channel
	start_server a
}

# player COMMAND...: over there, as an ordinary user where that can be.
player() {
	chmod 755 "$W"
	mkdir -p "$W/player"
	chmod 777 "$W/player"
	_as=
	setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null &&
		_as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	on="$there $_as env HOME=$W/player XDG_RUNTIME_DIR=$W/player \
	    TMPDIR=$W/player"
	run player "$@"
	on=
}

# Listen undisturbed over two changes of format and more; then the server is
# killed, is away for a second, and the player must go on.
#	listens RECORDING [BYTES]
listens() {
	soon "it plays" 15 has_bytes "$1" 400000
	mark "$1"
	soon "on and on" 25 has_more "$1" "${2:-2000000}"
	kill_hard a
	_start=$(now_ms)
	wait_until 1 [ "$_start" -lt 0 ]
	start_server a
	mark "$1"
	soon "and after the restart" 25 has_more "$1" 1200000
	refuse "the player did not stop" has_ended player
	kill -INT "$(pid_of player)"
	ends player 10
}

# plays NAME REFERENCE COMMAND...: for some seconds, over a change of track;
# what was recorded is compared with the reference, if there is one.
plays() {
	step "$1"
	_reference=$2
	rm -f "$W/player/rec.raw"
	shift 2
	player "$@"
	soon "it plays" 20 has_bytes "$W/player/rec.raw" 400000
	mark "$W/player/rec.raw"
	soon "on and on" 20 has_more "$W/player/rec.raw" 1400000
	kill -INT "$(pid_of player)"
	ends player 10
	[ -z "$_reference" ] || same 2 5 "$_reference" "$W/player/rec.raw"
}

# same RUNS SECONDS REFERENCE RECORDING: at most so many runs, so many seconds.
same() {
	run=$("$tools/pcmcmp" -r "$1" -m "$2" "$3" "$4") || {
		echo "$run"
		FAIL "what was heard is not what is in the files"
	}
	echo "$run"
}
