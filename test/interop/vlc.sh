#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that VLC plays a channel from its bare address, sample for sample as
# it plays the files (the one frame that it loses at each change of format it
# loses there, too), and goes on when the server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need cvlc
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	SKIP "VLC does not run as root, and there is no other user here"

# vlc NAME WHAT...: it opens its output anew for each format; a pipe that
# somebody keeps open does not mind.
vlc() {
	_name=$1
	shift
	mkfifo -m 666 "$W/player/$_name"
	cat "$W/player/$_name" >"$W/$_name.raw" &
	remember "cat$_name" $!
	sleep 1000 >"$W/player/$_name" &
	remember "open$_name" $!
	player cvlc -I dummy --no-video --quiet --aout afile \
	    --audiofile-file "$W/player/$_name" --audiofile-format s16 \
	    --no-audiofile-wav --no-audio-time-stretch "$@"
}
vlc_ends() {
	kill_hard "open$1"
	ends "cat$1" 5
}

start_radio
mkdir "$W/player"
chmod 777 "$W/player"
# It takes its time for a file, too: both at once.
cat "$W/round.mp3" "$W/round.mp3" >"$W/two.mp3"
vlc ref "$W/two.mp3" vlc://quit
remember reference "$(pid_of player)"
vlc rec rtp://@239.255.64.1:16384
listens "$W/rec.raw"
ends reference 30
vlc_ends ref
vlc_ends rec
same 4 14 "$W/ref.raw" "$W/rec.raw"
OK
