/* SPDX-License-Identifier: ISC */
/*
 * Which program decodes what: for each kind of sound the ones that are tried,
 * in that order.  The first that is installed is taken.
 */
#ifndef DECODERS_H
#define DECODERS_H

#include <stdio.h>

struct plist_second;

enum decoders_sound {
	DECODERS_MPEG,		/* frames of MPEG audio */
	DECODERS_AAC,		/* ADTS frames */
	DECODERS_PCM,		/* a WAV file without an end */
	DECODERS_FILE,		/* a recording in a container: MP4, AVI */
	DECODERS_SOUNDS
};

/* What a format of P+6 needs. */
enum decoders_sound decoders_sound_of(const struct plist_second *format);
/* "AAC" and so on, for messages. */
const char *decoders_name(enum decoders_sound sound);
/* The command line of the first that is installed; NULL: none is. */
const char *decoders_find(enum decoders_sound sound);
/* That of MPEG audio, installed or not; its word OUTPUT stands for
 * the sound output that is there. */
const char *decoders_usual(void);
/* Packages that have one, as text: "ffmpeg, mpv or ...". */
const char *decoders_packages(enum decoders_sound sound);
/* Whether execvp would find it. */
int decoders_is_installed(const char *name);

/* --decoders: what is tried for what, what is there and what would run.  own:
 * commands given with -d, by sound; NULL: none. */
void decoders_show(FILE *f, const char *const own[DECODERS_SOUNDS]);

#endif
