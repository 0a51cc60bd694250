/* SPDX-License-Identifier: ISC */
/*
 * The media library: a directory tree becomes an immutable snapshot of
 * channels and their tracks.  Reload builds a new snapshot beside the old one;
 * what did not change is shared between them by reference.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "media.h"

struct catalog;
struct news;

/* One playable file, or one that claims to be and is not. */
struct track {
	char *path;		/* relative to the channel's directory, as the
				 * file system has it (bytes) */
	char *problem;		/* NULL: plays; else the sentence why not */
	struct media_facts facts;	/* of the first look */
	char *texts;		/* heap; what the next three point into */
	const char *title, *artist, *album;	/* "" if absent, never NULL */
	_Atomic int64_t frames;		/* exact, 0 until counted */
	_Atomic int64_t duration;	/* flicks; exact, 0 until counted */
	_Atomic uint32_t bitrate;	/* bit/s; mean once counted */
	struct media_index *index;	/* heap; looked at once frames are
					 * counted; NULL: none */
	int64_t size, mtime_ns;		/* for "is it still the same" */
	uint64_t inode;
};

/* The tracks of one channel in playing order; shared, counted, constant. */
struct playlist {
	_Atomic int refs;
	size_t ntracks;		/* playable ones come as they stand; */
	struct track *tracks;	/* ones with a problem are among them */
	size_t nplayable;
	char *charset;		/* with which the tags were read */
	int is_shuffled;	/* they come in another order each round */
	unsigned number;	/* that channel.conf asks for; 0: none */
	char *name;		/* that it gives; NULL: none */
	int has_live;		/* there is a named pipe "live" beside them */
	int is_list;		/* in the order of a list, which may name files
				 * of other channels */
	size_t nnone;		/* files that are no media, by path: known so */
	struct track *none;	/* that they are not opened again; no facts */
};

struct playlist *playlist_get(struct playlist *p);
void playlist_put(struct playlist *p);	/* last one frees; NULL is fine */
/* Same files with the same size, time and inode in the same order, both
 * shuffled or not, with a pipe or without. */
int playlist_is_equal(const struct playlist *a, const struct playlist *b);

struct library_options {
	const char *charset;	/* of tags and descr.txt; "auto"; channel.conf
				 * may name another */
	int exact;		/* survey every file, and leave naming what
				 * does not play to the caller (-n) */
	const struct catalog *known;	/* of the last run; NULL: none */
	struct news *news;	/* what changed since old; NULL: who knows */
};

/*
 * Read one channel's directory anew (what is in it, playlist.m3u).  dir is
 * its full path; of the library's root (is_root) only the files directly in it
 * belong.  May have no tracks; NULL with errno: memory or descriptors are out.
 */
struct playlist *playlist_load(const char *dir, int is_root,
    const struct library_options *opt);

struct channel_def {
	unsigned number;	/* 1 to PORTS_CHANNEL_MAX */
	char *dir;		/* full path of its directory */
	char *base;		/* directory's name as it is, the key by which
				 * a channel is the same one after a reload;
				 * "" for the library's root */
	char *name;		/* clean UTF-8, for people */
	char *description;	/* clean UTF-8, "" if none */
	struct playlist *list;	/* one reference */
};

struct library {
	_Atomic int refs;
	char *root;
	size_t nchannels;
	struct channel_def *channels;	/* by number */
	uint64_t dev, inode;	/* of root */
	/* Directories that are no channel for now: nothing in them plays.
	 * Their number is kept for them (0: none); -n shows their problems. */
	size_t nstray;
	struct channel_def *stray;
};

/* Number that a directory had before (base name -> number, 0: none), from
 * the last run; asked only for directories whose name asks for none, or for
 * one that is not to be had. */
typedef unsigned (*library_number_fn)(void *arg, const char *base);

/*
 * Build a snapshot.  old (may be NULL) gives kept numbers and lets unchanged
 * files keep their facts without being opened.  Problems of single files and
 * directories are logged once each, and only if they are not in old already.
 * NULL with errno if root itself cannot be read, or memory or descriptors are
 * out; ENODEV if it is another directory than in old and has nothing to play:
 * its disk is not there.
 */
struct library *library_load(const char *root, struct library *old,
    const struct library_options *opt, library_number_fn number, void *arg);
struct library *library_get(struct library *l);
void library_put(struct library *l);	/* NULL is fine */

/* The channel of that base name, or NULL. */
const struct channel_def *library_find(const struct library *l,
    const char *base);

#endif
