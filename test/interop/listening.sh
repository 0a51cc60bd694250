#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves that the command lines of doc/user/listening.md for other players can
# be typed as they stand there: each of them is run, on another machine, and
# something else than silence comes to what it takes for the sound card.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/players.sh
. "$(dirname "$0")/../players.sh"
need cvlc ffplay ffmpeg mpv gst-launch-1.0 sox lame bash
setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null ||
	SKIP "VLC does not run as root, and there is no other user here"

two_hosts
netns route 224.0.0.0/4 eth0
$there "$tools/netns" route 224.0.0.0/4 eth0
iface=eth0
for i in 1-jazz 2-news 3-talk; do
	mkdir "$media/$i"
	sox -R -n -r 44100 -c 2 -b 16 "$W/x.wav" synth 20 pinknoise gain -9 \
	    2>>"$W/sox.err" || FAIL "sox"
	lame --quiet "$W/x.wav" "$media/$i/a.mp3" || FAIL "lame"
done
start_server a

# The sound card: alsa-lib writes to a pipe, from which 0.1 s of CD sound are
# taken every 0.1 s.  VLC, the one with a window, has none.
home=$W/player
mkdir -p "$home/.config/vlc"
cat >"$home/.asoundrc" <<END
pcm.!default {
	type plug
	slave.pcm {
		type file
		slave.pcm null
		file "| sh $home/card"
		format raw
	}
}
END
cat >"$home/card" <<'END'
cd "$HOME" || exit
while head -c 17640 >piece && [ -s piece ]; do
	cat piece >>heard
	sleep 0.1
done
END
echo intf=dummy >"$home/.config/vlc/vlcrc"
chmod -R a+rwX "$W" "$home"

# The lines, without what is said of them behind; PATH has the client.
lines=$W/lines
sed -n '/^## With other players/,/^## In a browser/p' \
    "$test_dir/../doc/user/listening.md" |
    sed -n ':again; /\\$/ { N; s/\\\n *//; b again; }; s/^    \([a-z]\)/\1/p' |
    sed 's/   *.*//; s/192\.0\.2\.7/10.9.0.1/' >"$lines"
expect "$(wc -l <"$lines") lines" [ "$(wc -l <"$lines")" -ge 10 ]

something_is_heard() {
	cat "$home/heard" "$home/minute.wav" 2>/dev/null >"$W/heard"
	[ "$(tr -d '\0' <"$W/heard" | wc -c)" -gt 100000 ]
}
# In bash: that is what people type into.
while read -r line <&6; do
	step "$line"
	rm -f "$home/heard" "$home/minute.wav"
	on="$there setpriv --reuid 65534 --regid 65534 --clear-groups env -C
	    $home HOME=$home XDG_RUNTIME_DIR=$home TMPDIR=$home
	    PATH=$PATH:$B SDL_AUDIODRIVER=alsa"
	case $line in
	netradio-client*)
		exits 0 "done" bash -c "$line"
		on=
		continue ;;
	esac
	run player bash -c "exec $line"
	on=
	soon "it is heard" 20 something_is_heard
	signal INT player
	ends player 10
done 6<"$lines"
OK
