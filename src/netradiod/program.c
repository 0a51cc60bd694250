/* SPDX-License-Identifier: ISC */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "playlist.h"

/* Where the track that plays stands in the new list: the round goes on from
 * there; if it is gone, from the same place. */
static void
find_place(struct program *p, const struct playlist *list)
{
	const char *path = p->list->tracks[p->at].path;
	size_t i;

	for (i = 0; i < list->ntracks; i++)
		if (strcmp(list->tracks[i].path, path) == 0) {
			p->at = i;
			return;
		}
	/* The next step must hit what stands at this place now. */
	if (p->at >= list->ntracks)
		p->at = list->ntracks > 0 ? list->ntracks - 1 : 0;
	else if (p->at > 0)
		p->at--;
	else
		p->begun = 0;
}

const struct track *
program_track(const struct program *p)
{
	if (p->source != PROGRAM_FILE || p->media == NULL ||
	    p->on >= p->list->ntracks)
		return NULL;
	return &p->list->tracks[p->on];
}

const struct track *
program_waiting(const struct program *p, int64_t *flicks)
{
	if (p->source == PROGRAM_FILE || p->media == NULL ||
	    p->on >= p->list->ntracks)
		return NULL;
	*flicks = p->at_flicks;
	return &p->list->tracks[p->on];
}

const char *
program_name(const struct program *p)
{
	return p->source == PROGRAM_LIVE ? "live" :
	    p->source == PROGRAM_VOICE ? "announcement" : NULL;
}

const struct media_facts *
program_facts(const struct program *p)
{
	if (p->source == PROGRAM_VOICE)
		return voice_facts(&p->listener);
	if (p->source == PROGRAM_LIVE)
		return livepipe_facts(p->live);
	return p->media != NULL ? media_facts(p->media) : NULL;
}

const struct track *
program_ahead(const struct program *p, int is_over,
    int (*fits)(void *arg, const struct media_facts *facts), void *arg)
{
	size_t i, n = p->list->ntracks;
	/* The track that waits is still to come. */
	size_t over = is_over && p->source == PROGRAM_FILE;
	size_t from = p->begun ? p->on + over : 0;
	const struct track *t;

	for (i = 0; i < n; i++) {
		t = &p->list->tracks[(from + i) % n];
		if (t->problem == NULL && fits(arg, &t->facts))
			return t;
	}
	return NULL;
}

/*
 * A track that could not be played (on).  Of a row of them only the first is
 * named, and every track only once until the list changes.
 */
static void
say_bad(struct program *p, const char *why)
{
	p->bad_tracks++;
	if (p->on >= p->list->ntracks || p->failed > 0 ||
	    (p->said != NULL && p->said[p->on]))
		return;
	if (p->said != NULL)
		p->said[p->on] = 1;
	p->is_news = 1;
	log_warnx("channel %u: skipping %s: %s", p->number,
	    p->list->tracks[p->on].path, why);
}

static void
set_list(struct program *p, struct playlist *list)
{
	playlist_put(p->list);
	p->list = list;
	p->has_live = list->has_live;
	p->tried = p->failed = 0;
	free(p->said);
	/* Without memory for it, things are said more often. */
	p->said = calloc(list->ntracks > 0 ? list->ntracks : 1, 1);
	if (list->is_shuffled)
		shuffle_begin(&p->shuffle, list->ntracks);
}

int
program_init(struct program *p, const struct channel_def *def, int is_root,
    const char *charset)
{
	uint64_t seed = (uint64_t)clock_real_ns();

	memset(p, 0, sizeof(*p));
	/* Not for secrets: any other order than last time will do. */
	getrandom(&seed, sizeof(seed), GRND_NONBLOCK);
	shuffle_init(&p->shuffle, seed);
	p->number = def->number;
	p->dir = strdup(def->dir);
	p->is_root = is_root;
	p->charset = strdup(charset);
	if (p->dir == NULL || p->charset == NULL)
		return -1;
	set_list(p, playlist_get(def->list));
	return 0;
}

static void
end_live(struct program *p)
{
	if (p->live != NULL)
		livepipe_done(p->live);
	free(p->live);
	p->live = NULL;
}

void
program_done(struct program *p)
{
	media_close(p->media);
	end_live(p);
	voice_listen_done(&p->listener);
	playlist_put(p->list);
	playlist_put(p->next_list);
	free(p->dir);
	free(p->charset);
	free(p->wish);
	free(p->said);
	shuffle_done(&p->shuffle);
}

uint32_t
program_hash(const char *path)
{
	uint32_t hash = (uint32_t)hash64_of(path, strlen(path));

	return hash != 0 ? hash : 1;
}

void
program_resume(struct program *p, uint32_t hash, int64_t flicks)
{
	p->resume = hash;
	p->resume_at = flicks;
}

int64_t
program_position(const struct program *p)
{
	return p->position;
}

void
program_listen(struct program *p, struct voice *v)
{
	p->voice = v;
	voice_listen(v, &p->listener);
}

void
program_replace(struct program *p, struct playlist *list)
{
	playlist_put(p->next_list);
	p->next_list = list;
	p->has_live = list->has_live;
}

void
program_skip(struct program *p)
{
	media_close(p->media);
	p->media = NULL;
	p->fresh = p->was_paused = 0;
	p->tried = 0;
}

void
program_pause(struct program *p, int on)
{
	if (p->is_paused && !on)
		p->was_paused = 1;
	p->is_paused = on;
}

void
program_play(struct program *p, char *path)
{
	free(p->wish);
	p->wish = path;
}

/* Between two tracks: a list that waits takes its place. */
static void
take_next_list(struct program *p)
{
	if (p->next_list == NULL)
		return;
	if (p->begun && p->at < p->list->ntracks)
		find_place(p, p->next_list);
	set_list(p, p->next_list);
	p->next_list = NULL;
}

/* dir/path on the heap: thousands of channels have small stacks. */
static int
open_in(const char *dir, const char *path)
{
	size_t size = strlen(dir) + strlen(path) + 2;
	char *full = malloc(size);
	int fd, saved;

	if (full == NULL)
		return -1;
	text_format(full, size, "%s/%s", dir, path);
	/* Non-blocking in case somebody put a named pipe there. */
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	saved = errno;
	free(full);
	errno = saved;
	return fd;
}

/* Count what a step took that began then. */
static void
count_time(struct program *p, int64_t began_ns)
{
	p->debt_ns += clock_mono_ns() - began_ns;
}

/* Whether files cost more time than there is. */
static int
is_tired(const struct program *p)
{
	return p->debt_ns > PROGRAM_PATIENCE_NS;
}

/* Open one track: 0, or -1 after a line in the log. */
static int
open_track(struct program *p, const struct track *t)
{
	const char *problem = NULL;
	int64_t began = clock_mono_ns();
	struct stat st;
	int fd;

	if ((fd = open_in(p->dir, t->path)) == -1) {
		say_bad(p, strerror(errno));
		return -1;
	}
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(fd);
		say_bad(p, "no regular file");
		return -1;
	}
	/* Thousands of files on one disk: fewer and longer reads ahead. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	p->media = media_open(fd, &problem);
	count_time(p, began);
	if (p->media == NULL) {
		say_bad(p, problem != NULL ? problem : "cannot be played");
		return -1;
	}
	/* It may have become another file since it was looked at. */
	if ((problem = media_unsendable(media_facts(p->media))) != NULL) {
		say_bad(p, problem);
		media_close(p->media);
		p->media = NULL;
		return -1;
	}
	p->fresh = 1;
	p->skipped = p->at_flicks = 0;
	return 0;
}

/* Open the track that a former run left, where it left it: 0, or -1 if there
 * is none. */
static int
open_resumed(struct program *p)
{
	const struct track *t = NULL;
	size_t i;

	for (i = 0; p->resume != 0 && i < p->list->ntracks; i++)
		if (program_hash(p->list->tracks[i].path) == p->resume) {
			t = &p->list->tracks[i];
			break;
		}
	p->resume = 0;
	if (t == NULL)
		return -1;
	p->at = p->on = i;
	p->begun = 1;
	if (t->problem != NULL || open_track(p, t) == -1)
		return -1;
	p->skipped = p->at_flicks = media_seek(p->media, p->resume_at,
	    t->frames > 0 ? t->index : NULL);
	return 0;
}

/* What comes after the track at hand; there is one at least. */
static size_t
next_place(struct program *p)
{
	size_t n = p->list->ntracks;

	if (p->list->is_shuffled)
		return shuffle_next(&p->shuffle, p->begun ? p->at : n);
	return p->begun ? (p->at + 1) % n : 0;
}

/* Open what somebody wished for: 0, or -1 if there is nothing of it. */
static int
open_wish(struct program *p)
{
	char *path = p->wish;
	size_t i;

	p->wish = NULL;
	for (i = 0; path != NULL && i < p->list->ntracks; i++)
		if (strcmp(p->list->tracks[i].path, path) == 0)
			break;
	if (path != NULL && i == p->list->ntracks)
		log_warnx("channel %u: %s is no longer there and cannot be "
		    "played next", p->number, path);
	free(path);
	if (path == NULL || i == p->list->ntracks)
		return -1;
	p->on = i;
	return open_track(p, &p->list->tracks[i]);
}

/* Go to the next track that opens: 0; -1: a whole round opened nothing, or it
 * took too long so far. */
static int
next_track(struct program *p)
{
	const struct track *t;
	size_t tries;

	take_next_list(p);
	if (open_resumed(p) == 0 || open_wish(p) == 0)
		return 0;
	/* From the middle of one order it takes the whole of the next one to
	 * have had them all. */
	tries = p->list->ntracks * (p->list->is_shuffled ? 2 : 1);
	while (p->tried < tries && !is_tired(p)) {
		p->at = next_place(p);
		p->begun = 1;
		p->on = p->at;
		t = &p->list->tracks[p->at];
		p->tried++;
		if (t->problem != NULL)		/* was told with the library */
			continue;
		if (open_track(p, t) == 0)
			return 0;
		p->failed++;
	}
	return -1;
}

/* What the directory holds now takes the place of the list that gave nothing;
 * if it is the same, what was said of its tracks is not said again. */
static void
reread(struct program *p)
{
	struct library_options opt = { .charset = p->charset };
	struct playlist *fresh;

	/* What was looked at before and did not change costs one stat. */
	fresh = playlist_load_after(p->dir, p->is_root, &opt, p->list);
	if (fresh == NULL)
		return;
	if (playlist_is_equal(p->list, fresh)) {
		playlist_put(fresh);
		p->tried = p->failed = 0;
	} else
		set_list(p, fresh);
	p->begun = 0;
}

/* Nothing plays: look at the directory again when it is time. */
static void
look_again(struct program *p, int64_t now_ns)
{
	/* One that has nothing but a pipe is as it should be. */
	if (p->list->ntracks == 0 && p->has_live && p->next_list == NULL)
		return;
	if (!p->is_silent)
		log_warnx("channel %u: nothing to play in %s: %s, looking "
		    "again every %d s", p->number, p->dir, p->has_played ?
		    "sending silence" : "sending nothing",
		    (int)(PROGRAM_LOOK_NS / NS_PER_S));
	else if (now_ns >= p->look_ns) {
		reread(p);
		next_track(p);
	} else
		return;
	p->is_silent = 1;
	p->look_ns = now_ns + PROGRAM_LOOK_NS;
}

static void
end_track(struct program *p, int result)
{
	if (result == -1)
		say_bad(p, strerror(errno));
	else if (p->fresh && p->skipped == 0)
		say_bad(p, "no frame in it");
	if ((p->fresh && p->skipped == 0) || result == -1)
		p->failed++;
	else
		p->tried = 0;
	media_close(p->media);
	p->media = NULL;
}

/* The live pipe beside the tracks; NULL: no memory. */
static struct livepipe *
new_live(const struct program *p)
{
	size_t size = strlen(p->dir) + sizeof("/" LIVEPIPE_NAME);
	struct livepipe *live = malloc(sizeof(*live));
	char *path = malloc(size), what[32];

	if (live != NULL && path != NULL) {
		text_format(path, size, "%s/" LIVEPIPE_NAME, p->dir);
		text_format(what, sizeof(what), "channel %u", p->number);
		if (livepipe_init(live, path, what) == 0) {
			free(path);
			return live;
		}
		livepipe_done(live);
	}
	free(path);
	free(live);
	return NULL;
}

/* As livepipe_next, where there is a pipe. */
static enum livepipe_event
next_live(struct program *p, int64_t now_ns, struct frame *f)
{
	if (p->live == NULL && p->has_live)
		p->live = new_live(p);
	else if (p->live != NULL && !p->has_live && p->live->state ==
	    LIVEPIPE_IDLE)
		end_live(p);
	return p->live != NULL ? livepipe_next(p->live, now_ns, f) :
	    LIVEPIPE_NONE;
}

/* What goes before the tracks has a frame, or a gap: 1, and what that is. */
static int
interrupt(struct program *p, int64_t now_ns, struct frame *f,
    enum program_event *event)
{
	enum program_source source = PROGRAM_VOICE;
	enum livepipe_event e = voice_next(p->voice, &p->listener,
	    now_ns, f);
	int64_t *at = &p->voice_at;

	if (e == LIVEPIPE_NONE && !p->is_paused) {
		source = PROGRAM_LIVE;
		at = &p->live_at;
		e = next_live(p, now_ns, f);
	}
	if (e == LIVEPIPE_NONE)
		return 0;
	if (e == LIVEPIPE_BEGIN)
		*at = 0;
	p->position = *at;
	*event = e == LIVEPIPE_GAP ? PROGRAM_SILENCE :
	    e == LIVEPIPE_BEGIN ? PROGRAM_TRACK :
	    e == LIVEPIPE_AGAIN || p->source != source || p->was_paused ?
	    PROGRAM_AGAIN : PROGRAM_FRAME;
	if (e != LIVEPIPE_GAP) {
		*at += flick_of_samples(f->samples, f->rate);
		p->was_paused = 0;
	}
	if (p->source != source && source == PROGRAM_LIVE)
		log_notice("channel %u: live", p->number);
	p->source = source;
	return 1;
}

/* Files that are slow to give something are left alone for a moment. */
static void
rest(struct program *p, int64_t now_ns)
{
	p->rest_ns = now_ns + 3 * p->debt_ns;
	p->debt_ns = 0;
	p->was_paused = 1;
}

/* The next frame of the track that is open: as media_next(). */
static int
read_frame(struct program *p, struct frame *f)
{
	int64_t began = clock_mono_ns();
	int result = media_next(p->media, f);

	count_time(p, began);
	if (result != 1)
		return result;
	p->debt_ns -= flick_to_ns(flick_of_samples(f->samples, f->rate));
	if (p->debt_ns < 0)
		p->debt_ns = 0;
	return 1;
}

/* The next frame of the tracks: 1; 0: nothing plays, or not yet. */
static int
next_frame(struct program *p, int64_t now_ns, struct frame *f)
{
	int result;

	if (now_ns < p->rest_ns)
		return 0;
	while (!is_tired(p)) {
		if (p->media == NULL && next_track(p) == -1 && !is_tired(p))
			look_again(p, now_ns);
		if (is_tired(p))
			break;
		if (p->media == NULL)
			return 0;
		if ((result = read_frame(p, f)) == 1)
			return 1;
		end_track(p, result);
	}
	rest(p, now_ns);
	return 0;
}

enum program_event
program_next(struct program *p, int64_t now_ns, struct frame *f)
{
	enum program_event event;

	if (interrupt(p, now_ns, f, &event))
		return event;
	if (p->source == PROGRAM_LIVE)
		log_notice("channel %u: live no more", p->number);
	/* The track that waited goes on. */
	if (p->source != PROGRAM_FILE)
		p->was_paused = 1;
	p->source = PROGRAM_FILE;
	p->position = p->at_flicks;
	if (p->is_paused)
		return PROGRAM_PAUSE;
	if (!next_frame(p, now_ns, f))
		return PROGRAM_SILENCE;
	event = p->fresh ? PROGRAM_TRACK : p->was_paused ? PROGRAM_AGAIN :
	    PROGRAM_FRAME;
	p->position = p->at_flicks;
	p->at_flicks += flick_of_samples(f->samples, f->rate);
	p->fresh = p->was_paused = 0;
	if (p->failed > 1 && p->is_news)
		log_warnx("channel %u: %zu tracks in a row could not be played",
		    p->number, p->failed);
	if (p->is_silent)
		log_notice("channel %u: plays again", p->number);
	p->is_silent = 0;
	p->tried = p->failed = 0;
	p->is_news = 0;
	p->has_played = 1;
	return event;
}
