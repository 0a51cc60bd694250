#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a listener changes channels on a terminal by number and arrow
# keys, hears the other one at once, leaves the old group, and finds his
# terminal as it was; with --plain not one escape sequence.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 30 -T "Song One"
mkmp3 2-two/a.mp3 -t 30 -T "Song Two"
mkmp3 30-thirty/a.mp3 -t 30 -T "Song Thirty" -r 48000 -b 64 -m mono
# Who is a member of a group is to be seen of the client.
config a "shared-group = yes" "join = no"
start_server a
groups() {
	for n in 1 2 30; do
		printf '%s' "$(grep -qi "$(printf %02X "$n")40FFEF" \
		    /proc/net/igmp && echo "$n ")"
	done
}

cat >"$W/keys" <<'END'
wait Song One
send 2
wait Song Two
send \e[A
wait Song Thirty
send \e[B
wait Song Two
send 30\r
wait Song Thirty
send 44\r
wait no channel 44
pause 1500
send q
END
cat >"$W/shell" <<'END'
stty -a >"$W/stty.before"
"$B/netradio-client" -i lo "$@" 1
echo "status $?"
stty -a >"$W/stty.after"
END
export W B

step "keys"
"$tools/pty" -t 30 sh "$W/shell" -o "$W/x.mp3" <"$W/keys" >"$W/screen.out" ||
	FAIL "not all keys were obeyed ($?)"
expect "it ended with 0" grep -q 'status 0' "$W/screen.out"
equal "the terminal is as it was" "$(cat "$W/stty.after")" \
    "$(cat "$W/stty.before")"
equal "groups joined at the end" "$(groups)" ""
"$tools/framerun" -g 12 "$W/x.mp3" "$media"/*/a.mp3 >"$W/run.out" ||
	FAIL "something else was heard"
tail -n 1 "$W/run.out"

step "--plain"
"$tools/pty" -t 30 sh "$W/shell" --plain -o "$W/x.mp3" <"$W/keys" \
    >"$W/plain.out" || FAIL "not all keys were obeyed ($?)"
refuse "no escape sequence" grep -q "$(printf '\033')" "$W/plain.out"

step "one group at a time"
mkfifo "$W/keys2"
"$tools/pty" -t 20 "$B/netradio-client" -i lo -o "$W/y.mp3" 1 <"$W/keys2" \
    >"$W/screen2.out" 2>&1 &
remember pty $!
exec 7>"$W/keys2"
soon "joined" 5 eval '[ "$(groups)" = "1 " ]'
soon "heard" 5 has_bytes "$W/y.mp3" 20000
mark "$W/y.mp3"
begun=$(now_ms)
printf 'send 2\\r\n' >&7
soon "the other one, and not the first" 3 eval '[ "$(groups)" = "2 " ]'
soon "heard" 3 has_more "$W/y.mp3" 5000
expect "after $(($(now_ms) - begun)) ms" [ $(($(now_ms) - begun)) -lt 1500 ]
printf 'send q\n' >&7
exec 7>&-
ends pty 5
equal "exit status" "$status" 0

step "killed while it has the terminal"
"$tools/pty" -t 10 sh "$W/shell" -o "$W/z.mp3" >"$W/screen3.out" <<END &
wait Song One
pause 3000
END
remember pty $!
soon "heard" 6 has_bytes "$W/z.mp3" 20000
for p in /proc/[0-9]*; do
	if tr '\0' ' ' <"$p/cmdline" 2>/dev/null |
	    grep -q "netradio-client.*$W/z.mp3"; then
		kill -TERM "${p#/proc/}"
	fi
done 2>/dev/null
ends pty 10
equal "the terminal is as it was" "$(cat "$W/stty.after")" \
    "$(cat "$W/stty.before")"
OK
