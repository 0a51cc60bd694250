/* SPDX-License-Identifier: ISC */
/*
 * A named pipe is opened without blocking: ENXIO until somebody reads.
 * stdout may be shared with others, so its flags are left alone: poll says
 * that a page will be taken, and no more than a page is written.
 */
#include "sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue.h"
#include "sink.h"

#define QUEUE_NS	(2 * NS_PER_S)
#define RETRY_NS	(100 * NS_PER_MS)	/* for a named pipe's reader */
#define DRAIN_NS	(1 * NS_PER_S)

struct sink_file {
	struct sink sink;
	const char *path;	/* [c] "-" is stdout */
	int fd;			/* -1: not open yet */
	int is_regular;		/* always ready */
	int is_slow;		/* said that it does not keep up */
	int is_finishing;
	int64_t at_ns;		/* try to open, or give up draining */
	struct queue queue;
};

static struct sink_file *
file_of(struct sink *k)
{
	return (struct sink_file *)(void *)k;
}

/* 0; -1 with errno: not now (ENXIO), or not at all. */
static int
file_open(struct sink_file *f)
{
	struct stat st;

	if (strcmp(f->path, "-") == 0)
		f->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		f->fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC |
		    O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0666);
	if (f->fd == -1)
		return -1;
	f->is_regular = fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode);
	f->sink.is_open = 1;
	f->sink.opened++;
	return 0;
}

/* 0; -1: over. */
static int
file_failed(struct sink_file *f)
{
	if (errno == EPIPE) {
		log_info("the reader of %s has left", f->path);
		f->sink.code = EX_OK;
	} else {
		log_error("cannot write %s", f->path);
		f->sink.code = EX_IOERR;
	}
	return -1;
}

/* It was tried when the session began, so that what is wrong is said then. */
static int
file_sound(struct sink *k, int64_t now)
{
	(void)k, (void)now;
	return 0;
}

static int
is_ready(const struct sink_file *f)
{
	struct pollfd pfd = { .fd = f->fd, .events = POLLOUT };

	return f->is_regular || (poll(&pfd, 1, 0) == 1 && pfd.revents != 0);
}

/* Write what can be written: 0; -1: over. */
static int
file_write(struct sink_file *f, int64_t now)
{
	struct iovec iov[2];
	ssize_t n;

	while (f->fd != -1 && queue_peek(&f->queue, iov, PIPE_BUF) > 0 &&
	    is_ready(f)) {
		n = write(f->fd, iov[0].iov_base, iov[0].iov_len);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n == -1)
			return file_failed(f);
		queue_pop(&f->queue, (size_t)n);
		if (f->sink.first_ns == 0)
			f->sink.first_ns = now;
	}
	return 0;
}

static int
file_put(struct sink *k, const uint8_t *frame, size_t len, int64_t play_ns,
    int64_t now)
{
	struct sink_file *f = file_of(k);

	(void)now;
	if (f->fd == -1 || f->is_finishing)
		return -1;
	if (queue_push(&f->queue, frame, len, play_ns) == 0)
		return 0;
	if (!f->is_slow)
		log_warnx("the reader of %s does not keep up: sound is "
		    "dropped", f->path);
	f->is_slow = 1;
	return -1;
}

static void
file_prepare(struct sink *k, int64_t now)
{
	(void)k, (void)now;
}

static int64_t
file_drop(struct sink *k)
{
	/* What was released is part of the file. */
	(void)k;
	return 0;
}

static int64_t
file_level(const struct sink *k)
{
	(void)k;
	return -1;
}

static unsigned
file_poll(struct sink *k, struct pollfd *pfd, int64_t *wake)
{
	struct sink_file *f = file_of(k);

	if ((f->fd == -1 || f->is_finishing) && f->at_ns < *wake)
		*wake = f->at_ns;
	if (f->fd == -1 || f->is_regular)
		return 0;
	pfd->fd = f->fd;
	/* Without events: an error, which is what a lost reader is. */
	pfd->events = f->queue.used > 0 ? POLLOUT : 0;
	return 1;
}

static int
file_serve(struct sink *k, int64_t now)
{
	struct sink_file *f = file_of(k);
	struct pollfd pfd = { .fd = f->fd };

	if (f->fd == -1 && now >= f->at_ns) {
		f->at_ns = now + RETRY_NS;
		if (f->is_finishing)
			k->is_done = 1;
		else if (file_open(f) == -1 && errno != ENXIO)
			return file_failed(f);
	}
	if (f->fd != -1 && !f->is_regular && poll(&pfd, 1, 0) == 1 &&
	    (pfd.revents & POLLERR) != 0) {
		errno = EPIPE;
		return file_failed(f);
	}
	if (file_write(f, now) == -1)
		return -1;
	if (f->is_finishing && (f->queue.used == 0 || now >= f->at_ns))
		k->is_done = 1;
	return 0;
}

static void
file_finish(struct sink *k, int drain, int64_t now)
{
	struct sink_file *f = file_of(k);

	(void)drain;	/* what was released is part of the file */
	f->is_finishing = 1;
	f->at_ns = now + DRAIN_NS;
	if (f->fd == -1)
		k->is_done = 1;
}

static void
file_free(struct sink *k)
{
	struct sink_file *f = file_of(k);

	/* Some file systems say only now that there was no room. */
	if (f->fd != -1 && close(f->fd) == -1 && errno != EINTR)
		log_error("cannot write %s", f->path);
	free(f);
}

static const struct sink_ops file_ops = {
	.prepare = file_prepare,
	.open = file_sound,
	.put = file_put,
	.drop = file_drop,
	.level = file_level,
	.poll = file_poll,
	.serve = file_serve,
	.finish = file_finish,
	.free = file_free
};

struct sink *
sink_file_new(const char *path, int *code)
{
	struct sink_file *f;

	if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO)) {
		log_errorx("-o -: stdout is a terminal, and the stream is "
		    "no text; send it to a pipe or a file");
		*code = EX_USAGE;
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->sink.ops = &file_ops;
	f->path = path;
	f->fd = -1;
	queue_init(&f->queue, QUEUE_NS);
	if (file_open(f) == 0)
		return &f->sink;
	if (errno == ENXIO) {
		log_notice("waiting for a reader of %s", path);
		return &f->sink;
	}
	log_error("cannot write %s", path);
	*code = EX_CANTCREAT;
	free(f);
	return NULL;
}
