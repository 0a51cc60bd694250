/* SPDX-License-Identifier: ISC */
/* The answer comes by the pipe; a child that has none yet ends when told. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resolve.h"
#include "tap.h"

static int
wait_for_answer(struct resolve *r)
{
	struct pollfd pfd = { .fd = r->fd, .events = POLLIN };

	return poll(&pfd, 1, 10000);
}

static int
is_childless(void)
{
	return waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD;
}

/* Numbers only: they resolve without asking anybody. */
static void
test_answer(void)
{
	struct addr found[RESOLVE_MAX];
	char text[ADDR_TEXT_MAX];
	struct resolve r;

	resolve_init(&r);
	is(resolve_start(&r, "192.0.2.7"), 0, "asked");
	is(wait_for_answer(&r), 1, "the answer can be waited for");
	ok(resolve_get(&r, found) >= 1, "an address");
	is_str(addr_format(&found[0], text), "192.0.2.7", "that one");
	ok(r.fd == -1 && r.pid == 0 && is_childless(), "the child is gone");
	is(resolve_start(&r, "2001:db8::7"), 0, "asked for what has no IPv4");
	is(wait_for_answer(&r), 1, "that is an answer, too");
	is(resolve_get(&r, found), 0, "no address");
	ok(r.fd == -1 && r.pid == 0 && is_childless(), "the child is gone");
}

/* A child that is stopped answers as little as a dead name server. */
static void
test_end(void)
{
	struct addr found[RESOLVE_MAX];
	struct resolve r;
	int p[2];

	resolve_init(&r);
	is(resolve_start(&r, "192.0.2.7"), 0, "asked");
	kill(r.pid, SIGSTOP);
	/* It may have answered before that: a pipe of ours has no answer. */
	if (pipe2(p, O_NONBLOCK) == -1 || dup2(p[0], r.fd) == -1)
		return;
	close(p[0]);
	is(resolve_get(&r, found), -1, "no answer so far");
	ok(r.pid > 0 && !is_childless(), "still asking");
	resolve_end(&r);
	ok(r.fd == -1 && r.pid == 0 && is_childless(),
	    "ended without an answer: the child is gone");
	close(p[1]);
	resolve_end(&r);
	ok(r.fd == -1, "twice is once");
	is(resolve_start(&r, "192.0.2.7"), 0, "asked");
	is(resolve_start(&r, "192.0.2.8"), 0, "asked again meanwhile");
	is(wait_for_answer(&r), 1, "an answer");
	ok(resolve_get(&r, found) >= 1 &&
	    found[0].u.in.sin_addr.s_addr == htonl(0xc0000208),
	    "to the second question");
	ok(is_childless(), "no child is left of either");
}

int
main(void)
{
	test_answer();
	test_end();
	return tap_end();
}
