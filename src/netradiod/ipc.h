/* SPDX-License-Identifier: ISC */
/*
 * The three SysV objects of a state directory: the semaphore that makes a
 * second daemon on it impossible, the segment of the statistics, the queue for
 * commands.  Their keys are ftok(STATEDIR, 's' 'm' 'q'), which is 24 bits of an
 * inode and no identity: whose they are is in the segment's head (device and
 * inode of STATEDIR, ids of the other two), and STATEDIR/ipc has all three ids.
 *
 * What is ours and left from a killed daemon is removed and made anew.  What
 * is somebody else's is left alone: where a key is taken by another one (two
 * directories whose inodes end alike), our object has no key, and is found by
 * STATEDIR/ipc.
 */
#ifndef IPC_H
#define IPC_H

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/ipcfile.h"
#include "wire/statseg.h"

struct ipc {
	char *state;			/* [c] the directory */
	char *file;			/* [c] state/ipc, to be named */
	int dir;			/* [c] that very directory, whatever has
					 * its name by now */
	struct statseg_id id;		/* [c] */
	struct statseg *segment;	/* [c] mapped here to the end */
	int is_mapped;			/* [c] 0: it is just memory */
	pthread_mutex_t lock;
	int has_keys;			/* [c] 0: they are another one's */
	int is_lost;			/* [L] its name leads elsewhere */
	struct ipcfile ids;		/* [L] -1: none */
	int is_closed;			/* [L] */
	int is_mute;			/* [L] no more queues */
	int is_unwritten;		/* [L] the file is to be written */
};

/*
 * As root, before it becomes somebody else who could not: remove what a killed
 * run in that directory left.  1 if a daemon runs there.
 */
int ipc_sweep(const char *state);

/*
 * Take the lock and make the rest.  0, or -1 with errno: EBUSY: a daemon that
 * is alive has this directory, *owner is its process (0: not known).  Without
 * a segment the statistics are kept where nobody sees them, without a queue
 * there are no commands; both is said in the log and nothing else is lost.
 * After -1 there is nothing to close.
 */
int ipc_open(struct ipc *i, const char *state, int *owner);
/* Remove all three and the file; from then on nothing is made again.  The
 * segment's memory stays until ipc_done, when nobody uses it any more. */
void ipc_close(struct ipc *i);
void ipc_done(struct ipc *i);
/* The same from a signal handler, while only one thread is there. */
void ipc_abandon(const struct ipc *i);

/* Once a second: the segment and the semaphore that somebody has removed are
 * made anew, and that the directory was removed or replaced is said.  1 if the
 * segment was: all of it is to be written again. */
int ipc_look(struct ipc *i);
/* Remove the queue for good: who sleeps in it wakes. */
void ipc_close_queue(struct ipc *i);
/* The queue, -1: none. */
int ipc_queue(struct ipc *i);
/* That queue is gone: the one that takes its place; -1: none does, or we are
 * closed. */
int ipc_renew_queue(struct ipc *i, int gone);

#endif
