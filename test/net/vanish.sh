#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that music which vanishes under the daemon costs at most a track: the
# playing file deleted, all of them, the directory itself; then silence keeps
# the clock running, is told in the list, spins nothing, and ends when files are
# back.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for f in a b c; do
	mkmp3 1-one/$f.mp3 -t 20
done
mkmp3 2-two/a.mp3 -t 20
cp -r "$media/1-one" "$W/copy"
# What the watcher would do is told in live.sh.
config a "shared-group = yes" "watch = no"
start_server a
check_rx rx 34 "$(stream_of 1)"
# The listener neither notices nor touches anything.
start_client c -T 33 --json -o "$W/1.mp3" 1
list_has channel=1 on_air=true

step "one file is deleted"
rm "$media/1-one/b.mp3"
soon "one line about it" 10 said a 'channel 1: skipping b\.mp3: .*No such' 1

step "all are deleted, one after the other while they play"
rm "$media"/1-one/*.mp3
soon "one line: nothing is left" 10 said a 'channel 1: nothing to play' 1
soon "the list says that it is silent" 3 eval \
    'get_list; [ "$(field title channel=1)" = null ]'
expect "and still on air" [ "$(field on_air channel=1)" = true ]
expect "the table says so, too" eval 'client -l | grep -q "1 .*silent"'

step "nothing spins"
before=$(cpu_ticks a)
lines=$(wc -l <"$W/a.log")
start=$(now_ms)
wait_until 4 [ "$start" -lt 0 ]
used=$(($(cpu_ticks a) - before))
expect "$used ticks of 10 ms in 4 s" [ $used -lt 20 ]
equal "lines in the log meanwhile" "$(wc -l <"$W/a.log")" "$lines"

step "the files come back"
cp "$W"/copy/*.mp3 "$media/1-one"
soon "found without a keystroke" 7 said a 'channel 1: plays again' 1

step "the directory itself goes and comes"
mv "$media/1-one" "$W/moved"
soon "said once" 12 said a 'channel 1: nothing to play' 2
mv "$W/moved" "$media/1-one"
soon "found again" 7 said a 'channel 1: plays again' 2

step "the stream never knew"
rx_ends rx
rx_stream=$(stream_of 1)
equal "jumps" "$(rx rx jumps)" 0
ends c 10
equal "client" "$status" 0
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "gaps" "$(stat_of "$W/c.out" gaps)" 0
run=$("$tools/framerun" -g 8 "$W/1.mp3" "$W"/copy/*.mp3) ||
	FAIL "something else than tracks and silence: $run"
expect "there was silence: $(echo "$run" | tail -n 1)" \
    eval 'echo "$run" | grep -Eq " silent=[0-9]{2,}"'
expect "the other channel had none of it" \
    [ "$(grep -c 'channel 2' "$W/a.log")" -eq 0 ]
expect "the log holds single lines" [ "$(wc -l <"$W/a.log")" -lt 12 ]
OK
