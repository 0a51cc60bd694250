#!/bin/sh
# SPDX-License-Identifier: ISC
# alone
# Proves that a library can be edited at random while it plays: the program
# list follows, nothing is missed, and the channels that nobody touches go on
# byte for byte.  EDITS=1000 (and LIMIT=1800 for test/run) makes more of them.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

channels=20
edits=${EDITS:-60}
for n in $(seq 1 $channels); do
	for f in a b; do
		mkmp3 "$n-stays/$f.mp3" -v 2.5 -r 11025 -b 16 -t 150
	done
done
seed=$((seed + 1))
"$tools/mkmp3" -s $seed -v 2.5 -r 11025 -b 16 -t 100 "$W/template.mp3"
# Clients write where no disk can hold them up; what was mounted is in the way
# of nobody when this ends.
mkdir "$W/heard"
mount -t tmpfs tmpfs "$W/heard" || SKIP "no tmpfs can be mounted"
end_mounts() {
	_code=$?
	umount -l "$W/heard"
	for mounted in "$media"/edit-*; do
		while umount -l "$mounted" 2>/dev/null; do :; done
	done
	(exit "$_code")
	end_story
}
trap end_mounts EXIT
start_server a
streams=
for n in $(seq 1 $channels); do
	start_client "c$n" -o "$W/heard/$n.mp3" "$n"
	streams="$streams $(stream_of "$n")"
done
for n in $(seq 1 $channels); do
	soon "channel $n is heard" 10 has_bytes "$W/heard/$n.mp3" 1000
done
# shellcheck disable=SC2086
check_rx rx 5 $streams
rx_ends rx

step "$edits edits, seed ${SEED:=7}"
"$tools/edits" -s "$SEED" -n "$edits" -k $channels -p "$(pid_of a)" \
    "$media" "$W/template.mp3" >"$W/edits.out" 2>&1 ||
	FAIL "$(tail -n 20 "$W/edits.out")"
echo "  ok: $(cat "$W/edits.out")"
median=$(sed -n 's/.* median_ms=\([0-9]*\) .*/\1/p' "$W/edits.out")
expect "the list follows within two seconds" [ "$median" -lt 2000 ]


step "nothing was missed: a reload finds nothing new"
changes() {
	grep -c 'the library changed' "$W/a.log"
}
# What is known by then is a matter of how fast the machine is.
is_quiet() {
	_before=$(changes)
	! wait_until $((2 * ${SLACK:-1})) false && [ "$(changes)" = "$_before" ]
}
soon "the server has come to rest" 30 is_quiet
signal HUP a
soon "reloaded" 10 said a ' reloaded: '
wait_until 1 false
refuse "none of them started, stopped or edited anything" \
    said a ' reloaded: ([1-9]|0 channels started, [1-9]|.* [1-9][0-9]* edited)'
config a "shared-group = yes" "watch = no"
"$B/netradiod" -n --json -c "$W/a.conf" -m "$media" >"$W/check.json" \
    2>/dev/null
wanted=$("$tools/jsonl" channel <"$W/check.json" | grep -v null | sort -u |
    wc -l)
get_list
equal "channels in the list" "$(field channel | wc -l)" "$wanted"

step "who listened to the others noticed nothing"
for n in $(seq 1 $channels); do
	signal TERM "c$n"
	ends "c$n" 10
	equal "client $n" "$status" 0
	run=$("$tools/framerun" "$W/heard/$n.mp3" "$media/$n"-stays/*.mp3) ||
		FAIL "channel $n: not its files, one after the other: $run"
done
echo "  ok: $run"
expect "the log is none of a sick daemon" eval \
    '! grep -E "stuck|cannot (reload|write|watch)" "$W/a.log"'
OK
