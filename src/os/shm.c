/* SPDX-License-Identifier: ISC */
#include "os/shm.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define FAILED	((void *)-1)

int
shm_make(key_t key, size_t size)
{
	/* Most of it is never touched: it needs no swap set aside. */
	return shmget(key, size, IPC_CREAT | IPC_EXCL | SHM_NORESERVE | 0640);
}

int
shm_find(key_t key)
{
	return shmget(key, 0, 0);
}

int
shm_is_there(int id)
{
	struct shmid_ds ds;

	return shmctl(id, IPC_STAT, &ds) == 0 &&
	    (ds.shm_perm.mode & SHM_DEST) == 0;
}

const void *
shm_attach(int id, size_t *size, uid_t *maker)
{
	struct shmid_ds ds;
	void *p;

	if (shmctl(id, IPC_STAT, &ds) == -1)
		return NULL;
	*size = ds.shm_segsz;
	*maker = ds.shm_perm.cuid;
	p = shmat(id, NULL, SHM_RDONLY);
	return p == FAILED ? NULL : p;
}

void *
shm_attach_rw(int id)
{
	void *p = shmat(id, NULL, 0);

	return p == FAILED ? NULL : p;
}

int
shm_attach_over(int id, void *at)
{
	return shmat(id, at, SHM_REMAP) == FAILED ? -1 : 0;
}

void
shm_detach(const void *at)
{
	shmdt(at);
}

void
shm_remove(int id)
{
	shmctl(id, IPC_RMID, NULL);
}
