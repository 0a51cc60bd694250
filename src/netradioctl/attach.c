/* SPDX-License-Identifier: ISC */
#include "attach.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"
#include "os/sem.h"
#include "os/shm.h"
#include "wire/ipcfile.h"

#define PATH_BYTES	4096

/* Whether a daemon runs or ran with that directory: 1; 0; -1: we may not
 * see. */
static int
has_file(const char *state)
{
	char path[PATH_BYTES];

	if (text_format(path, sizeof(path), "%s/" IPCFILE_NAME, state) == -1)
		return 0;
	if (access(path, F_OK) == 0)
		return 1;
	return errno == EACCES ? -1 : 0;
}

static char *
default_state(void)
{
	char *own;

	if (geteuid() == 0)
		return xstrdup(IPCFILE_STATE);
	own = file_user_dir("XDG_STATE_HOME", ".local/state",
	    IPCFILE_STATE_LEAF);
	/* One that we may not see is not our own. */
	if (own != NULL && (has_file(own) == 1 ||
	    has_file(IPCFILE_STATE) == 0))
		return own;
	free(own);
	return xstrdup(IPCFILE_STATE);
}

static int
not_permitted(const char *what, const struct stat *st, char *why, size_t size)
{
	struct group *g = getgrgid(st->st_gid);

	text_format(why, size, "not permitted to look at %s: be a member of "
	    "group %s", what, g != NULL ? g->gr_name : "netradio");
	return EX_NOPERM;
}

/* The id that STATEDIR/ipc names, -1: none.  0 or EX_NOPERM. */
static int
read_file(const char *state, const struct stat *st, int *id, char *why,
    size_t size)
{
	char path[PATH_BYTES], text[IPCFILE_BYTES_MAX + 1];
	struct ipcfile f;

	*id = -1;
	if (text_format(path, sizeof(path), "%s/" IPCFILE_NAME, state) == -1)
		return 0;
	if (file_slurp(path, text, IPCFILE_BYTES_MAX) == -1)
		return errno == EACCES ? not_permitted(path, st, why, size) :
		    0;
	ipcfile_parse(&f, text);
	*id = f.segment;
	return 0;
}

static int
other_layout(uint32_t layout, char *why, size_t size)
{
	text_format(why, size, "the statistics of this netradiod have layout "
	    "%u, this netradioctl knows %u: the daemon is %s; use the "
	    "netradioctl that came with it", (unsigned)layout, STATSEG_LAYOUT,
	    layout < STATSEG_LAYOUT ? "older" : "newer");
	return EX_UNAVAILABLE;
}

/*
 * Look into one segment.  0: it is this directory's, a->segment is set; -1: it
 * is not; else the exit code.
 */
static int
try(struct attach *a, int id, const struct stat *st, char *why, size_t size)
{
	const struct statseg *s;
	enum statseg_kind kind;
	uint32_t layout = 0;
	size_t bytes;
	uid_t maker;

	if (id == -1)
		return -1;
	if ((s = shm_attach(id, &bytes, &maker)) == NULL)
		return errno == EACCES ? not_permitted("the statistics", st,
		    why, size) : -1;
	kind = file_trusts(a->state, IPCFILE_NAME, maker) ?
	    statseg_check(s, bytes, &layout) : STATSEG_FOREIGN;
	if (kind == STATSEG_OURS && s->head.device == (uint64_t)st->st_dev &&
	    s->head.inode == (uint64_t)st->st_ino) {
		a->segment = s;
		return 0;
	}
	shm_detach(s);
	return kind == STATSEG_OTHER ? other_layout(layout, why, size) : -1;
}

static int
find(struct attach *a, char *why, size_t size)
{
	struct stat st;
	int id, code;

	if (stat(a->state, &st) == -1) {
		text_format(why, size, "%s: %s", a->state, strerror(errno));
		if (errno == EACCES)
			return EX_NOPERM;
		text_format(why, size, "no netradiod runs with state directory "
		    "%s: there is no such directory", a->state);
		return EX_UNAVAILABLE;
	}
	if ((code = read_file(a->state, &st, &id, why, size)) != 0 ||
	    (code = try(a, id, &st, why, size)) != -1)
		return code;
	id = shm_find(ftok(a->state, IPCFILE_KEY_SEGMENT));
	if ((code = try(a, id, &st, why, size)) != -1)
		return code;
	text_format(why, size, "no netradiod runs with state directory %s",
	    a->state);
	return EX_UNAVAILABLE;
}

int
attach_open(struct attach *a, const char *state, char *why, size_t size)
{
	int code;

	memset(a, 0, sizeof(*a));
	a->state = state != NULL ? xstrdup(state) : default_state();
	code = find(a, why, size);
	if (code == 0 && sem_is_held(a->segment->head.sem) == 0) {
		text_format(why, size, "netradiod (process %d) was killed; "
		    "what it left in %s is cleared away by the next start",
		    (int)a->segment->head.pid, a->state);
		code = EX_UNAVAILABLE;
	}
	if (code != 0)
		attach_close(a);
	return code;
}

void
attach_close(struct attach *a)
{
	if (a->segment != NULL)
		shm_detach(a->segment);
	free(a->state);
	memset(a, 0, sizeof(*a));
}
