/* SPDX-License-Identifier: ISC */
#include "os/loop.h"

#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

#define TAG_WAKE	UINT64_MAX

static int
control(struct loop *l, int operation, int fd, uint64_t tag, unsigned what)
{
	struct epoll_event e = { .data.u64 = tag };

	if (what & LOOP_READ)
		e.events |= EPOLLIN;
	if (what & LOOP_WRITE)
		e.events |= EPOLLOUT;
	return epoll_ctl(l->fd, operation, fd, &e);
}

int
loop_init(struct loop *l)
{
	int saved;

	l->wake = -1;
	if ((l->fd = epoll_create1(EPOLL_CLOEXEC)) != -1 &&
	    (l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) != -1 &&
	    control(l, EPOLL_CTL_ADD, l->wake, TAG_WAKE, LOOP_READ) == 0)
		return 0;
	saved = errno;
	loop_done(l);
	errno = saved;
	return -1;
}

void
loop_done(struct loop *l)
{
	if (l->wake != -1)
		close(l->wake);
	if (l->fd != -1)
		close(l->fd);
	l->fd = l->wake = -1;
}

int
loop_add(struct loop *l, int fd, uint32_t tag)
{
	return loop_add_for(l, fd, tag, LOOP_READ);
}

int
loop_add_for(struct loop *l, int fd, uint32_t tag, unsigned what)
{
	return control(l, EPOLL_CTL_ADD, fd, tag, what);
}

void
loop_want(struct loop *l, int fd, uint32_t tag, unsigned what)
{
	/* Of a descriptor that is there it does not fail. */
	control(l, EPOLL_CTL_MOD, fd, tag, what);
}

void
loop_wake(struct loop *l)
{
	uint64_t one = 1;
	ssize_t n;

	do {
		n = write(l->wake, &one, sizeof(one));
	} while (n == -1 && errno == EINTR);
}

/* Rounded up, so that the time has come when the wait is over. */
static int
left_ms(int64_t deadline_ns)
{
	int64_t left;

	if (deadline_ns == INT64_MAX)
		return -1;
	left = deadline_ns - clock_mono_ns();
	if (left <= 0)
		return 0;
	left = (left + NS_PER_MS - 1) / NS_PER_MS;
	return left < INT_MAX ? (int)left : INT_MAX;
}

int
loop_wait(struct loop *l, int64_t deadline_ns, uint32_t tag[static LOOP_MAX])
{
	struct epoll_event e[LOOP_MAX];
	uint64_t count;
	int n, i, k = 0;

	n = epoll_wait(l->fd, e, LOOP_MAX, left_ms(deadline_ns));
	for (i = 0; i < n; i++) {
		if (e[i].data.u64 != TAG_WAKE)
			tag[k++] = (uint32_t)e[i].data.u64;
		else if (read(l->wake, &count, sizeof(count)) == -1)
			continue;
	}
	return k;
}
