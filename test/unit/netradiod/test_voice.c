/* SPDX-License-Identifier: ISC */
/*
 * Announcements and who hears them.  The thread plays in real time, so what is
 * said here is short, and waited for with a deadline.
 */
#include "voice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "made.h"
#include "media.h"
#include "tap.h"

#define MARK		200
#define PATIENCE_NS	(20 * NS_PER_S)

static char root[] = "/tmp/netradio-voice.XXXXXX";

static void
nap(void)
{
	struct timespec t = { 0, 2000000 };

	nanosleep(&t, NULL);
}

static enum livepipe_event
next(struct voice *v, struct voice_listener *l, struct frame *f)
{
	return voice_next(v, l, clock_mono_ns(), f);
}

static void
put_mp3(struct made *f, char letter, unsigned n)
{
	uint8_t p[417] = { 0xff, 0xfb, 0x90, 0x64 };
	unsigned i;

	for (i = 0; i < n; i++) {
		p[MARK] = (uint8_t)letter;
		p[MARK + 1] = (uint8_t)i;
		put(f, p, sizeof(p));
	}
}

static struct media *
made_media(const struct made *f)
{
	const char *problem;
	struct media *m = media_open(made_fd(f), &problem);

	if (m == NULL)
		abort();
	return m;
}

static struct media *
mp3(char letter, unsigned n)
{
	struct made f = { NULL, 0, 0 };
	struct media *m;

	put_mp3(&f, letter, n);
	m = made_media(&f);
	free(f.p);
	return m;
}

/* All that a listener hears until it is over: "A0-9 B0-3"; a break in the
 * order is an A in front. */
struct ear {
	struct voice_listener l;
	char text[1024];
	size_t used;
	char letter;
	int next, heard, is_over;
};

static void
write_end(struct ear *e)
{
	if (e->letter != 0)
		e->used += (size_t)snprintf(e->text + e->used,
		    sizeof(e->text) - e->used, "-%d ", e->next - 1);
	e->letter = 0;
}

/* One look. */
static void
hear(struct voice *v, struct ear *e)
{
	enum livepipe_event event;
	struct frame f;

	event = next(v, &e->l, &f);
	if (event == LIVEPIPE_NONE || event == LIVEPIPE_GAP) {
		if (e->heard > 0 && event == LIVEPIPE_NONE) {
			write_end(e);
			e->is_over = 1;
		}
		return;
	}
	e->heard++;
	if (event == LIVEPIPE_BEGIN || f.data[MARK] != e->letter ||
	    f.data[MARK + 1] != e->next) {
		write_end(e);
		e->letter = (char)f.data[MARK];
		e->used += (size_t)snprintf(e->text + e->used,
		    sizeof(e->text) - e->used, "%c%d", e->letter,
		    f.data[MARK + 1]);
	}
	e->next = f.data[MARK + 1] + 1;
}

static void
listen_until_over(struct voice *v, struct ear *e, unsigned n)
{
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	unsigned i, over;

	do {
		nap();
		for (i = over = 0; i < n; i++) {
			if (!e[i].is_over)
				hear(v, &e[i]);
			over += (unsigned)e[i].is_over;
		}
	} while (over < n && clock_mono_ns() < end);
}

static void
test_file(struct voice *v)
{
	static struct ear e[3];
	int64_t begun = clock_mono_ns(), took;
	unsigned i;

	for (i = 0; i < 3; i++)
		voice_listen(v, &e[i].l);
	hear(v, &e[0]);
	is(e[0].heard, 0, "nothing is announced");
	is(voice_say(v, mp3('a', 40), "a"), 0, "one file");
	listen_until_over(v, e, 3);
	took = clock_mono_ns() - begun;
	is_str(e[0].text, "a0-39 ", "all of it is heard");
	ok(strcmp(e[1].text, e[0].text) == 0 && strcmp(e[2].text, e[0].text) ==
	    0, "by all");
	/* Its 1045 ms less what is ahead. */
	ok(took > 700 * NS_PER_MS, "no faster than it plays: %d ms",
	    (int)(took / NS_PER_MS));
	for (i = 0; i < 3; i++)
		voice_listen_done(&e[i].l);
}

static void
test_several(struct voice *v)
{
	static struct ear e, late;
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	int i, n = 0;

	voice_listen(v, &e.l);
	is(voice_say(v, mp3('a', 3), "ding"), 0, "a short one");
	i = voice_say(v, mp3('b', 40), "b");
	ok(i == 0 || i == 1, "another behind it");
	voice_say(v, mp3('c', 5), "c");
	do {
		nap();
		hear(v, &e);
	} while (e.heard < 20 && clock_mono_ns() < end);
	voice_listen(v, &late.l);
	listen_until_over(v, &e, 1);
	is_str(e.text, "a0-2 b0-39 c0-4 ", "one after the other");
	voice_listen_done(&e.l);
	for (i = 0; i < VOICE_QUEUE + 5; i++)
		n += voice_say(v, mp3('x', 3), "x") != -1;
	ok(n >= VOICE_QUEUE && n < VOICE_QUEUE + 3,
	    "no more than some may wait: %d", n);
	listen_until_over(v, &late, 1);
	ok(late.letter == 0 && strstr(late.text, "c0-4") != NULL,
	    "who comes later hears the rest: %s", late.text);
	voice_listen_done(&late.l);
}

/* 96 kHz of 24 bits: the ring holds less than half a second. */
static void
test_laggard(struct voice *v)
{
	struct made f = { NULL, 0, 0 };
	static struct voice_listener l;
	int64_t end = clock_mono_ns() + PATIENCE_NS, until;
	enum livepipe_event event;
	struct frame frame;

	put_text(&f, "RIFF");
	put_le(&f, 36 + 1152000);
	put_text(&f, "WAVEfmt ");
	put_le(&f, 16);
	put_le(&f, 2u << 16 | 1);
	put_le(&f, 96000);
	put_le(&f, 576000);
	put_le(&f, 24u << 16 | 6);
	put_text(&f, "data");
	put_le(&f, 1152000);
	put_random(&f, 1, 1152000);
	voice_listen(v, &l);
	voice_say(v, made_media(&f), "pcm");
	do
		nap();
	while ((event = next(v, &l, &frame)) == LIVEPIPE_NONE &&
	    clock_mono_ns() < end);
	is(event, LIVEPIPE_BEGIN, "PCM begins");
	is(voice_facts(&l)->rate, 96000, "its facts come with it");
	until = clock_mono_ns() + NS_PER_S;
	while (clock_mono_ns() < until)
		nap();
	is(next(v, &l, &frame), LIVEPIPE_AGAIN,
	    "who was held up goes on with what is there");
	is(next(v, &l, &frame), LIVEPIPE_FRAME, "and on from there");
	while (next(v, &l, &frame) != LIVEPIPE_NONE &&
	    clock_mono_ns() < end)
		nap();
	is(l.is_hearing, 0, "to its end");
	voice_listen_done(&l);
	free(f.p);
}

/* What there is of it now was heard. */
static enum livepipe_event
catch_up(struct voice *v, struct voice_listener *l)
{
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	enum livepipe_event event;
	struct frame f;

	while ((event = next(v, l, &f)) != LIVEPIPE_GAP &&
	    clock_mono_ns() < end)
		if (event == LIVEPIPE_NONE)
			nap();
	return event;
}

static void
test_stuck(struct voice *v)
{
	static struct voice_listener l;
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	enum livepipe_event event;
	struct frame f;

	voice_listen(v, &l);
	voice_say(v, mp3('s', 60), "stuck");
	is(catch_up(v, &l), LIVEPIPE_GAP, "no frame yet: it is waited for");
	while (voice_next(v, &l, clock_mono_ns() + 2 * NS_PER_S, &f) !=
	    LIVEPIPE_GAP && clock_mono_ns() < end)
		;
	ok(l.is_hearing, "also after 2 s");
	while ((event = voice_next(v, &l, clock_mono_ns() + 4 * NS_PER_S,
	    &f)) != LIVEPIPE_NONE && clock_mono_ns() < end)
		;
	is(event, LIVEPIPE_NONE, "after 4 s no more");
	do
		nap();
	while ((event = next(v, &l, &f)) == LIVEPIPE_NONE &&
	    clock_mono_ns() < end);
	is(event, LIVEPIPE_BEGIN, "it begins again when it comes");
	while (next(v, &l, &f) != LIVEPIPE_NONE && clock_mono_ns() < end)
		nap();
	voice_listen_done(&l);
}

static void
test_hush(struct voice *v)
{
	static struct voice_listener l;
	static struct ear e;
	struct frame f;
	unsigned dropped = 7;

	is(voice_hush(v, &dropped), 0, "quiet where nothing is announced");
	is(dropped, 0, "and nothing waits");
	voice_listen(v, &l);
	voice_say(v, mp3('q', 200), "q");
	catch_up(v, &l);
	voice_say(v, mp3('r', 200), "r");
	voice_say(v, mp3('r', 200), "r");
	ok(voice_is_on(v), "something is announced");
	l.at -= 5;
	is(voice_hush(v, &dropped), 1, "it is ended");
	is(dropped, 2, "with those that wait");
	ok(!voice_is_on(v), "nothing is");
	is(next(v, &l, &f), LIVEPIPE_NONE, "nor heard, at once");
	voice_listen(v, &e.l);
	is(voice_say(v, mp3('t', 20), "t"), 0, "another one");
	listen_until_over(v, &e, 1);
	is_str(e.text, "t0-19 ", "is all that is heard then");
	is(next(v, &l, &f), LIVEPIPE_BEGIN, "by who comes late as well");
	voice_listen_done(&l);
	voice_listen_done(&e.l);
}

/* Who speaks is told. */
static void
test_hush_pipe(struct voice *v)
{
	struct made f = { NULL, 0, 0 };
	static struct ear e;
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	unsigned dropped;
	char path[64];
	int fd = -1;

	snprintf(path, sizeof(path), "%s/live", root);
	if (mkfifo(path, 0600) == -1)
		abort();
	signal(SIGPIPE, SIG_IGN);
	voice_listen(v, &e.l);
	put_mp3(&f, 'p', 60);
	do {
		nap();
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	} while (fd == -1 && clock_mono_ns() < end);
	if (write(fd, f.p, f.len) != (ssize_t)f.len)
		abort();
	while (e.heard < 5 && clock_mono_ns() < end) {
		nap();
		hear(v, &e);
	}
	is(voice_hush(v, &dropped), 1, "a pipe is on, and ended");
	while (write(fd, "x", 1) == 1 && clock_mono_ns() < end)
		nap();
	ok(errno == EPIPE, "its writer is told");
	close(fd);
	do {
		nap();
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	} while (fd == -1 && clock_mono_ns() < end);
	ok(fd != -1, "the next one may write");
	close(fd);
	voice_listen_done(&e.l);
	unlink(path);
	free(f.p);
}

static void
test_pipe(struct voice *v)
{
	static struct ear e;
	struct made f = { NULL, 0, 0 };
	int64_t end = clock_mono_ns() + PATIENCE_NS;
	char path[64];
	int fd = -1;

	snprintf(path, sizeof(path), "%s/live", root);
	if (mkfifo(path, 0600) == -1)
		abort();
	voice_listen(v, &e.l);
	while (fd == -1 && clock_mono_ns() < end) {
		nap();
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	}
	ok(fd != -1, "a pipe that is made later is found");
	put_mp3(&f, 'p', 30);
	if (write(fd, f.p, f.len) != (ssize_t)f.len)
		abort();
	close(fd);
	listen_until_over(v, &e, 1);
	is_str(e.text, "p0-29 ", "what is written to it is heard");
	voice_listen_done(&e.l);
	unlink(path);
	free(f.p);
}

int
main(void)
{
	static struct ear none;
	struct frame f;
	struct voice *v;

	if (mkdtemp(root) == NULL)
		return 1;
	log_init("test");
	voice_listen(NULL, &none.l);
	is(next(NULL, &none.l, &f), LIVEPIPE_NONE,
	    "where there is no voice nothing is heard");
	v = voice_start("/nonexistent", 0);
	voice_move(v, root);
	test_file(v);
	test_several(v);
	test_laggard(v);
	test_pipe(v);
	test_stuck(v);
	test_hush(v);
	test_hush_pipe(v);
	voice_say(v, mp3('z', 100), "the end comes before");
	voice_say(v, mp3('z', 100), "and before");
	is(voice_stop(v, clock_mono_ns() + PATIENCE_NS), 0, "it ends");
	voice_free(v);
	voice_free(NULL);
	rmdir(root);
	return tap_end();
}
