/* SPDX-License-Identifier: ISC */
/* STATEDIR/catalog: the catalogue (catalog.h) on the disk. */
#ifndef CATALOG_FILE_H
#define CATALOG_FILE_H

#include <stdint.h>

struct catalog;
struct library;

/* Read dir's catalogue of the library at root; NULL if there is none. */
struct catalog *catalog_file_load(const char *dir, const char *root);

/* The file as it is kept up to date; one thread at a time. */
struct catalog_file {
	char *dir;		/* the state directory, to be named */
	int fd;			/* that very directory, whatever has its name
				 * by now */
	uint64_t saved;		/* hash of what was last written; 0: nothing */
	int is_failing;		/* and that was said */
};

/* 0, or -1 with errno: the directory cannot be opened, nothing is written. */
int catalog_file_init(struct catalog_file *f, const char *dir);
void catalog_file_done(struct catalog_file *f);

/*
 * Write it whole beside the old one, and put it in its place; nothing is done
 * if nothing changed, if the library has no channel (it may be a disk that is
 * not there), or if the directory is another one by now.  durable: not before
 * it is on the disk.  What fails is said once, until it works again.
 */
void catalog_file_save(struct catalog_file *f, const struct library *l,
    int durable);

#endif
