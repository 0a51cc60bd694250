/* SPDX-License-Identifier: ISC */
/*
 * STATEDIR/ipc: the ids of the SysV objects of the netradiod that runs there,
 * a line each:
 *
 *	segment 5
 *	queue 2
 *	semaphore 7
 */
#ifndef WIRE_IPCFILE_H
#define WIRE_IPCFILE_H

#include <stddef.h>

#define IPCFILE_NAME		"ipc"
#define IPCFILE_BYTES_MAX	512

/* State directory of root's daemon, and what an ordinary user's is below
 * $XDG_STATE_HOME or ~/.local/state. */
#define IPCFILE_STATE		"/var/lib/netradio"
#define IPCFILE_STATE_LEAF	"netradio"

/* The letters for ftok(STATEDIR). */
enum { IPCFILE_KEY_SEGMENT = 'm', IPCFILE_KEY_QUEUE = 'q',
	IPCFILE_KEY_SEMAPHORE = 's' };

struct ipcfile {
	int segment, queue, semaphore;	/* -1: none */
};

/* Into text, which has IPCFILE_BYTES_MAX bytes. */
void ipcfile_format(const struct ipcfile *f, char *text);
/* What is missing or no number is -1. */
void ipcfile_parse(struct ipcfile *f, const char *text);

#endif
