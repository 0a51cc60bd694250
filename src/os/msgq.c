/* SPDX-License-Identifier: ISC */
#include "os/msgq.h"

#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

/* What the kernel's calls want: the type, then the bytes. */
struct letter {
	long type;
	char data[MSGQ_MAX];
};

int
msgq_make(key_t key)
{
	return msgget(key, IPC_CREAT | IPC_EXCL | 0660);
}

int
msgq_find(key_t key)
{
	return msgget(key, 0);
}

void
msgq_remove(int id)
{
	msgctl(id, IPC_RMID, NULL);
}

int
msgq_send(int id, long type, const void *data, size_t len)
{
	struct letter l;

	if (len > sizeof(l.data)) {
		errno = EMSGSIZE;
		return -1;
	}
	l.type = type;
	memcpy(l.data, data, len);
	return msgsnd(id, &l, len, IPC_NOWAIT);
}

ssize_t
msgq_recv(int id, long type, void *data, size_t size)
{
	struct letter l;
	ssize_t n;

	if (size > sizeof(l.data))
		size = sizeof(l.data);
	n = msgrcv(id, &l, size, type, MSG_NOERROR);
	if (n > 0)
		memcpy(data, l.data, (size_t)n);
	return n;
}

int
msgq_drop(int id, long type)
{
	struct letter l;

	return msgrcv(id, &l, 0, type, MSG_NOERROR | IPC_NOWAIT) != -1;
}

int
msgq_drop_other(int id, long type)
{
	struct letter l;

	return msgrcv(id, &l, 0, type, MSG_NOERROR | IPC_NOWAIT |
	    MSG_EXCEPT) != -1;
}

int
msgq_fill(int id, size_t *used, size_t *room)
{
	struct msqid_ds ds;

	if (msgctl(id, IPC_STAT, &ds) == -1)
		return -1;
	/* It holds no more messages than bytes: empty ones count, too. */
	*used = ds.msg_cbytes > ds.msg_qnum ? ds.msg_cbytes : ds.msg_qnum;
	*room = ds.msg_qbytes;
	return 0;
}
