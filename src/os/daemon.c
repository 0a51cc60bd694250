/* SPDX-License-Identifier: ISC */
#include "os/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"

static int ready_fd = -1;	/* [m] the parent sleeps at its other end */

/* The parent's rest: a byte means ready, end of file that the child ended. */
static _Noreturn void
wait_for_child(int fd, pid_t child)
{
	ssize_t n;
	char byte;
	int status;

	do {
		n = read(fd, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == 1)
		_exit(0);
	while (waitpid(child, &status, 0) == -1)
		if (errno != EINTR)
			_exit(EX_OSERR);
	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	fprintf(stderr, "netradiod: ended by signal %d while starting\n",
	    WTERMSIG(status));
	_exit(EX_SOFTWARE);
}

void
daemon_hold_stdio(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) != -1)
		if (fd > STDERR_FILENO) {
			close(fd);
			return;
		}
}

void
daemon_detach(void)
{
	int fds[2];
	pid_t pid;

	daemon_hold_stdio();
	if (pipe2(fds, O_CLOEXEC) == -1)
		fatal(EX_OSERR, "cannot make a pipe");
	if ((pid = fork()) == -1)
		fatal(EX_OSERR, "cannot fork");
	if (pid > 0) {
		close(fds[1]);
		wait_for_child(fds[0], pid);
	}
	close(fds[0]);
	ready_fd = fds[1];
	setsid();
	if (chdir("/") == -1)
		log_warn("cannot change to /");
	umask(022);
}

void
daemon_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	if ((n = strlen(path)) >= sizeof(un.sun_path))
		return;
	memcpy(un.sun_path, path, n);
	if (path[0] == '@')		/* Linux' abstract name space */
		un.sun_path[0] = '\0';
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) == -1)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == -1)
		log_warn("cannot tell the service manager \"%s\"", state);
	close(fd);
}

void
daemon_ready(int detached)
{
	int null;

	daemon_notify("READY=1");
	if (!detached)
		return;
	if ((null = open("/dev/null", O_RDWR | O_CLOEXEC)) != -1) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	if (ready_fd != -1) {
		if (write(ready_fd, "", 1) == -1)
			log_warn("cannot tell the parent that we are ready");
		close(ready_fd);
		ready_fd = -1;
	}
}

int
daemon_pidfile(const char *path)
{
	char text[16];
	int fd, n, saved, ok;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0644);
	if (fd == -1)
		return -1;
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	ok = write(fd, text, (size_t)n) == n;
	saved = errno;
	close(fd);
	errno = saved;
	return ok ? 0 : -1;
}

int
daemon_drop_user(const char *user)
{
	struct passwd *pw;

	errno = 0;
	if ((pw = getpwnam(user)) == NULL) {
		if (errno == 0)
			errno = ENOENT;
		return -1;
	}
	if (pw->pw_uid == geteuid() && pw->pw_uid == getuid())
		return 0;
	if (initgroups(pw->pw_name, pw->pw_gid) == -1 ||
	    setgid(pw->pw_gid) == -1 || setuid(pw->pw_uid) == -1)
		return -1;
	/* For good: there must be no way back. */
	if (pw->pw_uid != 0 && setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
