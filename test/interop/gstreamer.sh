#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that GStreamer plays a channel from its bare address, sample for sample
# as the files, over changes of bit rate and sample rate, and goes on when the
# server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need gst-launch-1.0 gst-inspect-1.0
for element in rtpmpadepay mpegaudioparse mpg123audiodec rtpbin; do
	gst-inspect-1.0 $element >/dev/null 2>&1 ||
		SKIP "GStreamer has no $element"
done

start_radio
pcm="audioconvert dithering=none noise-shaping=none ! audioresample !
    audio/x-raw,format=S16LE,rate=44100,channels=2,layout=interleaved"
# shellcheck disable=SC2086
gst-launch-1.0 -q filesrc location="$W/file.mp3" ! mpegaudioparse ! \
    mpg123audiodec ! $pcm ! filesink location="$W/ref.raw" ||
	FAIL "GStreamer does not play the file"
# shellcheck disable=SC2086
player gst-launch-1.0 -e uridecodebin uri=rtp://239.255.64.1:16384 ! $pcm ! \
    filesink buffer-mode=unbuffered location="$W/player/rec.raw"
# Until it is well in a track that needs no resampling: in the others what comes
# behind a break is no longer the reference's, sample for sample.
listens "$W/player/rec.raw" 2300000
same 2 14 "$W/ref.raw" "$W/player/rec.raw"
OK
