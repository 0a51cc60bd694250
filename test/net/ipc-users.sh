#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves who may do what: the owner everything; members of the daemon's group
# look and command, but change no statistics and remove nothing; all others
# nothing at all, each with a sentence and 77.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" -eq 0 ] || SKIP "needs root"
uid=$(id -u nobody 2>/dev/null) || SKIP "needs a user nobody"
gid=$(id -g nobody)
setpriv --reuid "$uid" --regid "$gid" --clear-groups true 2>/dev/null ||
	SKIP "needs more than one user in this namespace"
chmod 777 "$W"
mkmp3 1-one/a.mp3 -t 50
mkmp3 1-one/b.mp3 -t 50
as_user="-u nobody"
# The programs where everybody may run them.
cp "$B/netradioctl" "$tools/ipctry" "$W"
start_server a

owner() {
	setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
}
member() {
	setpriv --reuid 4711 --regid 4711 --groups "$gid" "$@"
}
outsider() {
	setpriv --reuid 4712 --regid 4712 --clear-groups "$@"
}
id_of() {
	sed -n "s/^$1 //p" "$W/a.state/ipc"
}
segment=$(id_of segment) queue=$(id_of queue) semaphore=$(id_of semaphore)
# may WHO STATUS VERB ID...
may() {
	_who=$1
	_want=$2
	shift 2
	"$_who" "$W/ipctry" "$@" 2>/dev/null
	equal "$_who: $*" $? "$_want"
}
ctl() {
	_who=$1
	shift
	"$_who" "$W/netradioctl" -s "$W/a.state" "$@"
}

step "whose they are"
# The columns of uid and gid differ.
equal "of the segment" "$(awk 'FNR > 1 { print $8, $9 }' \
    /proc/sysvipc/shm)" "$uid $gid"
equal "of the queue" "$(awk 'FNR > 1 { print $8, $9 }' \
    /proc/sysvipc/msg)" "$uid $gid"
equal "of the semaphore" "$(awk 'FNR > 1 { print $5, $6 }' \
    /proc/sysvipc/sem)" "$uid $gid"
equal "of the file" "$(stat -c '%u %g %a' "$W/a.state/ipc")" "$uid $gid 640"
equal "of the directory" "$(stat -c '%u %g %a' "$W/a.state")" \
    "$uid $gid 750"

step "the owner"
may owner 0 read "$segment"
may owner 0 write "$segment"
may owner 0 send "$queue"
may owner 0 receive "$queue"
exits 0 "status" ctl owner status
exits 0 "skip" ctl owner skip 1

step "a member of the group"
may member 0 read "$segment"
may member 77 write "$segment"
may member 0 send "$queue"
may member 0 receive "$queue"
may member 0 raise "$semaphore"
for what in segment queue semaphore; do
	may member 77 remove $what "$(id_of $what)"
done
exits 0 "status" ctl member status
expect "shows the channel" grep -q one "$W/last.out"
exits 0 "skip" ctl member skip 1
exits 0 "pause" ctl member pause one
exits 0 "resume" ctl member resume one
exits 0 "play" ctl member play 1/b.mp3 now
exits 0 "reload" ctl member reload
exits 0 "library" ctl member library
mkdir "$W/out"
chmod 777 "$W/out"
exits 0 "get" ctl member get 1/a.mp3 -o "$W/out/a.mp3"
expect "what came is the file" cmp "$W/out/a.mp3" "$media/1-one/a.mp3"
equal "and belongs to who asked" "$(stat -c %u "$W/out/a.mp3")" 4711

step "with the environment of another user, as sudo may leave it"
if mount -t tmpfs tmpfs /var/lib && mkdir -m 755 /var/lib/netradio &&
    mount --bind "$W/a.state" /var/lib/netradio; then
	mkdir -m 700 "$W/theirs"
	for variable in HOME XDG_STATE_HOME; do
		exits 0 "$variable is root's" owner env -u XDG_STATE_HOME \
		    "$variable=$W/theirs" "$W/netradioctl" status
	done
	umount /var/lib/netradio
else
	echo "  (nothing can be mounted on /var/lib)"
fi

step "somebody else"
may outsider 77 read "$segment"
may outsider 77 write "$segment"
may outsider 77 send "$queue"
may outsider 77 receive "$queue"
may outsider 77 raise "$semaphore"
for what in segment queue semaphore; do
	may outsider 77 remove $what "$(id_of $what)"
done
for command in status channels library reload "skip 1" "pause 1" \
    "resume 1" "play 1/1" "get 1/1 -o $W/out/b.mp3"; do
	# shellcheck disable=SC2086
	says="not permitted|Permission denied" exits 77 "$command" \
	    ctl outsider $command
done
status_of ctl outsider status --prometheus
equal "who may not look is told nothing of the daemon" "$(cat "$W/last.out")" ""
# Also where the directory is open to all.
chmod 755 "$W/a.state"
chmod 644 "$W/a.state/ipc"
says="member of group" exits 77 "the segment itself says no" \
    ctl outsider status
refuse "and nothing was written" test -e "$W/out/b.mp3"
stop a
equal "left behind" "$(cat /proc/sysvipc/shm /proc/sysvipc/msg \
    /proc/sysvipc/sem | wc -l)" 3
OK
