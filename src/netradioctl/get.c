/* SPDX-License-Identifier: ISC */
/*
 * The little ftp: the path goes to the daemon, data come back piece by piece,
 * each asked for, then the end of the transmission.
 *
 * What has come stands in FILE.part until it is whole.  That file's time is
 * set to the track's after each piece, and by it (and the size) a later get
 * knows that it can go on from there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ask.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "commands.h"
#include "options.h"

#define TRIES		3	/* times that the file may change meanwhile */
#define PROGRESS_NS	(200 * NS_PER_MS)
#define NAME_BYTES	4096

struct get {
	struct ask ask;
	struct control_request q;
	char name[NAME_BYTES];		/* FILE; "": stdout */
	char part[NAME_BYTES];		/* FILE.part; FILE, if it is a device
					 * or a pipe */
	int is_stream;			/* what went out stays out */
	int fd;
	int shows;			/* progress, on a terminal */
	int64_t begin_ns, shown_ns;
	uint32_t channel;		/* whose it is */
	uint64_t from;			/* offset where this run began */
};

static struct timespec
time_of(const struct control_file *f)
{
	struct timespec t;

	t.tv_sec = (time_t)(f->mtime_ns / NS_PER_S);
	t.tv_nsec = (long)(f->mtime_ns % NS_PER_S);
	return t;
}

static void
show_progress(struct get *g, int is_end)
{
	int64_t now = clock_mono_ns();
	double seconds = (double)(now - g->begin_ns) / 1e9;

	if (!g->shows || (!is_end && now - g->shown_ns < PROGRESS_NS))
		return;
	g->shown_ns = now;
	fprintf(stderr, "\r%.1f of %.1f MB, %.1f MB/s%s",
	    (double)g->q.offset / 1e6, (double)g->q.file.size / 1e6,
	    seconds > 0 ? (double)(g->q.offset - g->from) / 1e6 / seconds : 0,
	    is_end ? "\n" : " ");
}

static int
failed(const char *name)
{
	log_error("%s", name);
	return errno == EACCES || errno == EPERM ? EX_NOPERM : EX_UNAVAILABLE;
}

static int
write_all(int fd, const uint8_t *p, size_t n)
{
	ssize_t done;

	for (; n > 0; p += done, n -= (size_t)done) {
		done = write(fd, p, n);
		if (done == -1 && errno == EINTR)
			done = 0;
		else if (done == -1)
			return -1;
	}
	return 0;
}

/* What the track is: its file and its path.  0, or the exit code. */
static int
look(struct get *g, char *path, size_t size)
{
	struct control_answer a;
	int code;

	memset(&g->q.file, 0, sizeof(g->q.file));
	g->q.offset = UINT64_MAX;
	if ((code = ask_request(&g->ask, &g->q, 0, &a)) != 0)
		return code;
	if (a.status != CONTROL_OK)
		return ask_finish(&a);
	control_get_file(&a.body, &g->q.file);
	rd_u64(&a.body);
	if (control_get_text(&a.body, path, size) == 0) {
		g->channel = rd_u32(&a.body);	/* 0 if it is not there */
		return 0;
	}
	log_errorx("the answer is damaged");
	return EX_UNAVAILABLE;
}

/* Where to go on: behind what an earlier run has got of this very file. */
static uint64_t
resume_at(const struct get *g)
{
	struct stat st;

	if (fstat(g->fd, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_size > g->q.file.size ||
	    st.st_mtim.tv_sec * NS_PER_S + st.st_mtim.tv_nsec !=
	    g->q.file.mtime_ns)
		return 0;
	return (uint64_t)st.st_size;
}

static int
open_part(struct get *g)
{
	if (g->name[0] == '\0')
		g->fd = STDOUT_FILENO;
	else if (g->fd == -1)
		g->fd = open(g->part, g->is_stream ? O_WRONLY | O_CLOEXEC :
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (g->fd == -1 && errno == ELOOP && !g->is_stream) {
		log_errorx("%s is a symbolic link: remove it", g->part);
		return EX_UNAVAILABLE;
	}
	if (g->fd == -1)
		return failed(g->part);
	if (g->is_stream) {
		g->q.offset = 0;
		return 0;
	}
	g->q.offset = resume_at(g);
	if (ftruncate(g->fd, (off_t)g->q.offset) == -1 ||
	    lseek(g->fd, (off_t)g->q.offset, SEEK_SET) == -1)
		return failed(g->part);
	if (g->q.offset > 0)
		log_notice("%s: going on at %" PRIu64 " of %" PRIu64 " bytes",
		    g->part, g->q.offset, g->q.file.size);
	return 0;
}

/* A piece that came: 0, or the exit code. */
static int
keep(struct get *g, struct control_answer *a)
{
	struct timespec times[2];
	struct control_file file;
	uint64_t offset;
	size_t n;

	control_get_file(&a->body, &file);
	offset = rd_u64(&a->body);
	n = rd_left(&a->body);
	if (a->body.bad || offset != g->q.offset || n == 0 ||
	    n > file.size - offset) {
		log_errorx("the answer is damaged");
		return EX_UNAVAILABLE;
	}
	if (write_all(g->fd, rd_bytes(&a->body, n), n) == -1)
		return failed(g->name[0] != '\0' ? g->part : "stdout");
	g->q.offset += n;
	if (g->is_stream)
		return 0;
	times[0] = times[1] = time_of(&g->q.file);
	futimens(g->fd, times);	/* without it a later get begins anew */
	return 0;
}

/* All pieces: 0; -1: the file is another one now; else the exit code. */
static int
pull(struct get *g)
{
	struct control_answer a;
	int code;

	g->from = g->q.offset;
	g->begin_ns = clock_mono_ns();
	while (g->q.offset < g->q.file.size) {
		if ((code = ask_request(&g->ask, &g->q, 0, &a)) != 0)
			return code;
		if (a.status == CONTROL_CHANGED)
			return -1;
		if (a.status != CONTROL_OK)
			return ask_finish(&a);
		if ((code = keep(g, &a)) != 0)
			return code;
		show_progress(g, 0);
	}
	show_progress(g, 1);
	return 0;
}

/* Where it is to go. */
static int
choose_name(struct get *g, const struct options *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = o->output != NULL ? o->output :
	    slash != NULL ? slash + 1 : path;
	struct stat st;

	if (strcmp(name, "-") == 0) {
		g->is_stream = 1;
		return 0;
	}
	/* A device or a pipe is written to; a file would take its place. */
	g->is_stream = stat(name, &st) == 0 && !S_ISREG(st.st_mode) &&
	    !S_ISDIR(st.st_mode);
	if (text_format(g->name, sizeof(g->name), "%s", name) == 0 &&
	    text_format(g->part, sizeof(g->part), "%s%s", name,
	    g->is_stream ? "" : ".part") == 0)
		return 0;
	log_errorx("%.40s...: too long", name);
	return EX_UNAVAILABLE;
}

/* From here on by its path: numbers move when the library changes. */
static void
ask_by_path(struct get *g, const char *path)
{
	char what[CONTROL_WHAT_MAX];

	/* One that looks like a number would be taken for one. */
	if (g->channel > 0 && path[strspn(path, "0123456789")] != '\0' &&
	    text_format(what, sizeof(what), "%" PRIu32 "/%s", g->channel,
	    path) == 0)
		text_copy(g->q.what, sizeof(g->q.what), what);
}

/* What is to be copied, and where to. */
static int
begin(struct get *g, const struct options *o, char *path, size_t size)
{
	int code;

	if ((code = look(g, path, size)) == 0 &&
	    (code = choose_name(g, o, path)) == 0)
		ask_by_path(g, path);
	return code;
}

static int
get(struct get *g, const struct options *o)
{
	char path[CONTROL_PATH_MAX], now[CONTROL_PATH_MAX];
	int code, tries = 0;

	if ((code = begin(g, o, path, sizeof(path))) != 0)
		return code;
	do {
		if (tries > 0 && (code = look(g, now, sizeof(now))) != 0)
			return code;
		if (tries > 0 && strcmp(now, path) != 0) {
			log_errorx("%s: the library changed, that is %s now",
			    o->what, now);
			return EX_UNAVAILABLE;
		}
		if ((code = open_part(g)) != 0)
			return code;
		code = pull(g);
	} while (code == -1 && !g->is_stream && ++tries < TRIES);
	if (code == -1) {
		log_errorx("%s changes while it is copied", path);
		return EX_UNAVAILABLE;
	}
	if (code == 0 && !g->is_stream &&
	    rename(g->part, g->name) == -1)
		return failed(g->name);
	return code;
}

int
get_run(const struct options *o)
{
	struct get g;
	int code;

	memset(&g, 0, sizeof(g));
	g.fd = -1;
	g.shows = isatty(STDERR_FILENO);
	g.q.command = CONTROL_GET;
	if (text_copy(g.q.what, sizeof(g.q.what), o->what) == -1) {
		log_errorx("%.40s...: too long", o->what);
		return EX_USAGE;
	}
	if ((code = ask_open(&g.ask, o->state)) != 0)
		return code;
	code = get(&g, o);
	if (g.fd > STDERR_FILENO)
		close(g.fd);
	ask_close(&g.ask);
	return code;
}
