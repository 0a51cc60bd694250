#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the server knows its listeners, as far as they tell: 1, 10 and
# 200 of ours are counted within the interval, who ends is gone at once, who
# is killed after five intervals, who does not want to be counted is not; and
# that 10^5 forged reports, good-byes and junk change nothing of it, nor does
# memory grow; and a stranger's BYE does not end a client.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 200
mkmp3 2-two/a.mp3 -t 200
start_server a
ctl() {
	# shellcheck disable=SC2086
	${UNDER:-} "$B/netradioctl" -s "$W/a.state" "$@"
}
# heard CHANNEL KEY
heard() {
	ctl channels --json | "$tools/jsonl" "$2" "channel=$1"
}
count_is() {
	[ "$(heard "$1" listeners)" = "$2" ]
}
# sent N CHANNEL: start clients.
last=0
more() {
	for _i in $(seq "$1"); do
		last=$((last + 1))
		run "c$last" "$B/netradio-client" -i lo -q -o /dev/null "$2"
	done
}

step "nobody listens"
expect "none is counted" count_is 1 0
soon "the list says so" 5 list_has channel=1 listeners=0

step "one, ten"
more 1 1
killed=c$last
soon "one is counted" 10 count_is 1 1
list_has channel=1 listeners=1 || sleep 1
expect "the list says so" list_has channel=1 listeners=1
more 9 1
soon "ten are" 12 count_is 1 10
expect "on that channel only" count_is 2 0
equal "what they lose" "$(heard 1 loss_worst)" 0
expect "what they hear comes evenly" [ "$(heard 1 jitter_worst_ms)" -lt \
    $((100 * ${SLACK:-1})) ]
soon "status has it" 3 eval "ctl status | grep -q '10 listeners'"
expect "so has Prometheus" eval "ctl status --prometheus |
    grep -q '^netradio_channel_listeners{channel=\"1\",name=\"one\"} 10'"

step "who does not want to be counted"
run quiet "$B/netradio-client" -i lo -q --no-reports -o "$W/quiet.mp3" 2
soon "he listens" 5 has_bytes "$W/quiet.mp3" 1000

step "one ends, one is killed"
stop "c$last"
soon "who ends is gone at once" 2 count_is 1 9
kill_hard $killed

step "forged"
ssrc=$(heard 1 ssrc)
rss() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pid_of a)/status"
}
before=$(rss)
say() {
	"$tools/rtcpsay" "$@" -t 127.0.0.1:16385 -m "$ssrc" -q "$(heard 1 seq)"
}
expect "100,000 reports of those who hear nothing" say blind -n 100000
expect "and junk" say junk -n 100000 -s 2
expect "100,000 good-byes" say byes -n 100000 -s 3
expect "the real ones are there" [ "$(heard 1 listeners)" -ge 8 ]
expect "and nobody else" [ "$(heard 1 listeners)" -le 9 ]
expect "they were counted as bad" [ "$(ctl status --prometheus |
    sed -n 's/^netradio_bad_reports_total //p')" -gt 50000 ]
soon "who was killed is gone" 40 count_is 1 8
say reports -n 100000 -s 4 -h 1
expect "a host that hears it is 1024 listeners at most" [ \
    "$(heard 1 listeners)" -le $((1024 + 8)) ]
grown=$(($(rss) - before))
expect "memory is bounded ($grown KiB more)" [ $grown -lt \
    $((8192 * ${SLACK:-1})) ]

step "a stranger says BYE"
run bye "$tools/rtcpsay" srs -n 50 -t 239.255.64.1:16385 -m "$ssrc" -h 1
ends bye 10
refuse "nobody believes it" said c5 'has ended'

step "200"
more 192 2
more 8 2
soon "all are counted" 40 count_is 2 200
refuse "also who did not want to" [ "$(heard 2 listeners)" -gt 200 ]

step "not when told so"
config a "shared-group = yes" "rtcp = no"
signal HUP a
soon "the list does not know" 15 list_has channel=1 listeners=null

step "the server says good-bye, unless it only restarts"
config a "shared-group = yes"
signal HUP a
for n in $(seq 11 $last); do
	signal TERM "c$n"
done
soon "they go" 20 count_is 2 0
run v "$B/netradio-client" -i lo -o /dev/null 2
soon "one comes" 10 count_is 2 1
signal QUIT a
ends a 5
start_server a
soon "counted after a restart" 15 count_is 2 1
refuse "nobody was told that it ends" said v 'has ended'
stop a
soon "now they are" 2 said v 'the server has ended'
OK
