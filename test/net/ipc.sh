#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves what ipcs shows of a daemon: one segment, one queue, one semaphore
# while it runs, none before and after, whichever way it ends; what kill -9
# leaves the next start takes away, and nothing else; what somebody removes
# under it is there again soon, and no counter went back.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 100
mkmp3 2-two/a.mp3 -t 100

# Objects of that kind in this world.
count() {
	tail -n +2 "/proc/sysvipc/$1" | wc -l
}
all() {
	echo "$(count shm) $(count msg) $(count sem)"
}
has() {
	[ "$(all)" = "$1" ]
}
# The id that STATEDIR/ipc names.
id() {
	sed -n "s/^$1 //p" "$W/a.state/ipc"
}
ids() {
	tr '\n' ' ' <"$W/a.state/ipc"
}
other() {
	[ "$(ids)" != "$1" ]
}
ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
second() {
	# shellcheck disable=SC2086
	"$B/netradiod" -f -c "$W/a.conf" -m "$media" -s "$W/a.state" \
	    -p "$W/b.pid" -i lo $as_user
}
packets() {
	ctl channels --json | "$tools/jsonl" packets channel=1
}

has_sent() {
	[ "$(packets)" -gt 3 ]
}

equal "before" "$(all)" "0 0 0"
says="no netradiod runs" exits 69 "nobody to ask" ctl status
start_server a
equal "while it runs" "$(all)" "1 1 1"
equal "modes" "$(awk 'FNR > 1 { print $3 }' /proc/sysvipc/shm \
    /proc/sysvipc/msg /proc/sysvipc/sem | tr '\n' ' ')" "640 660 660 "
expect "status" ctl status >"$W/status.out"
expect "names its process" grep -q "process $(pid_of a)," "$W/status.out"

step "a second one"
had=$(ids)
says="process $(pid_of a)" exits 69 "is refused" second
equal "and changes nothing" "$(ids)" "$had"
equal "of what there is" "$(all)" "1 1 1"

step "its end"
stop a
equal "after TERM" "$(all)" "0 0 0"
refuse "nor is the file left" test -e "$W/a.state/ipc"
start_server a
signal QUIT a
ends a 5
equal "after QUIT" "$(all)" "0 0 0"

step "kill -9, beside others' objects"
ipcmk -M 4096 >/dev/null && ipcmk -Q >/dev/null && ipcmk -S 1 >/dev/null
equal "theirs" "$(all)" "1 1 1"
start_server a
equal "and ours" "$(all)" "2 2 2"
had=$(ids)
kill_hard a
equal "after kill -9" "$(all)" "2 2 2"
says="was killed" exits 69 "status knows" ctl status
start_server a
equal "after the next start" "$(all)" "2 2 2"
expect "they are not the old ones" other "$had"
stop a
equal "theirs are left" "$(all)" "1 1 1"
# Not even the file is there to tell.
start_server a
rm "$W/a.state/ipc"
expect "without the file the key leads there" ctl status >/dev/null
kill_hard a
start_server a
equal "killed and started without it" "$(all)" "2 2 2"

step "removed under it"
soon "it sends" 5 has_sent
had=$(ids)
before=$(packets)
expect "the segment" "$tools/ipctry" remove segment "$(id segment)"
soon "is there again" 3 other "$had"
equal "with the others" "$(all)" "2 2 2"
soon "and counts" 3 has_sent
expect "from where it was: $before, $(packets)" \
    [ "$(packets)" -ge "$before" ]
expect "the title stands" test -n "$(ctl channels --json |
    "$tools/jsonl" duration channel=1)"
had=$(ids)
expect "the queue" "$tools/ipctry" remove queue "$(id queue)"
soon "is there again" 3 other "$had"
expect "and takes commands" ctl skip 1
had=$(ids)
expect "the semaphore" "$tools/ipctry" remove semaphore "$(id semaphore)"
soon "is there again" 3 other "$had"
says="process $(pid_of a)" exits 69 "and refuses a second one" second
for what in segment queue semaphore; do
	expect "one line for the $what" said a "somebody removed the .*$what" 1
done
equal "in the end" "$(all)" "2 2 2"

step "the state directory is put aside, and another daemon has its place"
lost="was removed or is another one"
mv "$W/a.state" "$W/aside"
mkdir -m 777 "$W/a.state"
soon "it is noticed" 4 said a "$lost"
mv "$W/a.state" "$W/other"
mv "$W/aside" "$W/a.state"
soon "and when it is back" 4 said a "the state directory .* is back"
expect "commands are taken again" ctl skip 1
mv "$W/a.state" "$W/aside"
mv "$W/other" "$W/a.state"
echo "not yours" >"$W/a.state/ipc"
echo "nor this" >"$W/a.state/catalog"
had=$(sed -n "s/^segment //p" "$W/aside/ipc")
soon "it is noticed" 4 eval "said a '$lost' 2"
expect "the segment is removed" "$tools/ipctry" remove segment "$had"
soon "and made again" 3 eval '[ "$(all)" = "2 2 2" ]'
stop a
equal "what is in the other one is left" \
    "$(cat "$W/a.state/ipc" "$W/a.state/catalog" | tr '\n' ' ')" \
    "not yours nor this "
equal "and nothing else" "$(cd "$W/a.state" && echo *)" "catalog ipc"
refuse "nor is a file in ours" test -e "$W/aside/ipc"
equal "nor an object" "$(all)" "1 1 1"
rm -r "$W/a.state"
mv "$W/aside" "$W/a.state"
start_server a
soon "a new one is well" 5 eval 'ctl status | grep -q "up 0:0"'

step "just before the end"
mv "$W/a.state" "$W/aside"
mkdir -m 777 "$W/a.state"
echo "not yours" >"$W/a.state/ipc"
stop a
equal "it is left as well" "$(cat "$W/a.state/ipc")" "not yours"
rm -r "$W/a.state"
mv "$W/aside" "$W/a.state"
start_server a

step "removed, with all that is in it"
rm -r "$W/a.state"
mkdir -m 777 "$W/a.state"
soon "it is noticed" 4 said a "$lost"
sleep 2
expect "and said once" said a "$lost" 3
stop a
equal "nothing is put into the new one" "$(ls "$W/a.state")" ""
start_server a
soon "which the next one takes" 5 eval 'ctl status | grep -q "up 0:0"'

step "while it is stopped"
signal STOP a
soon "status says so" 10 eval 'ctl status | grep -q "not moved for"'
equal "channels all the same" "$(ctl channels --json | wc -l)" 2
signal CONT a
stop a
equal "theirs are left" "$(all)" "1 1 1"
OK
