#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that detaching means ready: the parent leaves when the channels are on
# air, and with the child's own sentence and exit code if they never will be.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

daemon() {
	# shellcheck disable=SC2086
	"$B/netradiod" -c "$W/d.conf" -m "$media" -s "$W/d.state" \
	    -p "$W/d.pid" -i lo $as_user "$@"
}
daemon_pid() {
	cat "$W/d.pid"
}
config d "shared-group = yes"
mkmp3 1-one/a.mp3 -t 50

step "it detaches"
begun=$(now_ms)
status_of daemon
equal "exit status of the parent" "$status" 0
expect "the pidfile is there as soon as the parent is gone" \
    test -s "$W/d.pid"
remember d "$(daemon_pid)"
expect "the daemon lives" is_running "$(daemon_pid)"
expect "it took $(($(now_ms) - begun)) ms" \
    [ $(($(now_ms) - begun)) -lt 5000 ]
expect "the one line stood on the terminal" \
    grep -q '1 channel, .* on lo, TTL 1$' "$W/last.err"
expect "it is in a session of its own" \
    [ "$(cut -d' ' -f6 <"/proc/$(daemon_pid)/stat")" = "$(daemon_pid)" ]
equal "its directory" "$(readlink "/proc/$(daemon_pid)/cwd")" /
for fd in 0 1 2; do
	equal "descriptor $fd" "$(readlink "/proc/$(daemon_pid)/fd/$fd")" \
	    /dev/null
done
expect "it is on the air" list_has channel=1 on_air=true

step "the next one on the same state directory is refused"
says="another netradiod .* uses the state directory $W/d.state" \
    exits 69 "second daemon" daemon -p "$W/other.pid"
refuse "it left no pidfile" test -e "$W/other.pid"
expect "the first one lives" is_running "$(daemon_pid)"

step "it ends"
begun=$(now_ms)
signal TERM d
soon "gone" 2 has_ended d
expect "after $(($(now_ms) - begun)) ms" [ $(($(now_ms) - begun)) -lt 1000 ]
refuse "the pidfile is gone" test -e "$W/d.pid"
forget d

step "a start that fails"
says="$W/nowhere" exits 78 "no library" daemon -m "$W/nowhere"
config d "shared-group = yes" "ttl = many"
says="d\.conf:2: " exits 78 "bad configuration" daemon
refuse "no pidfile" test -e "$W/d.pid"
equal "semaphores" "$(tail -n +2 /proc/sysvipc/sem | wc -l)" 0
OK
