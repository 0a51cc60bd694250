#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that a library is live: without a signal what is new comes on air and
# what is gone ends, files that are still being written are left alone, a
# library that is not there is waited for, channel.conf counts, a full state
# directory costs the catalogue only, and a restart opens no unchanged file.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

mount -t tmpfs tmpfs "$media" || SKIP "no tmpfs can be mounted"
mkdir "$W/a.state"
mount -t tmpfs -o size=64k tmpfs "$W/a.state" || SKIP "no second tmpfs"
end_mounts() {
	_code=$?
	umount -l "$media" "$W/a.state" "$W/away" 2>/dev/null
	(exit "$_code")
	end_story
}
trap end_mounts EXIT
for n in 1 2; do
	mkmp3 "$n-stays/a.mp3" -t 100
	mkmp3 "$n-stays/b.mp3" -t 100
done
mkmp3 "../new.mp3" -t 100
changed='the library changed: '
start_server a
check_rx rx 60 "$(stream_of 1)"
start_client c1 -o "$W/1.mp3" 1
list_has channel=1 on_air=true

step "a channel comes, is renamed, is edited, goes"
mkdir "$media/3-new"
cp "$W/new.mp3" "$media/3-new/a.mp3"
soon "it is on air" 5 list_has channel=3 on_air=true name=new
mv "$media/3-new" "$media/4-other"
soon "under its new name" 5 list_has channel=4 on_air=true name=other
refuse "and no longer under the old one" field channel channel=3
echo "now described" >"$media/4-other/descr.txt"
soon "its description" 5 list_has channel=4 "description=now described"
printf 'number = 9\nname = By hand\nordr = sorted\norder = shuffled\n' \
    >"$media/4-other/channel.conf"
soon "channel.conf: number and name" 5 list_has channel=9 "name=By hand"
expect "its error is told with its line" said a \
    'channel 9 \(By hand\): skipping channel.conf:3: ordr: unknown key' 1
rm -r "$media/4-other"
soon "it is gone" 5 eval 'get_list; [ "$(field channel | wc -l)" = 2 ]'

step "a file that is still being written is left alone"
mkfifo "$W/more"
mkdir "$media/5-slow"
wait_until 1 false
(
	head -c 20000 "$W/new.mp3"
	read -r _ <"$W/more"
	tail -c +20001 "$W/new.mp3"
) >"$media/5-slow/a.mp3" &
remember slow $!
mkmp3 "6-quick/a.mp3" -t 100
soon "others come on air meanwhile" 5 list_has channel=6 on_air=true
wait_until 2 false
get_list
refuse "the slow one does not" field channel channel=5
echo go >"$W/more"
ends slow 5
soon "but when it is whole" 5 list_has channel=5 on_air=true
rm -r "$media/5-slow" "$media/6-quick"
soon "both go" 5 eval 'get_list; [ "$(field channel | wc -l)" = 2 ]'

step "the whole library is unmounted"
mkdir "$W/away"
mount --move "$media" "$W/away"
soon "said once" 5 said a 'the media library .* is not there, .*: the channels' 1
soon "channel 1 is silent" 25 said a 'channel 1: nothing to play' 1
get_list
expect "and still on air" [ "$(field on_air channel=1)" = true ]
equal "still said once" "$(grep -c 'is not there, but' "$W/a.log")" 1
mount --move "$W/away" "$media"
soon "it is there again" 5 said a 'the media library .* is there again' 1
soon "and plays" 10 said a 'channel 1: plays again'

step "the state directory is full"
expect "the catalogue was written" [ -s "$W/a.state/catalog" ]
cat /dev/zero >"$W/a.state/fill" 2>/dev/null
for n in 1 2 3; do
	mkmp3 "7-more/$n.mp3" -t 20
	soon "edit $n" 5 said a "$changed" $((n + 7))
	wait_until 4 false
done
equal "one line about it" "$(grep -c 'cannot write .*catalog' "$W/a.log")" 1
list_has channel=7 on_air=true
expect "the radio goes on" [ "$(field on_air channel=7)" = true ]
rm "$W/a.state/fill"
mkmp3 "7-more/4.mp3" -t 20
soon "written again when there is room" 12 said a 'catalog is written again'

step "nobody was disturbed"
rx_ends rx
rx_stream=$(stream_of 1)
equal "jumps" "$(rx rx jumps)" 0
signal TERM c1
ends c1 10
run=$("$tools/framerun" -g 4 "$W/1.mp3" "$media"/1-stays/*.mp3) ||
	FAIL "channel 1: $run"
echo "  ok: $run"

step "a restart opens no file that did not change"
signal QUIT a
ends a 5
no_leaks=ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0	# not under strace
command -v strace >/dev/null || {
	echo "  (no strace here)"
	OK
}
run traced env "$no_leaks" strace -f -e trace=open,openat -o "$W/trace" \
    "$B/netradiod" -n -m "$media"
ends traced 10
expect "strace sees files being opened" grep -q 'a\.mp3' "$W/trace"
printf 'shared-group = yes\nmax-rate = 1\n' >"$W/a.conf"
# shellcheck disable=SC2086
run traced env "$no_leaks" strace -f -e trace=open,openat -o "$W/trace" \
    "$B/netradiod" -f -c "$W/a.conf" -m "$media" -s "$W/a.state" \
    -p "$W/a.pid2" -i lo $as_user
soon "it is up again" 10 [ -s "$W/a.pid2" ]
refuse "no file was opened" grep -q '\.mp3' "$W/trace"
kill "$(cat "$W/a.pid2")"
ends traced 10
OK
