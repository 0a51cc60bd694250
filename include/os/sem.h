/* SPDX-License-Identifier: ISC */
/* A SysV semaphore as the lock "one daemon per state directory". */
#ifndef OS_SEM_H
#define OS_SEM_H

/*
 * Take the lock whose key is ftok(path, 's'): one semop that waits for zero
 * (IPC_NOWAIT) and adds one, with SEM_UNDO, so the kernel gives it back
 * whatever kills us.  Mode 0660.  The semaphore's id, or -1 with errno;
 * EBUSY: somebody alive holds it, *owner is his pid (0: not known).
 */
int sem_lock(const char *path, int *owner);
/* Remove a lock of that path that nobody holds, whoever made it; for root,
 * before it becomes somebody else who could not. */
void sem_sweep(const char *path);
/* Give it back and remove it. */
void sem_unlock(int id);

#endif
