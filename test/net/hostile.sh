#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that nothing from the network harms a client: control characters in a
# list never reach the terminal, a forged stream from another source is not
# played, and noise on both ports changes nothing.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 30
evil='\e]0;title\x07\e[2J\x9b31m\xc2\x9b5m\x00\x7f\n\r\x08\xe2\x80\xae'

step "a forged list, alone on the network"
run forger "$tools/forge" -t 12 list "name$evil" "title$evil"
client -l >"$W/table" 2>"$W/table.err"
expect "its channel is listed" grep -q name "$W/table"
client -l --json >"$W/list.json"
field name channel=1 >"$W/name"
start_client c -v -T 4 -o "$W/x" 1
ends c 10
cat "$W/table" "$W/table.err" "$W/c.err" >"$W/all"
"$tools/pty" -t 6 "$B/netradio-client" -i lo --plain -T 3 -o "$W/x" "name" \
    </dev/null >"$W/plain"
tr -d '\r' <"$W/plain" >>"$W/all"
equal "control characters for the terminal" \
    "$(tr -d '\n' <"$W/all" | tr -cd '\000-\037\177' | wc -c)" 0
for c in $(printf '\302\233') $(printf '\342\200\256'); do
	refuse "nor $(printf %s "$c" | od -An -tx1)" \
	    grep -qF "$c" "$W/all" "$W/list.json"
done
expect "all of it is UTF-8" eval '! grep -vaxq ".*" "$W/all"'
"$tools/pty" -t 6 "$B/netradio-client" -i lo -T 3 -o "$W/x" 1 \
    </dev/null >"$W/screen"
refuse "on a terminal only our own sequences" \
    grep -aqE "$(printf '\033')"'(\]|\[2J|\[31m)' "$W/screen"
kill_hard forger

step "a true server and a forger"
start_server a
get_list
ssrc=$(field ssrc channel=1)
start_client c -v --json -T 12 -o "$W/1.mp3" 1
soon "it hears" 5 has_bytes "$W/1.mp3" 20000
run forger2 "$tools/forge" -a 127.0.0.7 -t 5 -s 2 rtp "$(stream_of 1)"
run forger3 "$tools/forge" -a 127.0.0.7 -t 5 -s 3 -S "$ssrc" \
    rtp "$(stream_of 1)"
run noise "$tools/forge" -a 127.0.0.8 -t 5 noise "$(stream_of 1)"
run noise2 "$tools/forge" -a 127.0.0.8 -t 5 noise 239.255.64.0:1989
run liar "$tools/forge" -a 127.0.0.9 -t 5 list other lies
ends c 20
equal "exit status" "$status" 0
run=$("$tools/framerun" "$W/1.mp3" "$media/1-one/a.mp3") ||
	FAIL "something else was played: $run"
echo "  ok: only the true one: $run"
for key in lost duplicated late gaps; do
	equal "$key" "$(stat_of "$W/c.out" $key)" 0
done
expect "it stayed with its list" eval '! said c lies'

step "the server heard the noise, too"
for f in forger2 forger3 noise noise2 liar; do
	ends "$f" 10
done
check_rx rx 2 "$(stream_of 1)"
rx_ends rx
OK
