#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that impair, the bad cable of other stories, does to packets what it
# says and nothing else: counted by itself and by a receiver behind it.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

bench=$B/bench
for tool in bare rxmeter; do
	[ -x "$bench/$tool" ] || SKIP "no bench/$tool: make benchtools"
done

bad_cable

run_meter() {
	on=$there
	run meter "$bench/rxmeter" -i eth0 -t 0 -j bare=239.254.0.0/16
	on=
	wait_until 5 grep -qs measuring "$W/meter.err" || FAIL "rxmeter"
}

# send STREAMS PACKETS FASTER IMPAIR-OPTIONS...: what came of it is in
# impair.out and meter.out.
send() {
	streams=$1
	each=$2
	faster=$3
	shift 3
	start_impair "$@"
	run_meter
	"$bench/bare" -g 239.254.0.1 -i 10.9.0.1 -n "$streams" -c "$each" \
	    -f "$faster" || FAIL "bare"
	stop impair
	stop meter
	equal "every packet met it" "$(did frames)" $((streams * each))
	equal "none for want of room" "$(did overflow) $(did failed)" "0 0"
}

came() {
	"$tools/jsonl" "$1" name=bare <"$W/meter.out"
}

# within WHAT VALUE LEAST MOST
within() {
	expect "$1: $2 is between $3 and $4" \
	    awk "BEGIN { exit !($2 >= $3 && $2 <= $4) }"
}

step "without options it is a good cable"
start_impair
mkmp3 1-one/a.mp3 -t 20
iface=eth0
start_server server
on=$there
status_of "$B/netradio-client" -i eth0 --json -T 2 -o /dev/null 1
on=
equal "the client hears it" "$status" 0
equal "nothing is lost" "$(stat_of "$W/last.out" lost)" 0
within "packets" "$(stat_of "$W/last.out" packets)" 15 60
stop server
stop impair
equal "nothing was done" \
    "$(did lost) $(did held) $(did duplicated)" "0 0 0"
within "worst delay, ms" "$(did delay_max_ms)" 0 0

step "loss"
send 50 200 20 -s 7 -l 5
equal "what is missing was lost here" \
    $(($(came packets) + $(did lost))) 10000
within "lost of 10000" "$(did lost)" 430 570
first="$(did lost) $(did bursts)"
send 50 200 20 -s 7 -l 5
equal "the same seed is the same fate" "$(did lost) $(did bursts)" "$first"
send 50 200 20 -s 8 -l 5
refuse "another seed is another fate" \
    test "$(did lost) $(did bursts)" = "$first"

step "loss in bursts"
send 50 200 20 -l 10 -n 2-5
equal "what is missing was lost here" \
    $(($(came packets) + $(did lost))) 10000
within "lost of 10000" "$(did lost)" 850 1150
within "mean burst" "$(awk "BEGIN { print $(did lost) / $(did bursts) }")" \
    3.2 4.6

step "out of order, and twice"
send 50 200 20 -r 10,100 -d 3,20
equal "none is missing" "$(came packets)" 10000
within "held back of 10000" "$(did held)" 900 1100
within "really overtaken" "$(did reordered)" 800 1100
equal "came out of order" "$(came reordered)" "$(did reordered)"
within "sent twice of 10000" "$(did duplicated)" 240 360
equal "came twice" "$(came duplicates)" "$(did duplicated)"

step "jitter keeps the order"
send 50 100 10 -j 80	# a packet every 8 ms
equal "none is missing, none out of order" \
    "$(came packets) $(came reordered)" "5000 0"
send 50 30 1 -j 80 -D 40
equal "none is missing" "$(came packets)" 1500
within "longest way, ms" "$(did delay_max_ms)" 110 200
within "late at the far end, ms" "$(came late_max_ms)" 60 200

step "only the ports that are named"
send 1 30 20 -p 20000-20000 -l 100
equal "all of them" "$(did lost)" 30
start_impair -p 30000-30001 -l 100
run_meter
"$bench/bare" -g 239.254.0.1 -i 10.9.0.1 -n 1 -c 30 -f 20
stop impair
stop meter
equal "other ports pass" "$(came packets) $(did frames)" "30 0"

step "only the packets that are named"
start_impair -w 11-30 -l 100
run_meter
"$bench/bare" -g 239.254.0.1 -i 10.9.0.1 -n 1 -c 50 -f 20
stop impair
stop meter
equal "of 50 packets" "$(came packets) $(did frames) $(did lost)" "30 20 20"
OK
