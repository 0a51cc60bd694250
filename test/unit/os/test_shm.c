/* SPDX-License-Identifier: ISC */
#include "os/shm.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "tap.h"

#define SIZE	(1024 * 1024)

static _Atomic int stop;

static void
test_one(void)
{
	struct shmid_ds ds;
	const char *seen;
	size_t size = 0;
	uid_t maker = (uid_t)-1;
	char *p;
	int id = shm_make(IPC_PRIVATE, SIZE);

	ok(id != -1, "a segment is made");
	is(shmctl(id, IPC_STAT, &ds), 0, "it is there");
	is(ds.shm_perm.mode & 0777, 0640, "of mode 0640");
	p = shm_attach_rw(id);
	seen = shm_attach(id, &size, &maker);
	ok(p != NULL && seen != NULL && (const char *)p != seen,
	    "it is mapped twice");
	is(size, SIZE, "and tells its size");
	is(maker, geteuid(), "and who made it");
	is(seen[SIZE - 1], 0, "it is made of zeros");
	p[5] = 'x';
	is(seen[5], 'x', "what one writes the other reads");
	is(shm_is_there(id), 1, "it is there");
	shm_remove(id);
	is(shm_is_there(id), 0, "removed, it is about to go");
	is(seen[5], 'x', "and is still mapped");
	shm_detach(seen);
	shm_detach(p);
	is(shm_is_there(id), 0, "detached, it is gone");
	ok(shm_attach(id, &size, &maker) == NULL && (errno == EINVAL ||
	    errno == EIDRM), "which errno says");
}

static void
test_key(void)
{
	key_t key = (key_t)(0x6e000000 | (getpid() & 0xffffff));
	int id = shm_make(key, SIZE);

	ok(id != -1, "one with a key");
	is(shm_find(key), id, "is found by it");
	ok(shm_make(key, SIZE) == -1 && errno == EEXIST,
	    "and not made twice");
	shm_remove(id);
	is(shm_find(key), -1, "removed, it is not found");
}

static void *
writer_main(void *arg)
{
	volatile char *p = arg;

	while (!stop)
		p[4096]++;
	return NULL;
}

static void
test_over(void)
{
	int first = shm_make(IPC_PRIVATE, SIZE), second, i;
	char *p = shm_attach_rw(first);
	pthread_t t;

	pthread_create(&t, NULL, writer_main, p);
	for (i = 0; i < 200; i++) {
		second = shm_make(IPC_PRIVATE, SIZE);
		if (shm_attach_over(second, p) == -1)
			break;
		shm_remove(first);
		first = second;
	}
	is(i, 200, "another segment takes its place under a writing thread");
	stop = 1;
	pthread_join(t, NULL);
	p[0] = 'y';
	is(p[0], 'y', "the address stays good");
	shm_remove(first);
	shm_detach(p);
}

int
main(void)
{
	test_one();
	test_key();
	test_over();
	return tap_end();
}
