#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that VLC plays a channel from its bare address, sample for sample as
# the files but for the one frame that it loses at each change of format, and
# goes on when the server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need cvlc mpg123 sox
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	SKIP "VLC does not run as root, and there is no other user here"

start_radio
# As VLC does it: libmpg123 in floating point, then rounded; each format as it
# is, one after the other.
mpg123 -q --no-control --no-seekbuffer --no-gapless --no-infoframe \
    --resync-limit -1 -s --stereo -e f32 - <"$W/file.mp3" |
    sox -D -t f32 -r 44100 -c 2 - -t s16 "$W/ref.raw" || FAIL "no reference"
# It opens its output anew for each format; a pipe that somebody keeps open
# does not mind.
mkdir "$W/player"
chmod 777 "$W/player"
mkfifo -m 666 "$W/player/pcm"
cat "$W/player/pcm" >"$W/rec.raw" &
remember cat $!
sleep 1000 >"$W/player/pcm" &
remember open $!
player cvlc -I dummy --no-video --quiet --aout afile \
    --audiofile-file "$W/player/pcm" --audiofile-format s16 \
    --no-audiofile-wav --no-audio-time-stretch rtp://@239.255.64.1:16384
listens "$W/rec.raw"
kill_hard open
ends cat 5
# A run for each track that was heard, seven at most.
same 7 14 "$W/ref.raw" "$W/rec.raw"
OK
