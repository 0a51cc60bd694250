/* SPDX-License-Identifier: ISC */
/* SysV shared memory: segments that ipcs -m shows. */
#ifndef OS_SHM_H
#define OS_SHM_H

#include <stddef.h>
#include <sys/types.h>

/* Make a segment of zeros that was not there, mode 0640: its id, or -1 with
 * errno (EEXIST: that key is taken).  IPC_PRIVATE is a key of no name. */
int shm_make(key_t key, size_t size);
/* The segment of that key: its id, or -1. */
int shm_find(key_t key);
/* Whether it is there and not about to go (somebody removed it, and it waits
 * for the last to detach). */
int shm_is_there(int id);
/* Map it, to read only or to write; its size into *size, the user who made it
 * into *maker.  NULL with errno (EACCES, EINVAL and EIDRM: no such). */
const void *shm_attach(int id, size_t *size, uid_t *maker);
void *shm_attach_rw(int id);
/* In the place of the segment that is mapped at that address, in one step:
 * other threads may go on using the address.  0, or -1. */
int shm_attach_over(int id, void *at);
void shm_detach(const void *at);
void shm_remove(int id);

#endif
