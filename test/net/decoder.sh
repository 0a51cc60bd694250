#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the decoder may do what it likes: die, be killed, hang, ignore
# SIGTERM, not keep up; sound resumes without a keystroke, reception never waits
# for it, and no process is left behind.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 60
start_server a
dec=$tools/fakedec

# lives: how many decoders there have been.  pids: theirs.
lives() {
	if [ -e "$W/pids" ]; then wc -l <"$W/pids"; else echo 0; fi
}
has_lives() {
	[ "$(lives)" -ge "$1" ]
}
last_life() {
	tail -n 1 "$W/pids"
}
with() {
	rm -f "$W/pids" "$W/dec.raw"
	start_client c -v -d "$dec -p $W/pids -o $W/dec.raw $*" 1
	soon "decoder started" 5 has_lives 1
}
nothing_left() {
	stop c
	while read -r pid; do
		refuse "no decoder is left" is_running "$pid"
	done <"$W/pids"
}

step "killed from outside"
with
soon "it hears" 5 has_bytes "$W/dec.raw" 20000
kill -9 "$(last_life)"
soon "another one is started" 3 has_lives 2
mark "$W/dec.raw"
soon "and fed" 3 has_more "$W/dec.raw" 20000
expect "said" said c 'decoder .*signal 9.*again' 1
refuse "the dead one is no zombie" test -e "/proc/$(head -n 1 "$W/pids")"
nothing_left

step "it dies by itself, again and again"
with -n 30000
soon "three lives" 15 has_lives 3
expect "said each time" [ "$(grep -c 'decoder .*again' "$W/c.err")" -ge 2 ]
nothing_left

step "it dies at once, each time: 70 with its last words"
start_client c -d "$dec -n 1 -x 3 -w its-last-words" 1
ends c 60
equal "exit status" "$status" 70
expect "its words: $(tail -n 1 "$W/c.err")" said c 'times in a row.*its-last-words'

step "it is deaf and ignores SIGTERM"
with -f -t
first=$(last_life)
soon "another one after five seconds" 9 has_lives 2
expect "said" said c 'has taken nothing for 5 s' 1
refuse "the hanging one is gone" is_running "$first"
begun=$(now_ms)
nothing_left
expect "at the end it costs $(($(now_ms) - begun)) ms" \
    [ $(($(now_ms) - begun)) -lt 2500 ]

step "it is slow: reception does not wait for it"
start_client c -T 8 --json -d "$dec -r 4000 -p $W/pids" 1
ends c 15
equal "exit status" "$status" 0
equal "lost" "$(stat_of "$W/c.out" lost)" 0
equal "kernel_dropped" "$(stat_of "$W/c.out" kernel_dropped)" 0
expect "packets for 8 s came: $(stat_of "$W/c.out" packets)" \
    [ "$(stat_of "$W/c.out" packets)" -ge 95 ]
expect "said once" said c 'does not keep up' 1

step "the client is killed with -9"
with
soon "it hears" 5 has_bytes "$W/dec.raw" 5000
kill_hard c
soon "its decoder goes with it" 2 eval '! is_running "$(last_life)"'

step "the real one gets whole frames only"
if command -v mpg123 >/dev/null; then
	start_client c -T 5 --json -d "mpg123 -q --no-gapless \
	    --no-infoframe --no-control --resync-limit -1 -w $W/x.wav -" 1
	ends c 15
	equal "exit status" "$status" 0
	expect "sound for 5 s" has_bytes "$W/x.wav" 700000
	refuse "mpg123 has nothing to complain" said c '(error|warning|decoder)'
else
	echo "  not tried: no mpg123"
fi
OK
