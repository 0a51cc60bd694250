#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a file which shrinks, grows, is emptied or exchanged while it
# plays costs at most the rest of that track, and one line in the log.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-shrinks/a.mp3 -t 60
mkmp3 1-shrinks/b.mp3 -t 20
mkmp3 2-grows/a.mp3 -t 20
mkmp3 3-empty/a.mp3 -t 60
mkmp3 3-empty/b.mp3 -t 20
mkmp3 4-other/a.mp3 -t 60
mkmp3 4-other/b.mp3 -t 20
mkdir "$W/new"
for n in 1 3 4; do
	cp "$media/$n"-*/b.mp3 "$W/new/$n-b.mp3"
done
"$tools/mkmp3" -s 99 -t 30 "$W/new/more.mp3"
# What the watcher would do is told in live.sh.
config a "shared-group = yes" "watch = no"
start_server a
for n in 1 2 3 4; do
	start_client "c$n" -T 16 --json -o "$W/$n.mp3" $n
done
streams="$(stream_of 1) $(stream_of 2) $(stream_of 3) $(stream_of 4)"
# shellcheck disable=SC2086
check_rx rx 16 $streams

step "while they play"
for n in 1 2 3 4; do
	soon "$n is heard" 5 has_bytes "$W/$n.mp3" 8000
done
cp "$media/1-shrinks/a.mp3" "$W/new/1-a.mp3"
truncate -s 40000 "$media/1-shrinks/a.mp3"
cat "$W/new/more.mp3" >>"$media/2-grows/a.mp3"
: >"$media/3-empty/a.mp3"
cp "$W/new/more.mp3" "$W/new/x" && mv "$W/new/x" "$media/4-other/a.mp3"

for n in 1 2 3 4; do
	ends "c$n" 30
	equal "channel $n: lost" "$(stat_of "$W/c$n.out" lost)" 0
	equal "channel $n: gaps" "$(stat_of "$W/c$n.out" gaps)" 0
done
rx_ends rx
for rx_stream in $streams; do
	equal "$rx_stream: jumps" "$(rx rx jumps)" 0
done

step "what was heard"
cat "$media/2-grows/a.mp3" >"$W/new/2-a.mp3"
run=$("$tools/framerun" "$W/2.mp3" "$W/new/2-a.mp3") ||
	FAIL "the file that grew: $run"
echo "  ok: the one that grew was played to its new end: $run"
run=$("$tools/framerun" -g 20 "$W/1.mp3" "$W/new/1-a.mp3" "$W/new/1-b.mp3") ||
	FAIL "the file that shrank: $run"
expect "the one that shrank: $(echo "$run" | tail -n 1)" \
    eval 'echo "$run" | grep -q "silent=0"'
expect "the emptied one is said once" said a \
    'channel 3: skipping a\.mp3: (empty|no )' 1
equal "lines about anything else" \
    "$(grep -c 'skipping' "$W/a.log")" 1
OK
