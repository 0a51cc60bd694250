#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves the little ftp: 200 MB come identical while the channels keep time;
# what was interrupted goes on where it stopped, unless the file is another one
# by now; nothing comes from outside of the library; and neither a requester
# that stands still nor 100,000 messages that are no commands keep anybody
# else from being served.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mkmp3 1-one/a.mp3 -t 100
mkmp3 2-big/part -t 6000 -b 320
for i in 1 2 3 4 5 6 7 8 9; do
	cat "$media/2-big/part"
done >"$media/2-big/big.mp3"
rm "$media/2-big/part"
[ "$(stat -c %s "$media/2-big/big.mp3")" -ge 200000000 ] ||
	FAIL "the file is not big enough"
echo secret >"$W/secret.mp3"
ln -s "$W/secret.mp3" "$media/1-one/link.mp3"
ln -s ../2-big/big.mp3 "$media/1-one/inside.mp3"
mkfifo "$media/1-one/pipe.mp3"
start_server a
mkdir "$W/out"
big=$media/2-big/big.mp3

ctl() {
	"$B/netradioctl" -s "$W/a.state" "$@"
}
# A machine that does other things takes its time.
big_copy() {
	run copy "$B/netradioctl" -s "$W/a.state" get 2/big -o "$W/out/big"
	ends copy 100
	equal "get 2/big" $status 0
}
queue() {
	sed -n "s/^queue //p" "$W/a.state/ipc"
}

step "200 MB, while the channels play"
# shellcheck disable=SC2046
check_rx rx 6 $(stream_of 1) $(stream_of 2)
big_copy
expect "identical" cmp "$W/out/big" "$big"
equal "with its time" "$(stat -c %y "$W/out/big")" "$(stat -c %y "$big")"
rx_ends rx
rm "$W/out/big"

step "interrupted"
# Killed between a piece and the time by which it is known again, it begins
# anew; not every time.
for _try in 1 2 3 4 5; do
	rm -f "$W/out/big"
	run copy "$B/netradioctl" -s "$W/a.state" get 2/big -o "$W/out/big"
	soon "some of it is there" 10 has_bytes "$W/out/big.part" 20000000
	kill_hard copy
	refuse "the name is not there before it is whole" \
	    test -e "$W/out/big"
	big_copy
	grep -q 'going on at [1-9]' "$W/copy.err" && break
done
expect "goes on where it stopped" grep -q 'going on at [1-9]' "$W/copy.err"
expect "identical" cmp "$W/out/big" "$big"
refuse "nothing else is left" test -e "$W/out/big.part"
head -c 1000000 "$big" >"$W/out/big.part"
big_copy
refuse "a part of something else is not gone on with" grep -q 'going on' \
    "$W/copy.err"
expect "identical" cmp "$W/out/big" "$big"
exits 0 "to stdout" ctl get 1/a -o -
expect "identical" cmp "$W/last.out" "$media/1-one/a.mp3"
mkfifo "$W/out/pipe"
cat "$W/out/pipe" >"$W/out/piped" &
reader=$!
exits 0 "into a pipe" ctl get 1/a -o "$W/out/pipe"
wait "$reader"
expect "which stays one" test -p "$W/out/pipe"
expect "identical" cmp "$W/out/piped" "$media/1-one/a.mp3"
exits 0 "a link inside of the library" ctl get 1/inside.mp3 -o "$W/out/big"
expect "identical" cmp "$W/out/big" "$big"

step "what is not to be had"
says="outside of the library" exits 77 "a link that leads out" \
    ctl get 1/link.mp3 -o "$W/out/x"
says="none of them is" exits 66 "up and out" ctl get 1/../../secret.mp3
says="none of them is" exits 66 "a pipe" ctl get 1/pipe.mp3
says="no channel" exits 66 "no channel" ctl get 7/a
says="out/no/such" exits 69 "nowhere to put it" ctl get 1/a \
    -o "$W/out/no/such"
echo "not yours" >"$W/out/theirs"
ln -s theirs "$W/out/x.part"
says="out/x.part is a symbolic link: remove it" exits 69 \
    "through somebody's link" ctl get 1/a -o "$W/out/x"
equal "which leads to what it was" "$(cat "$W/out/theirs")" "not yours"
rm "$W/out/x.part"
refuse "nothing was left" test -e "$W/out/x" -o -e "$W/out/x.part"

step "a requester that stands still"
rm "$W/out/big"
run copy "$B/netradioctl" -s "$W/a.state" get 2/big -o "$W/out/big"
soon "it has begun" 10 has_bytes "$W/out/big.part" 10000000
signal STOP copy
exits 0 "reload" ctl reload
exits 0 "skip" ctl skip 1
exits 0 "another one gets" ctl get 1/a -o "$W/out/a"
signal CONT copy
ends copy 100
equal "it goes on and ends well" $status 0
expect "identical" cmp "$W/out/big" "$big"
rm "$W/out/big"
run copy "$B/netradioctl" -s "$W/a.state" get 2/big -o "$W/out/d"
soon "it has begun" 10 has_bytes "$W/out/d.part" 10000000
signal STOP copy
soon "what it does not fetch is thrown away" 6 eval \
    '[ "$(awk "FNR > 1 { print \$4 }" /proc/sysvipc/msg)" = 0 ]'
signal CONT copy
ends copy 100
equal "it missed nothing" $status 0
expect "identical" cmp "$W/out/d" "$big"

step "a number that becomes another track's"
run copy "$B/netradioctl" -s "$W/a.state" get 2/1 -o "$W/out/e"
soon "it has begun" 10 has_bytes "$W/out/e.part" 10000000
signal STOP copy
cp "$media/1-one/a.mp3" "$media/2-big/a.mp3"
soon "it has" 10 eval 'ctl library | grep -q "2/1 .*(a.mp3)"'
signal CONT copy
ends copy 100
equal "it goes on with the one that it began" $status 0
expect "identical" cmp "$W/out/e" "$big"

step "100,000 messages that are no commands"
run flood "$tools/ipctry" flood "$(queue)" 100000 7
check_rx rx 4 "$(stream_of 1)"
for i in 1 2 3 4 5; do
	exits 0 "skip in the middle of it, $i" ctl skip 1
done
exits 0 "get in the middle of it" ctl get 1/a -o "$W/out/a"
ends flood 100
equal "all were taken" $status 0
rx_ends rx
equal "the stream did not notice" "$(rx_stream=$(stream_of 1) rx rx jumps)" 0
expect "they are counted" [ "$(ctl status --prometheus |
    sed -n 's/^netradio_bad_commands_total //p')" -gt 50000 ]
soon "nothing of it stays in the queue" 8 eval \
    '[ "$(awk "FNR > 1 { print \$4 }" /proc/sysvipc/msg)" = 0 ]'
exits 0 "and all is well" ctl status
OK
