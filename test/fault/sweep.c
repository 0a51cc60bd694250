/* SPDX-License-Identifier: ISC */
/*
 * sweep: for every scene and every kind of fault, the first call fails, then
 * the second, and so on until a run does not come to that call any more.
 *
 *	sweep [-q] [-j JOBS] [-s SCENE] [-k KIND] [-f FAULT] [-n N] DIR
 *	    PROGRAMS TOOLS
 *
 *	-q	a spread of n where a run takes its time, and nothing there
 *		that stays broken
 *	-n	only the n-th; shows what the program said
 *
 * DIR/store has the files of the library.  Prints a line for every run that is
 * bad and a table; exit status 1 if there was one, 77 if there can be no
 * namespaces.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"

#include "scenes.h"

#define SKIPPED		77
#define JOBS_MAX	16
#define SWEEPS_MAX	512

static const struct fault {
	const char *kind;
	const char *name;
	enum fault_kind k;
	enum fault_mode mode;
	int error;
} faults[] = {
	{ "memory", "out", FAULT_MEMORY, FAULT_ONCE, ENOMEM },
	{ "memory", "out on", FAULT_MEMORY, FAULT_ON, ENOMEM },
	{ "open", "too many", FAULT_OPEN, FAULT_ONCE, EMFILE },
	{ "open", "too many on", FAULT_OPEN, FAULT_ON, EMFILE },
	{ "open", "denied", FAULT_OPEN, FAULT_ONCE, EACCES },
	{ "read", "error", FAULT_READ, FAULT_ONCE, EIO },
	{ "read", "error on", FAULT_READ, FAULT_ON, EIO },
	{ "read", "interrupted", FAULT_READ, FAULT_ONCE, EINTR },
	{ "read", "short", FAULT_READ, FAULT_SHORT, 0 },
	{ "write", "full", FAULT_WRITE, FAULT_ONCE, ENOSPC },
	{ "write", "full on", FAULT_WRITE, FAULT_ON, ENOSPC },
	{ "write", "interrupted", FAULT_WRITE, FAULT_ONCE, EINTR },
	{ "write", "short", FAULT_WRITE, FAULT_SHORT, 0 },
	{ "stat", "error", FAULT_STAT, FAULT_ONCE, EIO },
	{ "stat", "error on", FAULT_STAT, FAULT_ON, EIO },
	{ "files", "read-only", FAULT_FILES, FAULT_ONCE, EROFS },
	{ "files", "read-only on", FAULT_FILES, FAULT_ON, EROFS },
	{ "iface", "gone", FAULT_IFACE, FAULT_ONCE, ENODEV },
	{ "iface", "gone on", FAULT_IFACE, FAULT_ON, ENODEV },
	{ "socket", "too many", FAULT_SOCKET, FAULT_ONCE, EMFILE },
	{ "socket", "too many on", FAULT_SOCKET, FAULT_ON, EMFILE },
	{ "bind", "in use", FAULT_BIND, FAULT_ONCE, EADDRINUSE },
	{ "bind", "denied on", FAULT_BIND, FAULT_ON, EACCES },
	{ "send", "no buffers", FAULT_SEND, FAULT_ONCE, ENOBUFS },
	{ "send", "net down on", FAULT_SEND, FAULT_ON, ENETDOWN },
	{ "send", "interrupted", FAULT_SEND, FAULT_ONCE, EINTR },
	{ "receive", "no buffers", FAULT_RECEIVE, FAULT_ONCE, ENOBUFS },
	{ "receive", "no buffers on", FAULT_RECEIVE, FAULT_ON, ENOBUFS },
	{ "receive", "interrupted", FAULT_RECEIVE, FAULT_ONCE, EINTR },
	{ "thread", "too many", FAULT_THREAD, FAULT_ONCE, EAGAIN },
	{ "thread", "too many on", FAULT_THREAD, FAULT_ON, EAGAIN },
	{ "process", "too many", FAULT_PROCESS, FAULT_ONCE, EAGAIN },
	{ "process", "too many on", FAULT_PROCESS, FAULT_ON, EAGAIN },
	{ "ipc", "no space", FAULT_IPC, FAULT_ONCE, ENOSPC },
	{ "ipc", "no space on", FAULT_IPC, FAULT_ON, ENOSPC },
	{ "wait", "interrupted", FAULT_WAIT, FAULT_ONCE, EINTR }
};

#define NFAULTS		(sizeof(faults) / sizeof(faults[0]))

/* One scene under one fault, for all n.  Shared by all processes. */
struct sweep {
	const struct scene *scene;
	const struct fault *fault;
	long calls;		/* without a fault; -1: it does not even play
				 * then */
	long runs;
	long count[VERDICTS];
};

static struct {
	_Atomic unsigned next;	/* to be taken by whoever is free */
	_Atomic int no_world;
	unsigned n;
	struct sweep sweep[SWEEPS_MAX];
} *all;

static struct {
	int quick, jobs;
	const char *scene, *kind, *fault;
	int64_t n;		/* 0: all */
	const char *dir, *programs, *tools;
} opt = { .jobs = 2 };

static void
plan(struct world *w, const struct fault *f, long n)
{
	w->plan->is_armed = 0;
	w->plan->kind = f->k;
	w->plan->mode = f->mode;
	w->plan->error = f->error;
	w->plan->n = n;
}

/* The end of what the program said, indented. */
static void
show_said(const struct world *w)
{
	const char *p = w->said, *nl;
	int lines = 0;

	for (nl = w->said + w->said_len; nl > w->said; nl--)
		if (nl[-1] == '\n' && ++lines > (opt.n > 0 ? 1000 : 12)) {
			p = nl;
			break;
		}
	for (; *p != '\0'; p = nl + 1) {
		if ((nl = strchr(p, '\n')) == NULL)
			nl = p + strlen(p);
		printf("    | %.*s\n", (int)(nl - p), p);
		if (*nl == '\0')
			break;
	}
}

static void
show_bad(const struct world *w, const struct sweep *s, long n)
{
	printf("BAD: -s %s -k %s -f '%s' -n %ld: %s at %#lx: %s\n",
	    s->scene->name, s->fault->kind, s->fault->name, n, w->plan->name,
	    (unsigned long)w->plan->at, w->why);
	show_said(w);
	fflush(stdout);
}

/* The n-th call fails (0: none does).  The machine may be held up, and a fault
 * comes again: what was late must be so twice. */
static enum verdict
run(struct world *w, struct sweep *s, long n)
{
	enum verdict v = LATE;
	int tries;

	for (tries = 0; v == LATE && tries < 2; tries++) {
		plan(w, s->fault, n > 0 ? n : LONG_MAX);
		v = s->scene->play(w);
		world_clear(w);
	}
	return v;
}

/* Where all n would take long, a spread: 1, 4, 13, 40.  All are tried of what
 * every program lacks now and then. */
static long
next_n(const struct sweep *s, long n)
{
	int e = s->fault->error;

	if (!opt.quick || (s->scene->is_brief && (e == ENOMEM ||
	    e == EMFILE || e == ENOSPC || e == EAGAIN)))
		return n + 1;
	return 3 * n + 1;
}

static void
sweep(struct world *w, struct sweep *s)
{
	enum verdict v;
	long n;

	v = run(w, s, 0);
	s->calls = w->plan->calls[s->fault->k];
	if (v != WENT_ON) {
		show_bad(w, s, 0);
		s->calls = -1;
		return;
	}
	for (n = opt.n > 0 ? (long)opt.n : 1; s->calls > 0; n = next_n(s, n)) {
		v = run(w, s, n);
		if (w->plan->hits > 0 || v >= LATE) {
			s->runs++;
			s->count[v]++;
		}
		if (v >= LATE)
			show_bad(w, s, n);
		else if (opt.n > 0) {
			printf("%s at %#lx, verdict %d\n", w->plan->name,
			    (unsigned long)w->plan->at, (int)v);
			show_said(w);
		}
		if (w->plan->hits == 0 || opt.n > 0)
			break;
	}
}

static _Noreturn void
work(unsigned job)
{
	static struct world w;
	const struct scene *begun = NULL;
	char dir[PATH_MAX];
	unsigned i;

	text_format(dir, sizeof(dir), "%s/world-%u", opt.dir, job);
	if (mkdir(dir, 0755) == -1)
		err(EX_OSERR, "%s", dir);
	w.programs = opt.programs;
	w.tools = opt.tools;
	if (world_enter(&w, dir) == -1) {
		warn("no namespaces");
		all->no_world = 1;
		exit(SKIPPED);
	}
	while ((i = all->next++) < all->n) {
		if (all->sweep[i].scene != begun) {
			w.radio = 0;
			w.ipc = 0;
			world_clear(&w);
			begun = all->sweep[i].scene;
			if (begun->begin != NULL && begun->begin(&w) == -1)
				errx(EX_SOFTWARE, "%s: cannot begin",
				    begun->name);
		}
		sweep(&w, &all->sweep[i]);
	}
	exit(0);
}

static int
is_named(const char *wanted, const char *name)
{
	return wanted == NULL || strcmp(wanted, name) == 0;
}

static int
is_wanted(const struct scene *sc, const struct fault *f)
{
	return is_named(opt.scene, sc->name) && is_named(opt.kind, f->kind) &&
	    is_named(opt.fault, f->name) &&
	    !(opt.quick && f->mode == FAULT_ON);
}

static void
collect(void)
{
	const struct scene *sc;
	unsigned i, k;

	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		err(EX_OSERR, "mmap");
	for (i = 0; (sc = scene(i)) != NULL; i++)
		for (k = 0; k < NFAULTS; k++) {
			if (!is_wanted(sc, &faults[k]))
				continue;
			all->sweep[all->n].scene = sc;
			all->sweep[all->n++].fault = &faults[k];
		}
}

/* How many were bad. */
static long
show_table(void)
{
	const struct sweep *s;
	long bad = 0, runs = 0;
	unsigned i;

	printf("%-8s %-8s %-14s %6s %6s %8s %8s %7s %5s\n", "scene", "kind",
	    "fault", "calls", "runs", "refused", "went on", "mended", "bad");
	for (i = 0; i < all->n; i++) {
		s = &all->sweep[i];
		runs += s->runs;
		bad += s->count[BAD] + s->count[LATE] + (s->calls == -1);
		if (s->calls == 0)
			continue;
		printf("%-8s %-8s %-14s %6ld %6ld %8ld %8ld %7ld %5ld\n",
		    s->scene->name, s->fault->kind, s->fault->name, s->calls,
		    s->runs, s->count[REFUSED], s->count[WENT_ON],
		    s->count[MENDED], s->count[BAD] + s->count[LATE]);
	}
	printf("%ld runs with a fault, %ld bad\n", runs, bad);
	return bad;
}

static void
parse(int argc, char **argv)
{
	char why[64];
	int64_t v;
	int c;

	while ((c = getopt(argc, argv, "qj:s:k:f:n:")) != -1) {
		if ((c == 'j' || c == 'n') && num_parse(optarg, 1,
		    c == 'j' ? JOBS_MAX : INT32_MAX, &v, why,
		    sizeof(why)) == -1)
			errx(EX_USAGE, "-%c: %s", c, why);
		switch (c) {
		case 'q': opt.quick = 1; break;
		case 'j': opt.jobs = (int)v; break;
		case 's': opt.scene = optarg; break;
		case 'k': opt.kind = optarg; break;
		case 'f': opt.fault = optarg; break;
		case 'n': opt.n = v; break;
		default: exit(EX_USAGE);
		}
	}
	if (argc - optind != 3)
		errx(EX_USAGE, "usage: sweep [-q] [-j jobs] [-s scene] "
		    "[-k kind] [-f fault] [-n n] dir programs tools");
	opt.dir = argv[optind];
	opt.programs = argv[optind + 1];
	opt.tools = argv[optind + 2];
}

int
main(int argc, char **argv)
{
	int i, status, failed = 0;

	parse(argc, argv);
	collect();
	if (all->n == 0)
		errx(EX_USAGE, "no such scene, kind or fault");
	fflush(stdout);
	for (i = 0; i < opt.jobs; i++)
		if (fork() == 0)
			work((unsigned)i);
	while (wait(&status) > 0)
		failed |= status != 0;
	if (all->no_world)
		return SKIPPED;
	if (failed)
		warnx("a worker did not come to its end");
	return show_table() > 0 || failed;
}
