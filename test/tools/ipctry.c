/* SPDX-License-Identifier: ISC */
/*
 * ipctry: may we use a SysV object?  And: what does a daemon do with rubbish?
 *
 *	ipctry read|write SEGMENT	map it
 *	ipctry send|receive QUEUE	a message of type 2000000
 *	ipctry fill QUEUE		the same as large as can be, until no
 *					more goes in
 *	ipctry raise SEMAPHORE		add one and take it off again
 *	ipctry remove segment|queue|semaphore ID
 *	ipctry flood QUEUE COUNT SEED	messages that are no commands: of every
 *					length, random, or a command that was
 *					damaged; waits while the queue is full
 *
 * Exit status: 0 done; 77 not permitted; 1 anything else.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/num.h"
#include "wire/control.h"

#define TYPE	2000000

struct letter {
	long type;
	uint8_t data[CONTROL_MAX];
};

static uint64_t state;

static uint32_t
rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static int
try_segment(int id, int flags)
{
	void *p = shmat(id, NULL, flags);

	if (p == (void *)-1)
		return -1;
	return shmdt(p);
}

static int
try_send(int id)
{
	struct letter l = { .type = TYPE };

	return msgsnd(id, &l, 1, IPC_NOWAIT);
}

static int
fill(int id)
{
	struct letter l = { .type = TYPE };
	size_t n;

	for (n = sizeof(l.data); n > 0; n /= 2)
		while (msgsnd(id, &l, n, IPC_NOWAIT) == 0)
			;
	return errno == EAGAIN ? 0 : -1;
}

static int
try_receive(int id)
{
	struct letter l;

	if (msgrcv(id, &l, sizeof(l.data), TYPE, IPC_NOWAIT) == -1)
		return errno == ENOMSG ? 0 : -1;
	return 0;
}

static int
try_raise(int id)
{
	struct sembuf up = { .sem_op = 1, .sem_flg = IPC_NOWAIT };
	struct sembuf down = { .sem_op = -1, .sem_flg = IPC_NOWAIT };

	if (semop(id, &up, 1) == -1)
		return -1;
	return semop(id, &down, 1);
}

static int
try_remove(const char *kind, int id)
{
	if (strcmp(kind, "segment") == 0)
		return shmctl(id, IPC_RMID, NULL);
	if (strcmp(kind, "queue") == 0)
		return msgctl(id, IPC_RMID, NULL);
	return semctl(id, 0, IPC_RMID);
}

/* A message that is no command that does anything. */
static size_t
rubbish(uint8_t *data)
{
	struct control_request q;
	size_t len, i, n;

	do {
		if (rnd() % 2 == 0) {
			len = rnd() % (CONTROL_MAX + 1);
			for (i = 0; i < len; i++)
				data[i] = (uint8_t)rnd();
			continue;
		}
		memset(&q, 0, sizeof(q));
		q.command = (uint8_t)(1 + rnd() % 7);
		q.pid = rnd() % 3 == 0 ? (uint32_t)getpid() : rnd();
		q.seq = rnd();
		n = rnd() % 40;
		for (i = 0; i < n; i++)
			q.what[i] = (char)(1 + rnd() % 255);
		len = control_encode(&q, data);
		for (n = 1 + rnd() % 4; n > 0; n--)
			data[rnd() % len] ^= (uint8_t)(1U << rnd() % 8);
		if (rnd() % 4 == 0)
			len = rnd() % len;
	} while (control_decode(&q, data, len) == 0);
	return len;
}

static int
flood(int id, long count)
{
	struct letter l = { .type = CONTROL_REQUEST };
	size_t len;

	for (; count > 0; count--) {
		len = rubbish(l.data);
		while (msgsnd(id, &l, len, 0) == -1)
			if (errno != EINTR)
				return -1;
	}
	return 0;
}

static int
number(const char *text)
{
	char why[64];
	int64_t v;

	if (num_parse(text, 0, 1000000000, &v, why, sizeof(why)) == -1)
		errx(EX_USAGE, "%s: %s expected", text, why);
	return (int)v;
}

static int
run(int argc, char **argv)
{
	const char *verb = argv[1];

	if (argc == 3 && strcmp(verb, "read") == 0)
		return try_segment(number(argv[2]), SHM_RDONLY);
	if (argc == 3 && strcmp(verb, "write") == 0)
		return try_segment(number(argv[2]), 0);
	if (argc == 3 && strcmp(verb, "send") == 0)
		return try_send(number(argv[2]));
	if (argc == 3 && strcmp(verb, "receive") == 0)
		return try_receive(number(argv[2]));
	if (argc == 3 && strcmp(verb, "fill") == 0)
		return fill(number(argv[2]));
	if (argc == 3 && strcmp(verb, "raise") == 0)
		return try_raise(number(argv[2]));
	if (argc == 4 && strcmp(verb, "remove") == 0)
		return try_remove(argv[2], number(argv[3]));
	if (argc == 5 && strcmp(verb, "flood") == 0) {
		state = 88172645463325252ULL + (uint64_t)number(argv[4]);
		return flood(number(argv[2]), number(argv[3]));
	}
	errx(EX_USAGE, "read the head of ipctry.c");
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		errx(EX_USAGE, "read the head of ipctry.c");
	if (run(argc, argv) == 0)
		return 0;
	if (errno == EACCES || errno == EPERM)
		return 77;
	err(1, "%s", argv[1]);
}
