/* SPDX-License-Identifier: ISC */
#include "decoders.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/payload_aac.h"
#include "wire/plist.h"

struct row {
	enum decoders_sound sound;
	const char *command;
};

/*
 * All read from stdin, begin with little, and end with their input.
 *
 * mpg123: the first sound after 12 ms and not 235, no more than 235 ms in the
 * pipe, nothing trimmed, and no end because of junk.  Without an explicit
 * output it tries all it knows, and may hang in that.  Of the sound card's
 * buffer it would take 200 ms, more than our lead: the pipe would always be
 * empty, and the card's clock not to be seen.
 */
static const struct row rows[] = {
	{ DECODERS_MPEG, "mpg123 -o OUTPUT -q --no-control --no-seekbuffer "
	    "--no-gapless --no-infoframe --no-icy-meta --resync-limit -1 "
	    "--devbuffer 0.06 -" },
	{ DECODERS_AAC, "ffplay -v error -nodisp -autoexit -fflags nobuffer "
	    "-probesize 4096 -f aac -i -" },
	{ DECODERS_AAC, "mpv --no-config --really-quiet --no-terminal "
	    "--no-video --cache=no --demuxer-lavf-format=aac -" },
	{ DECODERS_AAC, "gst-launch-1.0 -q fdsrc fd=0 ! aacparse ! decodebin "
	    "! audioconvert ! audioresample ! autoaudiosink" },
	{ DECODERS_PCM, "aplay -q -t wav -" },
	{ DECODERS_PCM, "ffplay -v error -nodisp -autoexit -fflags nobuffer "
	    "-probesize 4096 -f wav -i -" },
	{ DECODERS_PCM, "mpv --no-config --really-quiet --no-terminal "
	    "--no-video --cache=no --demuxer-lavf-format=wav -" },
	{ DECODERS_PCM, "play -q --ignore-length -t wav -" },
	{ DECODERS_PCM, "gst-launch-1.0 -q fdsrc fd=0 ! wavparse "
	    "ignore-length=true ! audioconvert ! audioresample ! "
	    "autoaudiosink" },
	{ DECODERS_FILE, "ffplay -v error -nodisp -vn -autoexit -i -" },
	{ DECODERS_FILE, "mpv --no-config --really-quiet --no-terminal "
	    "--no-video -" }
};

static const struct {
	const char *name, *packages;
} sounds[DECODERS_SOUNDS] = {
	[DECODERS_MPEG] = { "MPEG audio", "mpg123" },
	[DECODERS_AAC] = { "AAC", "ffmpeg, mpv, or gstreamer1.0-tools with "
	    "its plugins" },
	[DECODERS_PCM] = { "PCM", "alsa-utils, ffmpeg, mpv, sox, or "
	    "gstreamer1.0-tools with its plugins" },
	[DECODERS_FILE] = { "recordings in MP4 and AVI", "ffmpeg or mpv" }
};

enum decoders_sound
decoders_sound_of(const struct plist_second *format)
{
	return format->payload_type == PAYLOAD_AAC_TYPE ? DECODERS_AAC :
	    DECODERS_PCM;
}

const char *
decoders_name(enum decoders_sound sound)
{
	return sounds[sound].name;
}

const char *
decoders_packages(enum decoders_sound sound)
{
	return sounds[sound].packages;
}

int
decoders_is_installed(const char *name)
{
	const char *path = getenv("PATH"), *end;
	char file[1024];

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0;
	if (path == NULL)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (; ; path = end + 1) {
		end = path + strcspn(path, ":");
		if (text_format(file, sizeof(file), "%.*s%s%s",
		    (int)(end - path), path, end > path ? "/" : "", name) ==
		    0 && access(file, X_OK) == 0)
			return 1;
		if (*end == '\0')
			return 0;
	}
}

/* Whether the program that a command begins with is there. */
static int
is_there(const char *command)
{
	size_t skip = strspn(command, " \t\n");
	char name[1024];

	text_copyn(name, sizeof(name), command + skip,
	    strcspn(command + skip, " \t\n"));
	return decoders_is_installed(name);
}

const char *
decoders_find(enum decoders_sound sound)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].sound == sound && is_there(rows[i].command))
			return rows[i].command;
	return NULL;
}

const char *
decoders_usual(void)
{
	return rows[0].command;
}

static void
show_row(FILE *f, const char *command, int *is_taken)
{
	int there = is_there(command);

	fprintf(f, "  %-14s %s\n", !there ? "not installed" : *is_taken ?
	    "installed" : "taken", command);
	*is_taken |= there;
}

void
decoders_show(FILE *f, const char *const own[DECODERS_SOUNDS])
{
	int sound, is_taken;
	size_t i;

	for (sound = 0; sound < DECODERS_SOUNDS; sound++) {
		fprintf(f, "%s:\n", sounds[sound].name);
		is_taken = 0;
		if (own[sound] != NULL)
			show_row(f, own[sound], &is_taken);
		for (i = 0; own[sound] == NULL &&
		    i < sizeof(rows) / sizeof(rows[0]); i++)
			if ((int)rows[i].sound == sound)
				show_row(f, rows[i].command, &is_taken);
		if (!is_taken)
			fprintf(f, "  nothing: install %s\n",
			    sounds[sound].packages);
	}
}
