/* SPDX-License-Identifier: ISC */
#include "os/msgq.h"

#include <errno.h>
#include <pthread.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "tap.h"

static int queue;
static _Atomic int error;

static void *
reader_main(void *arg)
{
	char data[16];

	(void)arg;
	error = msgq_recv(queue, 1, data, sizeof(data)) == -1 ? errno : 0;
	return NULL;
}

static void
test_types(void)
{
	char data[MSGQ_MAX];

	is(msgq_send(queue, 7, "seven", 5), 0, "a message of type 7");
	is(msgq_send(queue, 1, "one", 3), 0, "and one of type 1");
	is(msgq_recv(queue, 1, data, sizeof(data)), 3, "type 1 is asked for");
	ok(memcmp(data, "one", 3) == 0, "and comes first");
	is(msgq_recv(queue, 7, data, 2), 2, "a long one is cut");
	ok(memcmp(data, "se", 2) == 0, "to what there is room for");
	is(msgq_drop(queue, 7), 0, "and nothing is left of it");
	is(msgq_send(queue, 7, "", 0), 0, "an empty one");
	is(msgq_recv(queue, 7, data, sizeof(data)), 0, "comes empty");
	msgq_send(queue, 1, "a", 1);
	msgq_send(queue, 9, "b", 1);
	is(msgq_drop_other(queue, 1), 1, "any but type 1 is thrown away");
	is(msgq_drop_other(queue, 1), 0, "there was one");
	is(msgq_drop(queue, 1), 1, "type 1 is left");
	is(msgq_drop(queue, 1), 0, "and thrown away");
}

static void
test_full(void)
{
	static char data[MSGQ_MAX + 1];
	size_t used = 1, room = 0;
	int n = 0;

	is(msgq_fill(queue, &used, &room), 0, "how full it is");
	is(used, 0, "not at all");
	ok(msgq_send(queue, 1, data, MSGQ_MAX + 1) == -1 && errno == EMSGSIZE,
	    "a message that is too long is refused");
	while (n < 1000 && msgq_send(queue, 1, data, MSGQ_MAX) == 0)
		n++;
	ok(n == (int)(room / MSGQ_MAX) && errno == EAGAIN,
	    "a full queue takes no more and does not wait");
	msgq_fill(queue, &used, &room);
	is(used, (size_t)n * MSGQ_MAX, "it says how full it is");
	while (msgq_drop(queue, 1))
		;
	while (msgq_send(queue, 1, "", 0) == 0)
		;
	msgq_fill(queue, &used, &room);
	is(used, room, "so does one that is full of empty messages");
	while (msgq_drop(queue, 1))
		;
}

int
main(void)
{
	key_t key = (key_t)(0x6f000000 | (getpid() & 0xffffff));
	struct msqid_ds ds;
	pthread_t t;

	queue = msgq_make(key);
	ok(queue != -1, "a queue is made");
	msgctl(queue, IPC_STAT, &ds);
	is(ds.msg_perm.mode & 0777, 0660, "of mode 0660");
	is(msgq_find(key), queue, "and found by its key");
	ok(msgq_make(key) == -1 && errno == EEXIST, "and not made twice");
	test_types();
	test_full();
	pthread_create(&t, NULL, reader_main, NULL);
	usleep(20000);
	msgq_remove(queue);
	pthread_join(t, NULL);
	ok(error == EIDRM || error == EINVAL,
	    "who sleeps in it wakes when it is removed");
	ok(msgq_send(queue, 1, "", 0) == -1 && (errno == EIDRM ||
	    errno == EINVAL), "to send to it fails");
	is(msgq_find(key), -1, "it is not found");
	return tap_end();
}
