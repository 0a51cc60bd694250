/* SPDX-License-Identifier: ISC */
#include "os/sem.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/sem.h>

/* Remove it unless somebody holds it. */
static void
remove_free(int id)
{
	if (semctl(id, 0, GETVAL) == 0)
		semctl(id, 0, IPC_RMID);
}

int
sem_lock_id(int id, int *owner)
{
	/* One semop: both happen, or none. */
	struct sembuf take[2] = {
		{ .sem_num = 0, .sem_op = 0, .sem_flg = IPC_NOWAIT },
		{ .sem_num = 0, .sem_op = 1, .sem_flg = IPC_NOWAIT | SEM_UNDO }
	};

	*owner = 0;
	if (semop(id, take, 2) == 0)
		return 0;
	if (errno != EAGAIN)
		return -1;
	*owner = semctl(id, 0, GETPID);
	if (*owner < 0)
		*owner = 0;
	errno = EBUSY;
	return -1;
}

int
sem_lock(key_t key, int *owner)
{
	int id, tries, saved;

	/* Somebody may remove it between our two calls: look again. */
	for (tries = 0; tries < 10; tries++) {
		if ((id = semget(key, 1, IPC_CREAT | 0660)) == -1)
			return -1;
		if (sem_lock_id(id, owner) == 0)
			return id;
		if (errno == EBUSY)
			return -1;
		if (errno != EIDRM && errno != EINVAL) {
			saved = errno;
			remove_free(id);	/* it may be our own */
			errno = saved;
			return -1;
		}
	}
	return -1;
}

int
sem_find(key_t key)
{
	return semget(key, 0, 0);
}

/* What semctl takes; libc leaves it to us. */
union semun {
	int val;
	struct semid_ds *buf;
};

uid_t
sem_maker(int id)
{
	struct semid_ds ds = { .sem_nsems = 0 };
	union semun arg = { .buf = &ds };

	return semctl(id, 0, IPC_STAT, arg) == -1 ? (uid_t)-1 :
	    ds.sem_perm.cuid;
}

int
sem_is_held(int id)
{
	int value = semctl(id, 0, GETVAL);

	return value == -1 ? -1 : value > 0;
}

void
sem_unlock(int id)
{
	semctl(id, 0, IPC_RMID);
}
