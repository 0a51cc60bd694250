/* SPDX-License-Identifier: ISC */
/* A SysV semaphore as a lock that dies with its holder. */
#ifndef OS_SEM_H
#define OS_SEM_H

#include <sys/types.h>

/*
 * Take the lock of that key, making it if it is not there: one semop that
 * waits for zero (IPC_NOWAIT) and adds one, with SEM_UNDO, so the kernel gives
 * it back whatever kills us.  Mode 0660.  The semaphore's id, or -1 with
 * errno; EBUSY: somebody alive holds it, *owner is his pid (0: not known).
 * IPC_PRIVATE is a key of no name.
 */
int sem_lock(key_t key, int *owner);
/* The same with one that is there: 0 or -1. */
int sem_lock_id(int id, int *owner);
/* The semaphore of that key: its id, or -1. */
int sem_find(key_t key);
/* The user who made it, or -1. */
uid_t sem_maker(int id);
/* Whether somebody alive holds it: 1 or 0; -1 if there is no such. */
int sem_is_held(int id);
/* Give it back and remove it. */
void sem_unlock(int id);

#endif
