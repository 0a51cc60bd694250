#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves each sentence with which the server refuses to start: usage, library,
# state directory, user, a port, and the rules for where things may lie.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 50
server() {
	# shellcheck disable=SC2086
	"$B/netradiod" -f -c "$W/s.conf" -m "$media" -s "$W/s.state" \
	    -p "$W/s.pid" -i lo $as_user "$@"
}
config s "shared-group = yes"

step "usage: 64"
for args in "-x" "--nonsense" "-t 256" "-t x" "-g 10.0.0.1" "-g 239.255.255.0" \
    "-i a-name-that-is-too-long" "extra"; do
	# shellcheck disable=SC2086
	says='netradiod|usage' exits 64 "$args" server $args
done
exits 0 "-h" "$B/netradiod" -h
expect "on stdout" grep -q '^usage: netradiod' "$W/last.out"
exits 0 "-V" "$B/netradiod" -V
expect "on stdout" grep -Eq '^netradiod [0-9.]+' "$W/last.out"

step "library and configuration: 78"
says="nowhere" exits 78 "no library" server -m "$W/nowhere"
says="s.conf" exits 78 "library is a file" server -m "$W/s.conf"
says="gone.conf" exits 78 "configuration is missing" server -c "$W/gone.conf"
says="state directory|library" exits 78 "state inside the library" \
    server -s "$media/state"
says="state directory|library" exits 78 "library inside the state" \
    server -s "$W"

step "state directory: 69 in use, 71 not to be made"
start_server s
says="process $(pid_of s)\\).*-s" exits 69 "in use" server
expect "the first goes on" list_has channel=1 on_air=true
stop s
says="cannot make the directory" exits 71 "under a file" \
    server -s "$W/s.conf/state"
equal "semaphores left behind" "$(tail -n +2 /proc/sysvipc/sem | wc -l)" 0

step "users"
if [ "$(id -u)" -eq 0 ]; then
	says="no user nobody-of-that-name|nobody-of-that-name" \
	    exits 78 "no such user" server -u nobody-of-that-name
fi
if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	chmod 755 "$W"
	as_nobody() {
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		    "$B/netradiod" -f -m "$media" "$@"
	}
	if as_nobody -V >/dev/null 2>&1; then
		says='-u|root' exits 64 "-u without root" \
		    as_nobody -s "$W/n.state" -u root
		says='-m|library' exits 64 "no library named" \
		    setpriv --reuid 65534 --regid 65534 --clear-groups \
		    "$B/netradiod" -f -s "$W/n.state"
	fi
fi

step "an empty library is no error"
mkdir "$W/empty"
start_server s -m "$W/empty"
soon "it says what to do" 2 said s 'nothing to play in .*empty'
get_list
equal "the list is empty" "$(wc -l <"$W/list.json")" 0
mkdir "$W/empty/1-now"
cp "$media/1-one/a.mp3" "$W/empty/1-now"
signal HUP s
soon "after HUP there is music" 5 list_has channel=1 on_air=true
OK
