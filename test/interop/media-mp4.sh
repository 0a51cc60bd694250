#!/bin/sh
# SPDX-License-Identifier: ISC
# Proves on MP4 and QuickTime files that other programs made that
# netradiod -n tells frames, rate, channels and duration as ffprobe does, or
# knows better where the script says why, and that the frames read are byte for
# byte those of ffmpeg -c copy.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/containers.sh
. "$(dirname "$0")/../containers.sh"

step "MP4: AAC as its muxer's options have it"
# shellcheck disable=SC2086
{
	make aac.m4a -i "$src/a.m4a" -c copy -metadata title="Tëst" \
	    -metadata artist=Me
	make mov.mov $s -c:a aac -metadata title="Tëst" -metadata artist=Me
	make ipod.m4a $s -c:a aac -f ipod
	make 3gp.3gp $s -c:a aac -f 3gp -metadata title="Tëst" \
	    -metadata artist=Me
	make 3g2.3g2 $s -c:a aac -f 3g2
	make 51.mp4 $s $video -ac 6 -ar 48000 -c:a aac
	make mono.mp4 $s -ac 1 -ar 22050 -c:a aac -movflags faststart
	make brand.mp4 $s -c:a aac -brand M4A_
	make keys.mov $s -c:a aac -movflags use_metadata_tags \
	    -metadata title="Tëst" -metadata artist=Me
	make cut.m4a -ss 1.2 -i "$src/a.m4a" -t 1.7 -c copy
	make offset.m4a -itsoffset 1.5 -i "$src/a.m4a" -c copy
	make no-edits.m4a -i "$src/a.m4a" -c copy -use_editlist 0
	n=0
	for flags in empty_moov+frag_keyframe delay_moov+frag_every_frame \
	    frag_keyframe default_base_moof+frag_keyframe dash+frag_keyframe \
	    omit_tfhd_offset+frag_every_frame separate_moof+frag_keyframe \
	    isml+frag_keyframe cmaf+frag_keyframe; do
		n=$((n + 1))
		make frag$n.mp4 $s -c:a aac -movflags $flags \
		    -frag_duration 700000
		case $n in
		[1368])
			make fragv$n.mp4 $s $video -c:a aac -movflags $flags \
			    -frag_duration 700000 ;;
		esac
	done
	make ismv.ismv $s -c:a aac -f ismv
}
fragments=$n

step "MP4: MPEG audio and PCM"
# shellcheck disable=SC2086
{
	for e in mp4 mov; do
		make c.$e -i "$src/c.mp3" -c copy
		make l.$e -i "$src/l.mp3" -c copy
		make s.$e -i "$src/s.mp2" -c copy
		make cf.$e -i "$src/c.mp3" -c copy \
		    -movflags empty_moov+frag_every_frame
	done
	for c in s16le s24be u8 s8; do
		make pcm-$c.mov $s -c:a pcm_$c
	done
	make pcm-frag.mov $s -c:a pcm_s16le -movflags empty_moov \
	    -frag_duration 300000
}

step "made by others"
for how in "gst.mp4 voaacenc ! aacparse ! mp4mux" \
    "gstf.mp4 voaacenc ! aacparse ! mp4mux fragment-duration=500" \
    "gst.mov lamemp3enc ! mpegaudioparse ! qtmux" "gstpcm.mov qtmux"; do
	# shellcheck disable=SC2086
	other gst-launch-1.0 "${how%% *}" gst-launch-1.0 -q audiotestsrc \
	    num-buffers=150 ! audio/x-raw,format=S16LE,rate=44100,channels=2 \
	    ! ${how#* } ! filesink location="$one/${how%% *}"
done

look
step "as ffprobe and ffmpeg have it"
for f in aac.m4a mov.mov ipod.m4a 3gp.3gp 3g2.3g2 51.mp4 mono.mp4 brand.mp4 \
    keys.mov cut.m4a offset.m4a c.mp4 l.mp4 s.mp4 c.mov l.mov s.mov \
    pcm-s16le.mov pcm-s24be.mov pcm-u8.mov pcm-s8.mov pcm-frag.mov \
    ${others:-}; do
	like "$f"
done

# Without an edit list what is heard is what plays.  ffprobe adds up the times
# in the tables, whose last sample is shorter.
step "no edit list"
like no-edits.m4a frames

# ffprobe does not subtract the edit list of a fragmented file, or there is
# none: then the frames count.
step "fragments"
n=0
while [ $n -lt "$fragments" ]; do
	n=$((n + 1))
	for f in frag$n.mp4 fragv$n.mp4; do
		[ -e "$one/$f" ] || continue
		case $n in
		2)	# delay_moov: the encoder's first 1024 samples are cut
			probe "$f"
			"$tools/mediaframes" "$one/$f" >"$W/ours.raw"
			copied "$f" | cmp - "$W/ours.raw" || FAIL "$f: bytes"
			t=$(awk -v t="$seconds" \
			    'BEGIN { print t - 1024 / 44100 }')
			near "$(field duration file="$f")" "$t" ||
				FAIL "$f: duration, not $t"
			echo "  ok: $f: the edit list is respected" ;;
		*)
			like "$f" frames ;;
		esac
	done
done
for f in ismv.ismv cf.mp4 cf.mov; do
	like $f frames
done

step "tags"
for f in aac.m4a mov.mov 3gp.3gp keys.mov; do
	equal "$f: title" "$(field title file=$f)" "Tëst"
	equal "$f: artist" "$(field artist file=$f)" Me
done

step "what is not played is named"
rm -r "$one"
mkdir "$one"
# shellcheck disable=SC2086
{
	for c in alac ac3 eac3 flac libopus; do
		make $c.mp4 $s -c:a $c -ar 48000 -strict -2
	done
	make f32.mov $s -c:a pcm_f32le
	make video.mp4 $video
}
make enca.mp4 -i "$src/a.m4a" -c copy
printf enca | patch "$one/enca.mp4" "$(at "$one/enca.mp4" mp4a)"
look
named alac.mp4 alac ALAC
named ac3.mp4 ac3 AC-3
named eac3.mp4 eac3 E-AC-3
named flac.mp4 flac FLAC
named libopus.mp4 opus Opus
named enca.mp4 null encrypted
named f32.mov pcm_f32 floating
named video.mp4 null "no sound track"
OK
