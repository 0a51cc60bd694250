/* SPDX-License-Identifier: ISC */
#include "os/sem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/netradio-sem.XXXXXX";

static key_t
key(void)
{
	return ftok(dir, 's');
}

static int
exists(void)
{
	return sem_find(key()) != -1;
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

/* Fork a child that takes the lock, says so, and sleeps until killed. */
static pid_t
holder(void)
{
	int fds[2], owner;
	pid_t pid;
	char byte = 0;

	if (pipe(fds) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		byte = sem_lock(key(), &owner) != -1;
		if (write(fds[1], &byte, 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(fds[1]);
	if (read(fds[0], &byte, 1) != 1)
		byte = 0;
	close(fds[0]);
	if (byte)
		return pid;
	kill_hard(pid);
	return -1;
}

static void
test_lock(void)
{
	struct semid_ds ds;
	int id, owner = -1, status = 0;
	pid_t pid;

	id = sem_lock(key(), &owner);
	ok(id != -1, "the lock is taken");
	is(semctl(id, 0, IPC_STAT, &ds), 0, "it is a semaphore");
	is(ds.sem_perm.mode & 0777, 0660, "of mode 0660");
	is(semctl(id, 0, GETVAL), 1, "that stands at one");
	if ((pid = fork()) == 0) {
		errno = 0;
		_exit(sem_lock(key(), &owner) == -1 && errno == EBUSY &&
		    owner == getppid() ? 42 : 1);
	}
	waitpid(pid, &status, 0);
	is(WEXITSTATUS(status), 42, "another process is told who has it");
	is(semctl(id, 0, GETVAL), 1, "and has not changed it");
	ok(sem_lock(key(), &owner) == -1 && errno == EBUSY && owner == getpid(),
	    "nor can we take it twice");
	sem_unlock(id);
	ok(!exists(), "given back it is gone");
	id = sem_lock(key(), &owner);
	ok(id != -1, "and can be taken again");
	sem_unlock(id);
}

static void
test_killed(void)
{
	int id, owner;
	pid_t pid = holder();

	ok(pid > 0, "somebody else has it");
	ok(sem_lock(key(), &owner) == -1 && errno == EBUSY && owner == pid,
	    "we are told who");
	kill_hard(pid);
	ok(exists(), "killed with -9 he leaves the semaphore");
	id = sem_lock(key(), &owner);
	ok(id != -1, "but not the lock: the kernel gave it back");
	is(semctl(id, 0, GETVAL), 1, "it stands at one again");
	sem_unlock(id);
	ok(!exists(), "and nothing is left behind");
}

static void
test_errors(void)
{
	int owner = -1, id;

	id = sem_lock(IPC_PRIVATE, &owner);
	ok(id != -1 && !exists(), "a lock may have no key");
	is(sem_is_held(id), 1, "somebody alive holds it");
	ok(sem_lock_id(id, &owner) == -1 && errno == EBUSY && owner == getpid(),
	    "and it cannot be taken twice");
	sem_unlock(id);
	is(sem_is_held(id), -1, "given back it is gone");
	ok(sem_lock_id(id, &owner) == -1 && owner == 0 && (errno == EIDRM ||
	    errno == EINVAL), "which errno says");
	id = semget(key(), 1, IPC_CREAT | 0600);
	is(sem_is_held(id), 0, "one that nobody holds");
	semctl(id, 0, IPC_RMID);
	sem_unlock(id);
	id = sem_lock(key(), &owner);
	ok(id != -1, "to give back what is gone does no harm");
	sem_unlock(id);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	test_lock();
	test_killed();
	test_errors();
	rmdir(dir);
	return tap_end();
}
