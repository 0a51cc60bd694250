#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that MPEG audio out of MP4, QuickTime, AVI and WAV files goes on air
# frame by frame, one file behind the other.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

command -v ffmpeg >/dev/null || SKIP "no ffmpeg"
one=$media/1-one
mkdir "$one" "$W/src"

# copied NAME SEED: a file of 60 frames, in the container that NAME says.
copied() {
	"$tools/mkmp3" -s "$2" -n 60 "$W/src/$2.mp3" || FAIL mkmp3
	ffmpeg -v error -nostdin -i "$W/src/$2.mp3" -c copy "$one/$1" ||
		FAIL "ffmpeg cannot make $1"
}
copied a.mp4 1
copied c.avi 2
copied e.wav 3
copied f.mov 4
cp "$W/src/1.mp3" "$one/g.mp3"
start_server a
start_client c -T 12 --json -o "$W/1.mp3" 1
ends c 40
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "gaps" "$(stat_of "$W/c.out" gaps)" 0
run=$("$tools/framerun" -r 6 "$W/1.mp3" "$W/src/1.mp3" "$W/src/2.mp3" \
    "$W/src/3.mp3" "$W/src/4.mp3" "$W/src/1.mp3") || FAIL "$run"
echo "  ok: $run"

OK
