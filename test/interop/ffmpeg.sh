#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that ffmpeg plays a channel from its bare address, sample for sample
# as the files, over changes of bit rate and sample rate, and goes on when the
# server was killed and started again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need ffmpeg

start_radio
pcm="-ar 44100 -ac 2 -f s16le"
# shellcheck disable=SC2086
ffmpeg -v fatal -f mp3 -i "$W/file.mp3" $pcm "$W/ref.raw"
# shellcheck disable=SC2086
player ffmpeg -v error -nostdin -flush_packets 1 -i "rtp://239.255.64.1:16384" \
    $pcm "$W/player/rec.raw"
listens "$W/player/rec.raw"
same 2 14 "$W/ref.raw" "$W/player/rec.raw"
OK
