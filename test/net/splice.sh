#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a track which begins in the middle of a recording is not let
# loose on the decoder: its first frames reach back into sound that is not
# there, so they are muted, once for each time it is played; and that a whole
# recording needs none of this.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

whole=$test_dir/media/1-morning/01-dawn.mp3
mkdir "$media/1-whole" "$media/2-cut"
cp "$whole" "$media/1-whole/a.mp3"
# Not at a frame's start: the rest of the frame that was cut is junk.
tail -c +40001 "$whole" | head -c 20000 >"$media/2-cut/a.mp3"
cp "$whole" "$media/2-cut/b.mp3"

muted() {
	sed -n 's/.* \([0-9]*\) frames muted.*/\1/p' "$W/a.log" | tail -n 1
}

# after ROUNDS: the cut track has been played so often; the count then.
after() {
	soon "the cut track was played: $1" 20 said a 'channel 2: b.mp3' "$1"
	signal USR1 a
	soon "counters" 2 said a 'frames muted' "$1"
}

start_server a -v
after 1
first=$(muted)
expect "its beginning was muted: $first" [ "$first" -ge 1 ]
expect "a few frames of it, no more" [ "$first" -le 5 ]
after 2
equal "and as much the next time" "$(muted)" $((2 * first))
stop a
OK
