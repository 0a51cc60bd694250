/* SPDX-License-Identifier: ISC */
#include "livepipe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define JUNK_TOLD	(64 * 1024)	/* bytes without any sound */

int
livepipe_init(struct livepipe *p, const char *path, const char *what)
{
	memset(p, 0, sizeof(*p));
	p->fd = -1;
	p->path = strdup(path);
	p->what = strdup(what);
	return p->path != NULL && p->what != NULL ? 0 : -1;
}

static void
close_pipe(struct livepipe *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

void
livepipe_done(struct livepipe *p)
{
	close_pipe(p);
	free(p->path);
	free(p->what);
	free(p->buf);
}

const struct media_facts *
livepipe_facts(const struct livepipe *p)
{
	return &p->in.facts;
}

/* Nobody writes any more.  The pipe stays open: the next one may have it open
 * already. */
static void
rest(struct livepipe *p)
{
	p->state = LIVEPIPE_IDLE;
	free(p->buf);
	p->buf = NULL;
}

void
livepipe_hang_up(struct livepipe *p, int64_t now_ns)
{
	rest(p);
	close_pipe(p);
	p->look_ns = now_ns + LIVEPIPE_LOOK_NS;
}

/* Only a pipe is opened: on others that alone can do something. */
static void
open_pipe(struct livepipe *p)
{
	struct stat st;

	if (lstat(p->path, &st) == -1 || !S_ISFIFO(st.st_mode))
		return;
	p->fd = open(p->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW |
	    O_NOCTTY);
	if (p->fd != -1 && (fstat(p->fd, &st) == -1 ||
	    !S_ISFIFO(st.st_mode)))
		close_pipe(p);
	if (p->fd == -1 && !p->is_told) {
		log_warn("%s: cannot open the pipe %s", p->what, p->path);
		p->is_told = 1;
	} else if (p->fd != -1)
		p->is_told = 0;
}

/* Whether what is open still has its name. */
static int
is_there(const struct livepipe *p)
{
	struct stat named, open;

	return lstat(p->path, &named) == 0 && fstat(p->fd, &open) == 0 &&
	    named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

/* Whether it is open: what was removed is closed, what is new is opened. */
static int
is_open(struct livepipe *p, int64_t now_ns)
{
	if (now_ns < p->look_ns)
		return p->fd != -1;
	p->look_ns = now_ns + LIVEPIPE_LOOK_NS;
	if (p->fd != -1 && !is_there(p))
		close_pipe(p);
	if (p->fd == -1)
		open_pipe(p);
	return p->fd != -1;
}

/* Take what is in the pipe, as far as there is room for it. */
static void
fill(struct livepipe *p)
{
	uint8_t *room;
	ssize_t n;
	size_t size;

	while (!p->is_end && (size = inflow_room(&p->in, &room)) > 0) {
		n = read(p->fd, room, size);
		if (n > 0)
			inflow_took(&p->in, (size_t)n);
		else if (n == 0)
			p->is_end = 1;
		else if (errno != EINTR)
			break;
	}
}

/* Somebody writes who did not before: 1. */
static int
has_writer(struct livepipe *p)
{
	uint8_t first[512];
	ssize_t n = read(p->fd, first, sizeof(first));

	if (n <= 0)
		return 0;
	if ((p->buf = malloc(INFLOW_SIZE)) == NULL) {
		log_warn("%s: cannot take what is written to %s", p->what,
		    p->path);
		return 0;
	}
	inflow_init(&p->in, p->buf);
	memcpy(p->buf, first, (size_t)n);
	inflow_took(&p->in, (size_t)n);
	p->is_end = p->is_told = 0;
	p->state = LIVEPIPE_FILLING;
	return 1;
}

static void
tell_junk(struct livepipe *p)
{
	uint64_t most = p->is_end ? 0 : JUNK_TOLD;

	if (p->is_told || (p->in.problem == NULL &&
	    (p->in.is_known || p->in.junk <= most)))
		return;
	p->is_told = 1;
	log_warnx("%s: what is written to %s cannot be played: %s", p->what,
	    p->path, p->in.problem != NULL ? p->in.problem :
	    "no MPEG audio, ADTS or WAV");
}

/* Whether there is enough to go on air, or to go on with. */
static int
is_ready(struct livepipe *p)
{
	int64_t level;

	fill(p);
	level = inflow_level(&p->in, p->is_end, LIVEPIPE_AHEAD);
	tell_junk(p);
	/* As much as there is room for will do. */
	return level >= LIVEPIPE_AHEAD || (level > 0 && (p->is_end ||
	    p->in.to - p->in.from > INFLOW_SIZE / 2));
}

static enum livepipe_event
begin(struct livepipe *p, struct frame *f)
{
	int was_on_air = p->state == LIVEPIPE_BRIDGING;

	p->state = LIVEPIPE_ON;
	return inflow_next(&p->in, p->is_end, f) != INFLOW_BEGIN &&
	    was_on_air ? LIVEPIPE_AGAIN : LIVEPIPE_BEGIN;
}

/* There is too little: the writer has gone, or is slow. */
static enum livepipe_event
wait(struct livepipe *p, int64_t now_ns)
{
	if (p->is_end) {
		rest(p);
		return LIVEPIPE_NONE;
	}
	if (p->state == LIVEPIPE_ON) {
		p->state = LIVEPIPE_BRIDGING;
		p->since_ns = now_ns;
	}
	if (p->state == LIVEPIPE_BRIDGING &&
	    now_ns - p->since_ns > LIVEPIPE_BRIDGE_NS) {
		log_notice("%s: nothing comes through %s any more, although "
		    "somebody has it open", p->what, p->path);
		p->state = LIVEPIPE_LATE;
	}
	return p->state == LIVEPIPE_BRIDGING ? LIVEPIPE_GAP : LIVEPIPE_NONE;
}

static enum livepipe_event
go_on(struct livepipe *p, int64_t now_ns, struct frame *f)
{
	enum inflow_event e = inflow_next(&p->in, p->is_end, f);

	if (e == INFLOW_MORE) {
		fill(p);
		e = inflow_next(&p->in, p->is_end, f);
	}
	if (e == INFLOW_MORE)
		return wait(p, now_ns);
	return e == INFLOW_BEGIN ? LIVEPIPE_BEGIN : e == INFLOW_SPLICE ?
	    LIVEPIPE_AGAIN : LIVEPIPE_FRAME;
}

enum livepipe_event
livepipe_next(struct livepipe *p, int64_t now_ns, struct frame *f)
{
	if (p->state == LIVEPIPE_IDLE && (!is_open(p, now_ns) ||
	    !has_writer(p)))
		return LIVEPIPE_NONE;
	if (p->state == LIVEPIPE_ON)
		return go_on(p, now_ns, f);
	return is_ready(p) ? begin(p, f) : wait(p, now_ns);
}
