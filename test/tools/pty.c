/* SPDX-License-Identifier: ISC */
/*
 * pty: runs a command on a terminal of its own and types to it.
 *
 * What it does comes from standard input, a line each:
 *
 *	wait TEXT	until TEXT was written, behind what was waited for last
 *	pause MS	let time go by
 *	send KEYS	type; \r \n \e \xHH as in C
 *
 * Then it waits for the command's end.  What the command wrote goes to stdout.
 * Exit status: the command's; 124 if time ran out, 128 + n for signal n.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"

#define SCRIPT_LINE	512
#define TIMED_OUT	124

struct terminal {
	int fd;			/* the master's end */
	pid_t child;
	int64_t deadline_ns;
	int is_closed;
	char *text;		/* all that was written */
	size_t n, cap;
	size_t seen;		/* where the next wait begins to look */
};

static void
run(struct terminal *t, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	const char *name;
	int fd;

	t->fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->fd == -1 || grantpt(t->fd) == -1 || unlockpt(t->fd) == -1 ||
	    (name = ptsname(t->fd)) == NULL)
		err(EX_OSERR, "pty");
	ioctl(t->fd, TIOCSWINSZ, &size);
	if ((t->child = fork()) == -1)
		err(EX_OSERR, "fork");
	if (t->child > 0)
		return;
	setsid();
	if ((fd = open(name, O_RDWR)) == -1)
		err(EX_OSERR, "%s", name);
	ioctl(fd, TIOCSCTTY, 0);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	execvp(argv[0], argv);
	err(127, "%s", argv[0]);
}

/* Take what comes until then; Linux says EIO when the last writer left. */
static void
serve(struct terminal *t, int64_t until_ns)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN };
	int64_t left = until_ns - clock_mono_ns();
	char buf[4096];
	ssize_t n;

	if (poll(&pfd, 1, left > 0 ? (int)(left / NS_PER_MS) + 1 : 0) <= 0)
		return;
	if ((n = read(t->fd, buf, sizeof(buf))) <= 0) {
		t->is_closed = 1;
		return;
	}
	if (mem_grow((void **)&t->text, &t->cap, t->n + (size_t)n + 1, 1) ==
	    -1)
		err(EX_OSERR, "output");
	memcpy(t->text + t->n, buf, (size_t)n);
	t->n += (size_t)n;
	if (write(STDOUT_FILENO, buf, (size_t)n) == -1)
		err(EX_IOERR, "stdout");
}

static int
status_of(const struct terminal *t)
{
	int status;

	while (waitpid(t->child, &status, 0) == -1)
		if (errno != EINTR)
			err(EX_OSERR, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}

static _Noreturn void
give_up(struct terminal *t, const char *what)
{
	kill(t->child, SIGKILL);
	status_of(t);
	warnx("%s: %s", what, t->is_closed ? "the command ended before" :
	    "time ran out");
	exit(TIMED_OUT);
}

static void
wait_for(struct terminal *t, const char *text)
{
	const char *p;

	for (;;) {
		p = t->n > t->seen ? memmem(t->text + t->seen, t->n - t->seen,
		    text, strlen(text)) : NULL;
		if (p != NULL) {
			t->seen = (size_t)(p - t->text) + strlen(text);
			return;
		}
		if (t->is_closed || clock_mono_ns() >= t->deadline_ns)
			give_up(t, text);
		serve(t, t->deadline_ns);
	}
}

static void
pause_for(struct terminal *t, const char *text)
{
	int64_t ms, until;
	char why[80];

	if (num_parse(text, 0, 600000, &ms, why, sizeof(why)) == -1)
		errx(EX_USAGE, "pause %s: expected %s", text, why);
	until = clock_mono_ns() + ms * NS_PER_MS;
	while (!t->is_closed && clock_mono_ns() < until)
		serve(t, until);
}

static void
type(struct terminal *t, const char *text)
{
	char keys[SCRIPT_LINE], hex[3] = "";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text != '\\' || text[1] == '\0') {
			keys[n++] = *text;
			continue;
		}
		text++;
		if (*text == 'x' && text[1] != '\0' && text[2] != '\0') {
			hex[0] = text[1];
			hex[1] = text[2];
			keys[n++] = (char)strtoul(hex, NULL, 16);
			text += 2;
		} else
			keys[n++] = *text == 'r' ? '\r' : *text == 'n' ?
			    '\n' : *text == 'e' ? '\033' : *text;
	}
	if (write(t->fd, keys, n) == -1)
		warn("typing");
}

static void
obey(struct terminal *t, char *line)
{
	char *arg;

	line[strcspn(line, "\n")] = '\0';
	if ((arg = strchr(line, ' ')) == NULL)
		errx(EX_USAGE, "%s: expected wait, pause or send", line);
	*arg++ = '\0';
	if (strcmp(line, "wait") == 0)
		wait_for(t, arg);
	else if (strcmp(line, "pause") == 0)
		pause_for(t, arg);
	else if (strcmp(line, "send") == 0)
		type(t, arg);
	else
		errx(EX_USAGE, "%s: expected wait, pause or send", line);
}

int
main(int argc, char **argv)
{
	struct terminal t = { 0 };
	char line[SCRIPT_LINE], why[80];
	int64_t seconds = 20;
	int c, status;

	while ((c = getopt(argc, argv, "+t:")) != -1)
		if (c != 't' || num_parse(optarg, 1, 3600, &seconds, why,
		    sizeof(why)) == -1)
			errx(EX_USAGE, "usage: pty [-t SECONDS] COMMAND ...");
	if (optind == argc)
		errx(EX_USAGE, "usage: pty [-t SECONDS] COMMAND ...");
	t.deadline_ns = clock_mono_ns() + seconds * NS_PER_S;
	run(&t, argv + optind);
	while (fgets(line, sizeof(line), stdin) != NULL)
		obey(&t, line);
	while (!t.is_closed) {
		if (clock_mono_ns() >= t.deadline_ns)
			give_up(&t, "end of the command");
		serve(&t, t.deadline_ns);
	}
	status = status_of(&t);
	free(t.text);
	return status;
}
