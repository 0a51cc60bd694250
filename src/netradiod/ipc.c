/* SPDX-License-Identifier: ISC */
#include "ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"
#include "os/msgq.h"
#include "os/sem.h"
#include "os/shm.h"
#include "wire/ipcfile.h"

#define FRESH	IPCFILE_NAME ".new"

/* What was found of a former run. */
struct found {
	struct ipcfile had;	/* -1: none that is ours */
	int is_ours;		/* the segment says so */
	int is_taken;		/* our key is another one's */
	int is_hidden;		/* the file is another user's */
	char path[STATSEG_PATH_MAX];	/* his state directory, or "" */
};

static key_t
key_of(const struct ipc *i, int letter)
{
	return i->has_keys && !i->is_lost ? ftok(i->state, letter) :
	    IPC_PRIVATE;
}

/* Device and inode: 0, or -1 with errno. */
static int
identify(const char *state, struct statseg_id *id)
{
	struct stat st;

	if (stat(state, &st) == -1)
		return -1;
	memset(id, 0, sizeof(*id));
	id->device = st.st_dev;
	id->inode = st.st_ino;
	id->path = state;
	return 0;
}

static void
read_file(const char *state, struct found *f)
{
	char path[4096], text[IPCFILE_BYTES_MAX + 1] = "";

	if (text_format(path, sizeof(path), "%s/" IPCFILE_NAME, state) == 0 &&
	    file_slurp(path, text, IPCFILE_BYTES_MAX) == -1) {
		f->is_hidden = errno == EACCES;
		text[0] = '\0';
	}
	ipcfile_parse(&f->had, text);
}

/*
 * Whether the segment is of this directory: 1, and the ids that it names into
 * f; 0: another one's, f->path says whose if it is netradiod's; -1: there is
 * none, or it cannot be looked at.
 */
static int
look_into(int shm, const struct statseg_id *id, struct found *f)
{
	const struct statseg *s;
	enum statseg_kind kind;
	uint32_t layout;
	size_t size;
	uid_t maker;
	int ours = 0;

	if (shm == -1 || (s = shm_attach(shm, &size, &maker)) == NULL)
		return -1;
	kind = file_trusts(id->path, IPCFILE_NAME, maker) ?
	    statseg_check(s, size, &layout) : STATSEG_FOREIGN;
	/* The head of another layout may be another one; the directory's own
	 * file is then what tells. */
	if (kind == STATSEG_OURS) {
		ours = s->head.device == id->device &&
		    s->head.inode == id->inode;
		text_copyn(f->path, sizeof(f->path), s->head.path,
		    strnlen(s->head.path, sizeof(s->head.path) - 1));
		text_clean(f->path);
	}
	if (ours) {
		f->had.segment = shm;
		f->had.queue = s->head.queue;
		f->had.semaphore = s->head.sem;
	} else if (kind == STATSEG_OTHER && shm == f->had.segment)
		ours = 1;	/* a former version's, by the file */
	shm_detach(s);
	return ours;
}

/* What a former run left here, by the file or by the key. */
static void
find(const char *state, const struct statseg_id *id, struct found *f)
{
	int keyed;

	memset(f, 0, sizeof(*f));
	read_file(state, f);
	if (look_into(f->had.segment, id, f) == 1) {
		f->is_ours = 1;
		return;
	}
	keyed = shm_find(ftok(state, IPCFILE_KEY_SEGMENT));
	switch (look_into(keyed, id, f)) {
	case 1:
		f->is_ours = 1;
		return;
	case 0:
		f->is_taken = 1;
		break;
	}
	/* Without a segment that vouches for them ids are just numbers: the
	 * semaphore is found by its key, the queue must agree with the file. */
	f->had.segment = f->had.semaphore = -1;
	keyed = msgq_find(ftok(state, IPCFILE_KEY_QUEUE));
	if (f->is_taken || f->had.queue != keyed)
		f->had.queue = -1;
}

int
ipc_sweep(const char *state)
{
	struct statseg_id id;
	char file[4096];
	struct found f;
	int sem;

	if (identify(state, &id) == -1)
		return 0;
	find(state, &id, &f);
	sem = f.is_ours ? f.had.semaphore : f.is_taken ? -1 :
	    sem_find(ftok(state, IPCFILE_KEY_SEMAPHORE));
	if (!f.is_ours && !file_trusts(state, IPCFILE_NAME, sem_maker(sem)))
		sem = -1;
	if (sem != -1 && sem_is_held(sem) == 1)
		return 1;
	if (sem != -1)
		sem_unlock(sem);
	if (f.had.segment != -1)
		shm_remove(f.had.segment);
	if (f.had.queue != -1)
		msgq_remove(f.had.queue);
	if (text_format(file, sizeof(file), "%s/" IPCFILE_NAME, state) == 0)
		unlink(file);
	return 0;
}

/* STATEDIR/ipc, whole or not at all; in our directory, not in another that has
 * got its name. */
static void
write_file(struct ipc *i)
{
	char text[IPCFILE_BYTES_MAX];
	int fd, ok;

	ipcfile_format(&i->ids, text);
	/* One that a killed run left may be another user's. */
	unlinkat(i->dir, FRESH, 0);
	fd = openat(i->dir, FRESH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0640);
	ok = fd != -1 && file_write(fd, text, strlen(text)) == 0;
	if (fd != -1)
		close(fd);
	if (ok && renameat(i->dir, FRESH, i->dir, IPCFILE_NAME) == 0) {
		i->is_unwritten = 0;
		return;
	}
	if (!i->is_unwritten && !i->is_lost)
		log_warn("cannot write %s: netradioctl may not find us",
		    i->file);
	i->is_unwritten = 1;
	unlinkat(i->dir, FRESH, 0);
}

/* Make an object, without a key if its key is taken. */
static int
make_shm(const struct ipc *i)
{
	key_t key = key_of(i, IPCFILE_KEY_SEGMENT);
	int id = shm_make(key, sizeof(struct statseg));

	if (id == -1 && errno == EEXIST) {
		id = shm_find(key);
		log_warnx("the key of our segment is taken by segment %d, "
		    "which is not ours (ipcs -m; ipcrm -m %d if it is nobody's)"
		    ": ours has none", id, id);
		id = shm_make(IPC_PRIVATE, sizeof(struct statseg));
	}
	return id;
}

static int
make_queue(const struct ipc *i)
{
	key_t key = key_of(i, IPCFILE_KEY_QUEUE);
	int id = msgq_make(key);

	if (id == -1 && errno == EEXIST) {
		id = msgq_find(key);
		log_warnx("the key of our queue is taken by queue %d, which "
		    "is not ours (ipcs -q; ipcrm -q %d if it is nobody's): "
		    "ours has none", id, id);
		id = msgq_make(IPC_PRIVATE);
	}
	return id;
}

static void
open_segment(struct ipc *i)
{
	if ((i->ids.segment = make_shm(i)) != -1 &&
	    (i->segment = shm_attach_rw(i->ids.segment)) == NULL) {
		shm_remove(i->ids.segment);
		i->ids.segment = -1;
	}
	if (i->ids.segment == -1) {
		log_warn("no segment for statistics: netradioctl will not "
		    "see us");
		i->segment = xcalloc(1, sizeof(*i->segment));
	}
	i->is_mapped = i->ids.segment != -1;
	statseg_init(i->segment, &i->id, i->ids.queue, i->ids.semaphore);
}

/* The semaphore under our key, or without one if that is taken by a stranger.
 * One that we may not look at may be a daemon's of another user. */
static int
make_lock(const struct ipc *i, int *owner)
{
	key_t key = key_of(i, IPCFILE_KEY_SEMAPHORE);
	int id = sem_find(key);
	uid_t maker = id != -1 ? sem_maker(id) : (uid_t)-1;

	if (maker != (uid_t)-1 && !file_trusts(i->state, IPCFILE_NAME, maker)) {
		log_warnx("the key of our semaphore is taken by semaphore %d, "
		    "which is not ours (ipcs -s; ipcrm -s %d if it is "
		    "nobody's): ours has none", id, id);
		key = IPC_PRIVATE;
	}
	return sem_lock(key, owner);
}

/* The semaphore: 0, or -1 with errno. */
static int
take_lock(struct ipc *i, const struct found *f, int *owner)
{
	if (f->is_ours && f->had.semaphore != -1) {
		if (sem_lock_id(f->had.semaphore, owner) == 0) {
			i->ids.semaphore = f->had.semaphore;
			return 0;
		}
		if (errno != EIDRM && errno != EINVAL)
			return -1;
	}
	i->ids.semaphore = make_lock(i, owner);
	return i->ids.semaphore == -1 ? -1 : 0;
}

/* With the directory to ourselves. */
static int
open_all(struct ipc *i, int *owner)
{
	struct found f;

	find(i->state, &i->id, &f);
	i->has_keys = !f.is_taken;
	/* Without keys the file is what tells of a daemon that is alive. */
	if (f.is_taken && f.is_hidden) {
		errno = EACCES;
		return -1;
	}
	if (take_lock(i, &f, owner) == -1)
		return -1;
	if (f.is_taken)
		log_notice("the IPC keys of %s are taken by %s: ours have "
		    "none, %s names them", i->state, f.path[0] != '\0' ?
		    f.path : "another program", i->file);
	if (f.had.segment != -1)
		shm_remove(f.had.segment);
	if (f.had.queue != -1)
		msgq_remove(f.had.queue);
	if ((i->ids.queue = make_queue(i)) == -1)
		log_warn("no message queue: netradioctl cannot command us");
	open_segment(i);
	write_file(i);
	return 0;
}

int
ipc_open(struct ipc *i, const char *state, int *owner)
{
	int lock, ret, saved;
	size_t size;

	memset(i, 0, sizeof(*i));
	pthread_mutex_init(&i->lock, NULL);
	i->ids.segment = i->ids.queue = i->ids.semaphore = -1;
	*owner = 0;
	i->state = xstrdup(state);
	size = strlen(state) + sizeof("/" IPCFILE_NAME);
	i->file = xmalloc(size);
	text_format(i->file, size, "%s/" IPCFILE_NAME, state);
	i->dir = open(state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (i->dir == -1 || identify(i->state, &i->id) == -1) {
		saved = errno;
		ipc_done(i);
		errno = saved;
		return -1;
	}
	i->id.pid = (int)getpid();
	i->id.start_real_ns = clock_real_ns();
	i->id.start_mono_ns = clock_mono_ns();
	/* Two that start at once look one after the other. */
	lock = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock != -1)
		flock(lock, LOCK_EX);
	ret = open_all(i, owner);
	saved = errno;
	if (lock != -1)
		close(lock);
	if (ret == -1)
		ipc_done(i);
	errno = saved;
	return ret;
}

void
ipc_done(struct ipc *i)
{
	if (i->is_mapped)
		shm_detach(i->segment);
	else
		free(i->segment);
	if (i->dir != -1)
		close(i->dir);
	free(i->state);
	free(i->file);
	pthread_mutex_destroy(&i->lock);
}

void
ipc_abandon(const struct ipc *i)
{
	if (i->ids.segment != -1)
		shm_remove(i->ids.segment);
	if (i->ids.queue != -1)
		msgq_remove(i->ids.queue);
	/* Without the lock the directory may be another one's by now. */
	if (i->ids.semaphore == -1)
		return;
	unlinkat(i->dir, IPCFILE_NAME, 0);
	/* Last: whoever waits for it finds nothing left of us. */
	sem_unlock(i->ids.semaphore);
}

void
ipc_close(struct ipc *i)
{
	pthread_mutex_lock(&i->lock);
	if (!i->is_closed)
		ipc_abandon(i);
	i->is_closed = 1;
	i->ids.segment = i->ids.queue = i->ids.semaphore = -1;
	pthread_mutex_unlock(&i->lock);
}

/* A new segment under the old address. */
static int
renew_segment(struct ipc *i)
{
	int id = make_shm(i);

	if (id != -1 && shm_attach_over(id, i->segment) == -1) {
		shm_remove(id);
		id = -1;
	}
	i->ids.segment = id;
	if (id == -1) {
		log_warn("somebody removed the segment of the statistics, and "
		    "there is no other one");
		return 0;
	}
	statseg_init(i->segment, &i->id, i->ids.queue, i->ids.semaphore);
	write_file(i);
	log_warnx("somebody removed the segment of the statistics: made "
	    "again, id %d", id);
	return 1;
}

static void
renew_lock(struct ipc *i)
{
	int owner;

	if ((i->ids.semaphore = make_lock(i, &owner)) == -1)
		log_warn("somebody removed the semaphore, and it cannot be "
		    "made again: a second netradiod could start here");
	else
		log_warnx("somebody removed the semaphore: made again, id %d",
		    i->ids.semaphore);
	i->segment->head.sem = i->ids.semaphore;
	write_file(i);
}

/* Whether the name of the state directory still leads to it.  Its inode is no
 * other's: we hold it. */
static int
is_there(const struct ipc *i)
{
	struct statseg_id id;

	if (identify(i->state, &id) == 0)
		return id.device == i->id.device && id.inode == i->id.inode;
	/* What cannot be looked at now need not be gone. */
	return errno != ENOENT && errno != ENOTDIR;
}

/* Somebody has removed the state directory, or put another in its place, which
 * may be another daemon's by now. */
static void
look_at_directory(struct ipc *i)
{
	int is_lost = !is_there(i);

	if (is_lost && !i->is_lost)
		log_warnx("the state directory %s was removed or is another "
		    "one: netradioctl does not find us, and a restart will be "
		    "heard; put it back, or restart netradiod", i->state);
	else if (!is_lost && i->is_lost)
		log_notice("the state directory %s is back", i->state);
	i->is_lost = is_lost;
}

int
ipc_look(struct ipc *i)
{
	int renewed = 0;

	pthread_mutex_lock(&i->lock);
	if (!i->is_closed)
		look_at_directory(i);
	if (!i->is_closed && i->ids.semaphore != -1 &&
	    sem_is_held(i->ids.semaphore) == -1)
		renew_lock(i);
	if (!i->is_closed && i->ids.segment != -1 &&
	    !shm_is_there(i->ids.segment))
		renewed = renew_segment(i);
	/* The disk was full. */
	if (!i->is_closed && i->is_unwritten)
		write_file(i);
	pthread_mutex_unlock(&i->lock);
	return renewed;
}

void
ipc_close_queue(struct ipc *i)
{
	pthread_mutex_lock(&i->lock);
	if (i->ids.queue != -1)
		msgq_remove(i->ids.queue);
	i->ids.queue = -1;
	i->is_mute = 1;
	pthread_mutex_unlock(&i->lock);
}

int
ipc_queue(struct ipc *i)
{
	int id;

	pthread_mutex_lock(&i->lock);
	id = i->ids.queue;
	pthread_mutex_unlock(&i->lock);
	return id;
}

int
ipc_renew_queue(struct ipc *i, int gone)
{
	int id = -1;

	pthread_mutex_lock(&i->lock);
	if (!i->is_closed && !i->is_mute && i->ids.queue == gone) {
		if ((i->ids.queue = make_queue(i)) == -1)
			log_warn("somebody removed the message queue, and "
			    "there is no other one: no more commands");
		else
			log_warnx("somebody removed the message queue: made "
			    "again, id %d", i->ids.queue);
		i->segment->head.queue = i->ids.queue;
		write_file(i);
	}
	id = i->ids.queue;
	pthread_mutex_unlock(&i->lock);
	return id;
}
