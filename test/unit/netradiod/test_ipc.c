/* SPDX-License-Identifier: ISC */
#include "ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/msgq.h"
#include "os/sem.h"
#include "os/shm.h"
#include "tap.h"

static char dir[] = "/tmp/netradio-ipc.XXXXXX";
static char path[64];

/* How many of the three there are under the keys of the directory. */
static int
count_keyed(void)
{
	return (shm_find(ftok(dir, 'm')) != -1) +
	    (msgq_find(ftok(dir, 'q')) != -1) +
	    (sem_find(ftok(dir, 's')) != -1);
}

/* -1 is no process of ours, but to kill(2) it is all that there are. */
static void
kill_hard(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A process that opens all, says so, and sleeps until killed; -1: it could
 * not. */
static pid_t
daemon_start(void)
{
	struct ipc i;
	int fds[2], owner;
	pid_t pid;
	char byte = 0;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		byte = ipc_open(&i, dir, &owner) == 0;
		if (write(fds[1], &byte, 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1 || !byte) {
		kill_hard(pid);
		pid = -1;
	}
	close(fds[0]);
	return pid;
}

static void
test_open(void)
{
	struct ipc i, again;
	struct stat st;
	uint32_t layout;
	int owner;

	is(ipc_open(&i, dir, &owner), 0, "all is made");
	is(count_keyed(), 3, "under the keys of the directory");
	is(statseg_check(i.segment, sizeof(*i.segment), &layout),
	    STATSEG_OURS, "the segment says what it is");
	ok(stat(dir, &st) == 0 &&
	    i.segment->head.inode == st.st_ino &&
	    i.segment->head.queue == i.ids.queue &&
	    i.segment->head.sem == i.ids.semaphore &&
	    i.segment->head.pid == getpid(), "and whose");
	is_str(i.segment->head.path, dir, "by name, too");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0640,
	    "the file is there, mode 0640");
	ok(ipc_open(&again, dir, &owner) == -1 && errno == EBUSY &&
	    owner == getpid(), "a second one is refused");
	is(count_keyed(), 3, "and removes nothing");
	ipc_close(&i);
	is(count_keyed(), 0, "closed, nothing is left");
	ok(stat(path, &st) == -1, "nor the file");
	ipc_close(&i);
	is(ipc_renew_queue(&i, 0), -1, "and nothing is made again");
	ipc_done(&i);
}

static void
test_killed(void)
{
	pid_t pid = daemon_start();
	struct ipc i;
	int owner, shm, queue;

	ok(pid > 0, "a daemon");
	ok(ipc_open(&i, dir, &owner) == -1 && errno == EBUSY && owner == pid,
	    "has the directory to itself");
	unlink(path);
	ok(ipc_open(&i, dir, &owner) == -1 && errno == EBUSY && owner == pid,
	    "also without the file");
	kill_hard(pid);
	is(count_keyed(), 3, "killed it leaves all three");
	shm = shm_find(ftok(dir, 'm'));
	queue = msgq_find(ftok(dir, 'q'));
	msgq_send(queue, 1, "old", 3);
	is(ipc_open(&i, dir, &owner), 0, "the next one starts");
	is(count_keyed(), 3, "with three objects");
	ok(!shm_is_there(shm) && msgq_send(queue, 1, "", 0) == -1,
	    "of which segment and queue are new");
	ipc_close(&i);
	ipc_done(&i);
	is(count_keyed(), 0, "and go with it");
}

/* A segment under our key that is another directory's. */
static int
make_foreign(int is_radio)
{
	struct statseg_id id = { .device = 1, .inode = 1, .path = "/other" };
	int shm = shm_make(ftok(dir, 'm'), sizeof(struct statseg));
	struct statseg *s = shm_attach_rw(shm);

	if (is_radio)
		statseg_init(s, &id, -1, -1);
	shm_detach(s);
	return shm;
}

static void
test_taken(int is_radio)
{
	int owner, shm, sem, queue;
	struct ipc i;
	pid_t pid;

	shm = make_foreign(is_radio);
	sem = sem_lock(ftok(dir, 's'), &owner);
	queue = msgq_make(ftok(dir, 'q'));
	pid = daemon_start();
	ok(pid > 0, "where the keys are another one's we start without");
	ok(ipc_open(&i, dir, &owner) == -1 && errno == EBUSY && owner == pid,
	    "and are alone all the same");
	kill_hard(pid);
	is(ipc_open(&i, dir, &owner), 0, "killed, we are replaced");
	ok(i.ids.segment != shm && i.ids.semaphore != sem &&
	    i.ids.queue != queue, "by something of our own");
	ipc_close(&i);
	ipc_done(&i);
	ipc_sweep(dir);
	is(count_keyed(), 3, "what is not ours is left alone");
	shm_remove(shm);
	msgq_remove(queue);
	sem_unlock(sem);
}

static void
test_sweep(void)
{
	pid_t pid = daemon_start();

	ipc_sweep(dir);
	is(count_keyed(), 3, "a daemon that is alive is left alone");
	kill_hard(pid);
	ipc_sweep(dir);
	is(count_keyed(), 0, "what a killed one left is swept away");
}

static void
test_removed(void)
{
	struct ipc i;
	uint32_t layout;
	int owner, old;

	ipc_open(&i, dir, &owner);
	is(ipc_look(&i), 0, "nothing is missing");
	old = i.ids.segment;
	shm_remove(old);
	is(ipc_look(&i), 1, "a removed segment is noticed");
	ok(i.ids.segment != old && shm_is_there(i.ids.segment) &&
	    shm_find(ftok(dir, 'm')) == i.ids.segment, "and made again");
	ok(statseg_check(i.segment, sizeof(*i.segment), &layout) ==
	    STATSEG_OURS && i.segment->head.queue == i.ids.queue,
	    "under the same address");
	is(ipc_look(&i), 0, "once");
	sem_unlock(i.ids.semaphore);
	ipc_look(&i);
	is(sem_is_held(sem_find(ftok(dir, 's'))), 1,
	    "a removed semaphore is taken again");
	old = i.ids.queue;
	msgq_remove(old);
	ok(ipc_renew_queue(&i, old) != old && ipc_queue(&i) ==
	    msgq_find(ftok(dir, 'q')), "and so is the queue");
	is(i.segment->head.queue, ipc_queue(&i), "the segment names it");
	ipc_close(&i);
	ipc_done(&i);
	is(count_keyed(), 0, "closed, nothing is left");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/ipc", dir);
	test_open();
	test_killed();
	test_taken(1);
	test_taken(0);
	test_sweep();
	test_removed();
	rmdir(dir);
	return tap_end();
}
