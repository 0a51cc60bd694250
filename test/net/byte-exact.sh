#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that what -o writes of each demo channel is byte for byte a run of the
# frames of its files, over track ends, for two rounds, with nothing lost.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
[ -d "$test_dir/media/1-morning" ] || FAIL "no demo media"
media=$test_dir/media

start_server a
get_list
channels=$(field channel)
expect "five channels" [ "$(echo "$channels" | wc -l)" -ge 5 ]

# Two rounds of the longest channel are 36 s.
for n in $channels; do
	start_client "c$n" --json -T 41 -o "$W/$n.mp3" "$n"
done
for n in $channels; do
	ends "c$n" 60
	equal "channel $n: exit status" "$status" 0
	for dir in "$media/$n"-*/; do
		run=$("$tools/framerun" -r 20 "$W/$n.mp3" "$dir"*.mp3) ||
			FAIL "channel $n is not a run of its files: $run"
		echo "  ok: channel $n: $run"
	done
	for key in lost recovered duplicated reordered late kernel_dropped \
	    gaps; do
		equal "channel $n: $key" "$(stat_of "$W/c$n.out" $key)" 0
	done
	equal "channel $n: channel" "$(stat_of "$W/c$n.out" channel)" "$n"
done
keys="channel packets bytes lost recovered duplicated reordered late"
keys="$keys kernel_dropped jitter_ms gaps first_audio_ms seconds"
equal "keys of the statistics" "$("$tools/jsonl" -k <"$W/c1.out")" "$keys"
echo "first sound after $(stat_of "$W/c1.out" first_audio_ms) ms," \
    "jitter $(stat_of "$W/c1.out" jitter_ms) ms"
OK
