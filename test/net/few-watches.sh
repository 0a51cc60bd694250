#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a library of more directories than the kernel has watches for is
# looked at now and then, which is said, and that a reload has it watched again
# when the limit was raised.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

limit=/proc/sys/user/max_inotify_watches
# The limit is one of a user namespace's, and this one is the daemon's own.
cat >"$W/few" <<END
#!/bin/sh
echo 3 >$limit && exec "\$@"
END
chmod +x "$W/few"
unshare -rU "$W/few" true 2>/dev/null || SKIP "no user namespaces in here"
set_limit() {
	nsenter -t "$(pid_of a)" -U --preserve-credentials \
	    sh -c "echo $1 >$limit"
}

mkmp3 1-one/a.mp3 -t 100
mkmp3 2-two/cd1/a.mp3 -t 100
mkmp3 2-two/cd2/a.mp3 -t 100
on="unshare -rU $W/few"
start_server a
on=
watching="no inotify watches left .* looked at every 60 s instead"
soon "it is said" 5 said a "$watching" 1

step "reload"
expect "the limit is raised" set_limit 100
signal HUP a
soon "it was read again" 5 said a "reloaded: " 1
mkmp3 3-three/a.mp3 -t 100
soon "what is new is on air without a signal" 4 list_has channel=3 on_air=true
expect "nothing more was said" said a "$watching" 1
OK
