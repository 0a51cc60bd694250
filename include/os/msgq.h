/* SPDX-License-Identifier: ISC */
/* SysV message queues: short messages, each of a type (a number from 1 on). */
#ifndef OS_MSGQ_H
#define OS_MSGQ_H

#include <stddef.h>
#include <sys/types.h>

#define MSGQ_MAX	4096	/* bytes of a message, as we use them */

/* Make a queue that was not there, mode 0660: its id, or -1 with errno
 * (EEXIST: that key is taken).  IPC_PRIVATE is a key of no name. */
int msgq_make(key_t key);
/* The queue of that key: its id, or -1. */
int msgq_find(key_t key);
void msgq_remove(int id);

/* Send, or -1 with errno: EAGAIN if there is no room, EIDRM or EINVAL if the
 * queue is gone.  Never waits. */
int msgq_send(int id, long type, const void *data, size_t len);
/*
 * Wait for a message of that type.  Its length (one that is longer than size
 * is cut), or -1 with errno: EIDRM or EINVAL if the queue is gone, EINTR if a
 * signal came.
 */
ssize_t msgq_recv(int id, long type, void *data, size_t size);
/* Throw away a message of that type, or of any but that type: 1, or 0 if there
 * is none.  Never waits. */
int msgq_drop(int id, long type);
int msgq_drop_other(int id, long type);
/* Bytes that are in it (or messages, if these are more), and that it may hold:
 * 0, or -1 with errno. */
int msgq_fill(int id, size_t *used, size_t *room);

#endif
