#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves each sentence that a listener meets in the first hour: no mpg123, no
# sound card, no permission for it, nothing heard, no such channel, no such
# server, wrong usage.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

step "usage: 64"
for args in "-x" "--nonsense" "-b many 1" "-b 1 1" "-T 0 1" "-g 10.0.0.1 1" \
    "1 2" "-l 3" "-o x -d y 1" "-q -v 1"; do
	# shellcheck disable=SC2086
	says='^(netradio-client: |usage: )' exits 64 "$args" \
	    "$B/netradio-client" $args
done
exits 0 "-h" "$B/netradio-client" -h
expect "on stdout" grep -q '^usage: netradio-client' "$W/last.out"
exits 0 "-V" "$B/netradio-client" -V
expect "on stdout" grep -Eq '^netradio-client [0-9.]+' "$W/last.out"

step "no decoder: 70"
mkdir "$W/bin"
no_path() {
	PATH=$W/bin "$B/netradio-client" "$@"
}
says='mpg123.*apt(-get)? install mpg123' exits 70 "no mpg123" no_path 1
says='no-such-decoder' exits 70 "-d names nothing" \
    "$B/netradio-client" -d "no-such-decoder -x" 1

# in_time: 3 s are waited, from when there is something to hear with.
in_time() {
	expect "after $took ms: not before 2.9 s" [ $took -ge 2900 ]
	expect "nor after 4.5 s" [ $took -lt 4500 ]
}

step "nothing heard: 69 within 3 to 4 s, with where and what to check"
for how in "-l" "-o $W/x 1" "-o $W/x some-name"; do
	begun=$(now_ms)
	# shellcheck disable=SC2086
	says='nothing heard.*239\.255\.64\.0.*\(lo\).*firewall' \
	    exits 69 "$how" "$B/netradio-client" -i lo $how
	took=$(($(now_ms) - begun))
	in_time
done

step "no such channel: 66 with the nearest names"
mkmp3 1-Jazz/a.mp3 -t 40
mkmp3 2-news/a.mp3 -t 40
mkmp3 3-news-en/a.mp3 -t 40
start_server a
says='no such channel.*Jass.*1 Jazz' exits 66 "Jass" \
    "$B/netradio-client" -i lo -o "$W/x" Jass
says='no such channel.*77' exits 66 "number 77" \
    "$B/netradio-client" -i lo -o "$W/x" 77
says='more than one.*2 news.*3 news-en|more than one.*3 news-en.*2 news' \
    exits 66 "the beginning of two" "$B/netradio-client" -i lo -o "$W/x" ne
says='^netradio-client: ' exits 69 "a server that is not there" \
    "$B/netradio-client" -i lo -o "$W/x" 1@127.0.0.9

# A name server that takes every question and answers none.
deaf_dns() {
	printf 'nameserver 127.0.0.1\n' >"$W/resolv.conf"
	printf 'hosts: files dns\n' >"$W/nsswitch.conf"
	for file in resolv.conf nsswitch.conf; do
		[ -e "/etc/$file" ] || continue
		mount --bind "$W/$file" "/etc/$file" || return 1
	done
	[ -e /etc/resolv.conf ] || return 1
	run dns "$tools/forge" hold 53
	wait_until 5 grep -q held "$W/dns.out"
}

step "a server by its name in the list; nobody else is believed meanwhile"
stop a
config a "name = attic" "shared-group = yes"
start_server a
exits 0 "a name of the list" client -o "$W/attic.mp3" -T 2 1@attic
expect "is heard" has_bytes "$W/attic.mp3" 5000
expect "in whatever case, for the list" \
    eval 'client -l --server ATTIC | grep -q Jazz'
exits 0 "a name that resolves" client -o "$W/local.mp3" -T 4 1@localhost
expect "is heard, too" has_bytes "$W/local.mp3" 5000
for how in "-o $W/none.mp3 1@nosuch.invalid" "-l --server nosuch.invalid"; do
	# shellcheck disable=SC2086
	says='from nosuch.invalid.*but from attic at 127\.0\.0\.1' \
	    exits 69 "$how" "$B/netradio-client" -i lo $how
done
refuse "not a frame is played of another server" has_bytes "$W/none.mp3" 1

step "the same while no name server answers"
if deaf_dns; then
	begun=$(now_ms)
	exits 0 "a name of the list" client -o "$W/deaf.mp3" -T 2 1@attic
	took=$(($(now_ms) - begun))
	expect "is heard" has_bytes "$W/deaf.mp3" 5000
	expect "and ends in its time, after $took ms" [ $took -lt 3000 ]
	begun=$(now_ms)
	says='from nosuch.example.*not been resolved so far' exits 69 \
	    "a name of nobody's" \
	    "$B/netradio-client" -i lo -o "$W/x" 1@nosuch.example
	took=$(($(now_ms) - begun))
	in_time
	# Control-C reaches those who have the terminal; TERM is the same here.
	start_client w -o "$W/x" 1@nosuch.example
	client=$(pid_of w)
	soon "it waits" 2 said w 'channel 1 on'
	asking=$(cat "/proc/$client/task/$client/children")
	expect "and asks" is_running "${asking% }"
	begun=$(now_ms)
	signal TERM w
	ends w 2
	took=$(($(now_ms) - begun))
	equal "asked to end meanwhile: its status" "$status" 0
	expect "at once, after $took ms" [ $took -lt 500 ]
	refuse "the one that asked is gone" is_running "${asking% }"
	kill_hard dns
else
	echo "  not tried: no /etc/resolv.conf of our own here"
fi

step "no sound card, no permission: 70"
# A /dev of our own, as bare as can be.
mkdir "$W/dev"
if command -v mpg123 >/dev/null && mount -t tmpfs none "$W/dev"; then
	for node in null zero urandom tty; do
		: >"$W/dev/$node"
		mount --bind "/dev/$node" "$W/dev/$node"
	done
	mount --rbind "$W/dev" /dev
	says='no sound card.*-o FILE.*-d ' exits 70 "no card" \
	    "$B/netradio-client" -i lo 1
	mkdir /dev/snd
	: >/dev/snd/pcmC0D0p
	chmod 0 /dev/snd/pcmC0D0p
	as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	if $as_nobody "$B/netradio-client" -V >/dev/null 2>&1; then
		# shellcheck disable=SC2086
		says='no permission.*group audio' exits 70 "no permission" \
		    $as_nobody "$B/netradio-client" -i lo 1
	else
		echo "  not tried: no other user to be without permission"
	fi
	umount -l -R /dev
	umount -l -R "$W/dev"
else
	echo "  not tried: no mpg123, or no mounts here"
fi
OK
