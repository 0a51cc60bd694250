#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the channels' threads, and no others, run in real time where that
# is allowed, also after the change of user, and that one line says so where it
# is not.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

for n in 1 2 3; do
	mkmp3 "$n-channel/a.mp3" -t 50
done

# threads NAME CLASS: how many of them are scheduled so (proc(5): 41, policy;
# 2 is SCHED_RR), and how they are called.
threads() {
	for _t in /proc/"$(pid_of "$1")"/task/*; do
		# shellcheck disable=SC2046
		set -- "$1" "$2" $(sed 's/.*) //' "$_t/stat")
		[ "${41}" = "$2" ] && tr ' ' - <"$_t/comm"
	done | sort | tr '\n' ' '
}

step "not allowed"
config a "shared-group = yes"
# shellcheck disable=SC2016 # for the inner shell
on="prlimit --rtprio=0 setpriv --bounding-set=-sys_nice --inh-caps=-sys_nice"
$on true 2>/dev/null || SKIP "no prlimit or setpriv (util-linux)"
start_server a
on=
soon "one line says so" 2 said a 'no real-time priority' 1
equal "threads in real time" "$(threads a 2)" ""
stop a

step "allowed"
chrt -r 1 true 2>/dev/null || {
	echo "  not shown: we may not either (user namespace)"
	OK
}
rm -r "$W/a.log" "$W/a.state"
if prlimit --rtprio=1 true 2>/dev/null; then
	chmod 777 "$W"
	as_user="-u nobody"
else
	echo "  not shown: another user (no CAP_SYS_RESOURCE)"
fi
start_server a
equal "threads in real time" "$(threads a 2)" \
    "channel-1 channel-2 channel-3 voice "
refuse "nothing is said of it" said a 'real-time'
stop a
OK
