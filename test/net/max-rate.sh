#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that max-rate holds: channels beyond it stay off air, in number order,
# with a sentence in log, list, table and -n; a reload with more lets them on.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for n in 1 2 3 4; do
	mkmp3 "$n-c/a.mp3" -t 50
done
mkmp3 3-c/big.mp3 -t 50 -b 320
config a "shared-group = yes" "max-rate = 500 kbit/s"

step "128 + 128 + 320 + 128 kbit/s do not fit into 500"
exits 1 "-n names it" "$B/netradiod" -n -c "$W/a.conf" -m "$media"
expect "with a sentence" grep -q 'max-rate' "$W/last.out"
start_server a
expect "the log says how many are on and off" said a 'off air|stay'
get_list
on=$(field channel on_air=true | tr '\n' ' ')
case $on in
"1 2 " | "1 2 4 ") echo "  ok: on air: $on" ;;
*) FAIL "on air: $on" ;;
esac
on=
expect "the table says why" eval 'client -l | grep -Eq "3 .*off air.*max-rate"'
check_rx rx 3 "$(stream_of 1)" "$(stream_of 3)"
ends rx 10
rx_stream=$(stream_of 3)
equal "packets of the one off air" "$(rx rx packets)" 0
rx_stream=$(stream_of 1)
expect "packets of the first" [ "$(rx rx packets)" -gt 30 ]
start_client c -T 5 -o "$W/x" 3
ends c 10
expect "who chooses it is told why" said c 'off air.*max-rate'

step "more"
check_rx same 4 "$(stream_of 1)"
config a "shared-group = yes" "max-rate = off"
signal HUP a
soon "all are on air" 5 eval \
    'get_list; [ "$(field channel on_air=true | wc -l)" -eq 4 ]'
rx_ends same
equal "the first one heard nothing of it" "$(rx same jumps)" 0
OK
