#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that VLC plays a channel from its bare address, sample for sample as
# the files but for the one frame that it loses at each change of format, and goes
# on when the server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need cvlc mpg123
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	SKIP "VLC does not run as root, and there is no other user here"

start_radio
# VLC's own way is libmpg123; each format as it is, one after the other.
mpg123 -q -s --stereo -e s16 --no-gapless --no-infoframe - \
    <"$W/file.mp3" >"$W/ref.raw" || FAIL "mpg123"
# It opens its output anew for each format: a pipe does not mind.
mkdir "$W/player"
chmod 777 "$W/player"
mkfifo -m 666 "$W/player/pcm"
cat "$W/player/pcm" >"$W/rec.raw" &
remember cat $!
exec 8>"$W/player/pcm"
player cvlc -I dummy --no-video --quiet --aout afile \
    --audiofile-file "$W/player/pcm" --audiofile-format s16 \
    --no-audiofile-wav --no-audio-time-stretch rtp://@239.255.64.1:16384
listens "$W/rec.raw"
exec 8>&-
ends cat 5
# One run more at each change of format, and the one after the restart.
same 9 14 "$W/ref.raw" "$W/rec.raw"
OK
