#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that three hundred channels start at once, are all in the list within
# one cycle, and stop in less than a second, silently or not.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 source/a.mp3 -t 30
n=1
while [ $n -le 300 ]; do
	mkdir "$media/$n-c"
	ln "$media/source/a.mp3" "$media/$n-c/a.mp3"
	n=$((n + 1))
done
rm -r "$media/source"

for how in QUIT TERM; do
	step "SIG$how"
	start_server a
	get_list
	equal "channels in the list" "$(field channel | wc -l)" 300
	soon "all are on air" 5 eval \
	    '[ "$(get_list; field channel on_air=true | wc -l)" -eq 300 ]'
	begun=$(now_ms)
	signal $how a
	ends a 5
	took=$(($(now_ms) - begun))
	equal "exit status" "$status" 0
	expect "it took $took ms" [ $took -lt $second ]
done

step "the restart finds 300 streams in the state directory"
expect "its size" has_bytes "$W/a.state/timeline" $((64 + 300 * 64))
OK
