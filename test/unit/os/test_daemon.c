/* SPDX-License-Identifier: ISC */
/*
 * Each case is a child that detaches; what its parent (our child) exits with
 * and what the detached one says through a pipe is looked at.
 */
#include "os/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define PATIENCE 5000	/* ms */

static char dir[] = "/tmp/netradio-daemon.XXXXXX";
static char path[64];

/* What the detached one tells. */
struct facts {
	int own_session, at_root, terminal_gone;
};

static int
is_null(int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat("/dev/null", &b) == 0 &&
	    a.st_rdev == b.st_rdev && S_ISCHR(a.st_mode);
}

static void
tell_facts(int fd, pid_t session)
{
	struct facts f;
	char cwd[64] = "";

	f.own_session = getsid(0) == getpid() && getsid(0) != session;
	f.at_root = getcwd(cwd, sizeof(cwd)) != NULL &&
	    strcmp(cwd, "/") == 0;
	f.terminal_gone = is_null(0) && is_null(1) && is_null(2);
	if (write(fd, &f, sizeof(f)) != (ssize_t)sizeof(f))
		_exit(1);
}

/* Wait for pid so long: its status; -1: it does not end (and is killed). */
static int
wait_for(pid_t pid, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int status;

	/* Its end closes the last writer of the pipe. */
	if (poll(&p, 1, PATIENCE) == 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return -1;
	}
	waitpid(pid, &status, 0);
	return status;
}

enum ending { READY, EXITS, KILLED, NO_TERMINAL };

/*
 * In the child: detach, tell, and live on until the other end of go is
 * closed.  life stays open only in the parent that waits in daemon_detach.
 */
static _Noreturn void
child(enum ending how, int out, int life, int go)
{
	pid_t session = getsid(0);
	char byte;

	if (how == NO_TERMINAL) {
		close(0);
		close(1);
		close(2);
	} else if (how == KILLED)
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	daemon_detach();
	close(life);
	if (how == EXITS)
		_exit(78);
	if (how == KILLED)
		kill(getpid(), SIGKILL);
	daemon_ready(1);
	tell_facts(out, session);
	_exit(read(go, &byte, 1) != 0);
}

/* Detach in a child in that way: how its first process ended; what the
 * detached one told. */
static int
detach(enum ending how, struct facts *f)
{
	int fds[2], life[2], go[2], status;
	pid_t pid;

	memset(f, 0, sizeof(*f));
	if (pipe2(fds, O_CLOEXEC) == -1 || pipe2(life, O_CLOEXEC) == -1 ||
	    pipe2(go, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		close(life[0]);
		close(go[1]);
		child(how, fds[1], life[1], go[0]);
	}
	close(life[1]);
	close(fds[1]);
	close(go[0]);
	status = wait_for(pid, life[0]);
	if (read(fds[0], f, sizeof(*f)) != (ssize_t)sizeof(*f))
		memset(f, 0, sizeof(*f));
	close(go[1]);
	close(life[0]);
	close(fds[0]);
	return status;
}

static void
test_detach(void)
{
	struct facts f;
	int status = detach(READY, &f);

	ok(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "the parent exits with 0 when the child is ready");
	ok(f.own_session, "which has a session of its own");
	ok(f.at_root, "works in /");
	ok(f.terminal_gone, "and has let go of the terminal");
	status = detach(EXITS, &f);
	ok(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 78,
	    "a child that ends before gives its exit code");
	status = detach(KILLED, &f);
	ok(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) != 0,
	    "one that is killed is no success");
	status = detach(NO_TERMINAL, &f);
	ok(status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "it works without stdin, stdout and stderr, too");
	ok(f.terminal_gone, "which are /dev/null then");
}

static void
test_notify(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char got[64] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	unsetenv("NOTIFY_SOCKET");
	daemon_notify("READY=1");
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	bind(fd, (struct sockaddr *)&un, sizeof(un));
	setenv("NOTIFY_SOCKET", path, 1);
	daemon_ready(0);
	daemon_notify("STOPPING=1");
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	ok(n == 7 && memcmp(got, "READY=1", 7) == 0,
	    "a service manager hears READY=1 first");
	n = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);
	ok(n == 10 && memcmp(got, "STOPPING=1", 10) == 0, "then STOPPING=1");
	close(fd);
	unlink(path);
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	n = snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1,
	    "netradio-test-%d", (int)getpid());
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bind(fd, (struct sockaddr *)&un, (socklen_t)(sizeof(un.sun_family) +
	    1 + (size_t)n));
	un.sun_path[0] = '@';
	setenv("NOTIFY_SOCKET", un.sun_path, 1);
	daemon_notify("X=1");
	is(recv(fd, got, sizeof(got), MSG_DONTWAIT), 3,
	    "also over an abstract socket");
	close(fd);
	setenv("NOTIFY_SOCKET", "relative", 1);
	daemon_notify("X=1");
	unsetenv("NOTIFY_SOCKET");
}

static void
test_pidfile(void)
{
	char text[32] = "", want[32];
	struct stat st;
	FILE *f;

	if ((f = fopen(path, "w")) != NULL) {
		fputs("123456789 an older and longer one\n", f);
		fclose(f);
	}
	is(daemon_pidfile(path), 0, "the pidfile is written");
	snprintf(want, sizeof(want), "%d\n", (int)getpid());
	if ((f = fopen(path, "r")) != NULL) {
		text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
		fclose(f);
	}
	is_str(text, want, "our pid, a line end, and nothing of before");
	ok(stat(path, &st) == 0 && (st.st_mode & 022) == 0,
	    "only we can write to it");
	unlink(path);
	if (symlink("/tmp/netradio-nowhere", path) == -1)
		perror("symlink");
	ok(daemon_pidfile(path) == -1 && errno == ELOOP,
	    "a symbolic link is not followed");
	unlink(path);
	ok(daemon_pidfile("/nonexistent/x.pid") == -1 && errno == ENOENT,
	    "no such directory: errno says so");
}

/* For good means in a process of its own. */
static void
test_drop_user(void)
{
	int status = 0;
	pid_t pid;

	ok(daemon_drop_user("no-such-user-here") == -1 && errno == ENOENT,
	    "no such user: ENOENT");
	if ((pid = fork()) == 0)
		_exit(geteuid() != 0 ? 43 : daemon_drop_user("nobody") == 0 &&
		    getuid() != 0 && geteuid() != 0 && getgid() != 0 &&
		    getegid() != 0 && setuid(0) == -1 && setgid(0) == -1 &&
		    seteuid(0) == -1 ? 42 : 1);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 43)
		ok(1, "user nobody # SKIP not root");
	else
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 42,
		    "from root to nobody there is no way back");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/x", dir);
	test_detach();
	test_notify();
	test_pidfile();
	test_drop_user();
	ok(rmdir(dir) == 0, "nothing is left behind");
	return tap_end();
}
