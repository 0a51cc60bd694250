#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a daemon started by root becomes another user for good: what it
# holds and makes is that user's, and a restart finds it again.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" -eq 0 ] || SKIP "needs root"
uid=$(id -u nobody 2>/dev/null) || SKIP "needs a user nobody"
gid=$(id -g nobody)
setpriv --reuid "$uid" --regid "$gid" --clear-groups true 2>/dev/null ||
	SKIP "needs more than one user in this namespace"
chmod 755 "$W"
mkmp3 1-one/a.mp3 -t 50
as_user="-u nobody"
mkdir "$W/run"
chmod 777 "$W/run"

# The pidfile's directory is made for the user, too.
config a "shared-group = yes" "pidfile = $W/run/own/a.pid"
launch() {
	# shellcheck disable=SC2086
	run a "$B/netradiod" -f -c "$W/a.conf" -m "$media" \
	    -s "$W/a.state" -i lo $as_user
	soon "ready" 5 test -s "$W/run/own/a.pid"
	soon "on air" 5 list_has channel=1 on_air=true
}
launch

step "who it is"
# shellcheck disable=SC2046
set -- $(sed -n 's/^Uid://p' "/proc/$(pid_of a)/status")
equal "user, real, effective, saved, file system" "$*" "$uid $uid $uid $uid"
# shellcheck disable=SC2046
set -- $(sed -n 's/^Gid://p' "/proc/$(pid_of a)/status")
equal "group" "$*" "$gid $gid $gid $gid"
equal "other groups" "$(sed -n 's/^Groups:[	 ]*//p' \
    "/proc/$(pid_of a)/status" | tr -d ' ' | sed "s/^$gid//")" ""
equal "capabilities" "$(sed -n 's/^CapEff:[	 ]*//p' \
    "/proc/$(pid_of a)/status")" 0000000000000000

step "what it made"
equal "owner of the state directory" "$(stat -c %u "$W/a.state")" "$uid"
equal "owner of the pidfile" "$(stat -c %u "$W/run/own/a.pid")" "$uid"
equal "owner of the semaphore" "$(tail -n +2 /proc/sysvipc/sem |
    tr -s ' ' | cut -d' ' -f6)" "$uid"

step "again"
get_list
ssrc=$(field ssrc channel=1)
stop a
refuse "the pidfile is gone" test -e "$W/run/own/a.pid"
launch
get_list
equal "SSRC" "$(field ssrc channel=1)" "$ssrc"
OK
