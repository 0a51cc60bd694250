#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that CBR 128, CBR 320, VBR and a mix of formats leave at exactly the
# speed at which they play: the slope of receive time over play time.
# alone: nobody else may use the processor
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
steady=5
seconds=${PACE_SECONDS:-20}
# 5 ppm is for a minute; what jitter does to the slope shrinks with the time.
ppm=$((5 * 60 / seconds))
[ $ppm -ge 5 ] || ppm=5

mkmp3 1-cbr128/a.mp3 -t 30 -x
mkmp3 1-cbr128/b.mp3 -t 31
mkmp3 2-cbr320/a.mp3 -t 70 -b 320
mkmp3 3-vbr/a.mp3 -t 70 -b vbr -x
mkmp3 4-mixed/a.mp3 -t 31 -b vbr
mkmp3 4-mixed/b.mp3 -t 31 -r 48000 -b 192 -m mono
mkmp3 4-mixed/c.mp3 -t 31 -v 2 -r 22050 -b 32 -m mono
mkmp3 4-mixed/d.mp3 -t 31 -v 2.5 -r 8000 -b 8 -m mono
mkmp3 4-mixed/e.mp2 -t 31 -l 2 -r 32000 -b 384
start_server a

streams="$(stream_of 1) $(stream_of 2) $(stream_of 3) $(stream_of 4)"
# shellcheck disable=SC2086
check_rx rx "$seconds" -p $ppm $streams
rx_ends rx
for rx_stream in $streams; do
	echo "$rx_stream: $(rx rx packets) packets," \
	    "$(rx rx slope_ppm) ppm, within $(rx rx spread_ms) ms"
	equal "jumps" "$(rx rx jumps)" 0
done
OK
