#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that mpv plays a channel from its bare address, sample for sample as
# the files, over changes of bit rate and sample rate, and goes on when the
# server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need mpv

start_radio
pcm="--no-config --no-video --really-quiet --untimed --ao=pcm
    --ao-pcm-waveheader=no --audio-samplerate=44100 --audio-channels=stereo
    --audio-format=s16"
# shellcheck disable=SC2086
mpv $pcm --ao-pcm-file="$W/ref.raw" "$W/file.mp3" </dev/null ||
	FAIL "mpv does not play the file"
# shellcheck disable=SC2086
player mpv $pcm --ao-pcm-file="$W/player/rec.raw" \
    --demuxer-lavf-format=rtp "rtp://239.255.64.1:16384"
listens "$W/player/rec.raw"
same 2 14 "$W/ref.raw" "$W/player/rec.raw"
OK
