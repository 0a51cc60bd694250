#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves on AVI, WAV and ADTS files that other programs made that
# netradiod -n tells frames, rate, channels and duration as ffprobe does, or
# knows better where the script says why, and that the frames read are byte for
# byte those of ffmpeg -c copy.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/containers.sh
. "$(dirname "$0")/../containers.sh"

step "AVI"
# shellcheck disable=SC2086
{
	make c.avi -i "$src/c.mp3" -c copy -metadata title=Tone \
	    -metadata artist=Me
	make cv.avi -i "$src/c.mp3" $video -c:a copy
	make l.avi -i "$src/l.mp3" $video -c:a copy
	make s.avi -i "$src/s.mp2" $video -c:a copy
	make pcm.avi $s $video -c:a pcm_s16le
	make pcm24.avi $s $video -c:a pcm_s24le
	make aac.avi $s $video -c:a aac
	make two.avi -i "$src/c.mp3" -i "$src/l.mp3" -map 0 -map 1 -c copy
	ffmpeg -v error -nostdin -i "$src/c.mp3" $video -c:a copy -f avi - \
	    </dev/null | cat >"$one/pipe.avi"
}
movi=$(at "$one/cv.avi" movi)
cp "$one/cv.avi" "$one/zero.avi"
printf '\0\0\0\0' | patch "$one/zero.avi" 4
printf '\0\0\0\0' | patch "$one/zero.avi" $((movi - 4))
cp "$one/cv.avi" "$one/small.avi"
printf '\0\10\0\0' | patch "$one/small.avi" 4
printf '\0\10\0\0' | patch "$one/small.avi" $((movi - 4))
cp "$one/cv.avi" "$one/rate.avi"
auds=$(at "$one/rate.avi" auds)
strf=$(tail -c +$((auds + 1)) "$one/rate.avi" >"$W/x" && at "$W/x" strf)
printf '\100\037\0\0' | patch "$one/rate.avi" $((auds + strf + 12))
head -c $((movi + 30000)) "$one/cv.avi" >"$one/cut.avi"

step "ADTS and WAV"
# shellcheck disable=SC2086
{
	make aac.aac -i "$src/a.m4a" -c copy
	make id3.aac -i "$src/a.m4a" -c copy -write_id3v2 1 -metadata title=Tone
	make mono.aac $s -ac 1 -ar 16000 -c:a aac
	head -c 20001 "$one/aac.aac" >"$one/cut.aac"
	{ printf 'junk'; tail -c +1000 "$one/aac.aac"; } >"$one/middle.aac"
	for c in u8 s16le s24le; do
		make pcm-$c.wav $s -c:a pcm_$c -metadata title=Tone
	done
	make 6.wav $s -ac 6 -c:a pcm_s24le
	make rf64.wav $s -rf64 always
	make mp3.wav -i "$src/c.mp3" -c copy
	ffmpeg -v error -nostdin $s -f wav - </dev/null | cat >"$one/pipe.wav"
	head -c 30003 "$one/pcm-s16le.wav" >"$one/cut.wav"
}

step "made by others"
other sox sox8.wav sox "$src/s.wav" -b 8 "$one/sox8.wav"
other sox sox24.wav sox "$src/s.wav" -b 24 "$one/sox24.wav"
other lame lame.mp3 lame --quiet -V 4 "$src/s.wav" "$one/lame.mp3"
other twolame two.mp2 twolame --quiet "$src/s.wav" "$one/two.mp2"
for how in "copy copy" "vbr mp3lame -lameopts vbr=4" \
    "cbr mp3lame -lameopts cbr:br=96" "pcm pcm"; do
	# shellcheck disable=SC2086
	other mencoder "men-${how%% *}.avi" mencoder "$one/cv.avi" -ovc copy \
	    -oac ${how#* } -o "$one/men-${how%% *}.avi"
done
for how in "gst.wav wavenc" "gstpcm.avi avimux" \
    "gst.avi lamemp3enc ! mpegaudioparse ! avimux"; do
	# shellcheck disable=SC2086
	other gst-launch-1.0 "${how%% *}" gst-launch-1.0 -q audiotestsrc \
	    num-buffers=150 ! audio/x-raw,format=S16LE,rate=44100,channels=2 \
	    ! ${how#* } ! filesink location="$one/${how%% *}"
done

look
step "as ffprobe and ffmpeg have it"
for f in pcm-u8.wav pcm-s16le.wav pcm-s24le.wav 6.wav rf64.wav pipe.wav; do
	like $f
done

# ffprobe believes headers and indices, guesses that of ADTS from the bit rate,
# and takes LAME's delay off what is in WAV.
step "where ffprobe does not know the duration"
for f in c.avi cv.avi l.avi s.avi pcm.avi pcm24.avi aac.avi two.avi rate.avi \
    pipe.avi zero.avi small.avi aac.aac id3.aac mono.aac mp3.wav \
    ${others:-}; do
	like "$f" frames
done

# What was cut: ffmpeg gives out the beginning of the last frame, too.
step "cut files"
for f in cut.avi cut.aac cut.wav; do
	like $f ours
	copied $f | head -c "$(wc -c <"$W/ours.raw")" | cmp - "$W/ours.raw" ||
		FAIL "$f: other bytes"
done
# Begun in the middle: from the first whole frame on.
like middle.aac ours
"$tools/mediaframes" "$one/aac.aac" | tail -c "$(wc -c <"$W/ours.raw")" |
	cmp - "$W/ours.raw" || FAIL "middle.aac: other bytes"

step "tags"
equal "AVI: title" "$(field title file=c.avi)" Tone
equal "WAV: title" "$(field title file=pcm-u8.wav)" Tone
equal "ADTS: title" "$(field title file=id3.aac)" Tone

step "what is not played is named"
rm -r "$one"
mkdir "$one"
# shellcheck disable=SC2086
{
	for c in pcm_f32le pcm_s32le pcm_alaw pcm_mulaw adpcm_ms ac3; do
		make $c.wav $s -c:a $c
		make $c.avi $s -c:a $c
	done
	make video.avi $video
	make x.w64 $s
	make x.aiff $s
	make x.mkv $s -c:a aac
}
look
for e in wav avi; do
	named pcm_f32le.$e pcm_f32 floating
	named pcm_s32le.$e pcm "24 bits"
	named pcm_alaw.$e alaw A-law
	named pcm_mulaw.$e mulaw mu-law
	named adpcm_ms.$e adpcm ADPCM
	named ac3.$e ac3 AC-3
done
named video.avi null "no sound stream"
named x.w64 null Wave64
named x.aiff null AIFF
named x.mkv null Matroska
OK
