/* SPDX-License-Identifier: ISC */
/* A named pipe in a temporary directory, with the time handed in. */
#include "livepipe.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "made.h"
#include "tap.h"

#define MARK		40
#define FRAME_NS	INT64_C(26122449)	/* 1152 samples at 44.1 kHz */
#define AHEAD		12	/* frames in 300 ms */

static char dir[] = "/tmp/netradio-livepipe.XXXXXX";
static char path[64];
static int said_fds[2];
static struct livepipe p;
static int64_t now = NS_PER_S;

static const char *
said(void)
{
	static char text[65536];
	ssize_t n = read(said_fds[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static int
open_writer(void)
{
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

/* n frames, from number first on. */
static void
put_mp3(int fd, unsigned first, unsigned n)
{
	uint8_t frame[417] = { 0xff, 0xfb, 0x90, 0x64 };

	for (; n > 0; n--, first++) {
		frame[MARK] = (uint8_t)first;
		if (write(fd, frame, sizeof(frame)) != sizeof(frame))
			abort();
	}
}

/* What n looks give, a frame's time apart: "B0 1 2 - ." (gap, nothing). */
static const char *
look(unsigned n)
{
	static char out[8192];
	enum livepipe_event e;
	struct frame f;
	size_t used = 0;

	out[0] = '\0';
	for (; n > 0; n--, now += FRAME_NS) {
		e = livepipe_next(&p, now, &f);
		used += (size_t)snprintf(out + used, sizeof(out) - used, "%s",
		    used > 0 ? " " : "");
		if (e == LIVEPIPE_NONE || e == LIVEPIPE_GAP)
			used += (size_t)snprintf(out + used,
			    sizeof(out) - used, "%s", e == LIVEPIPE_GAP ?
			    "-" : ".");
		else
			used += (size_t)snprintf(out + used,
			    sizeof(out) - used, "%s%d", e == LIVEPIPE_BEGIN ?
			    "B" : e == LIVEPIPE_AGAIN ? "A" : "",
			    f.data[MARK]);
	}
	return out;
}

static void
begin(void)
{
	livepipe_init(&p, path, "channel 7");
	look(1);
	said();
}

static void
test_no_pipe(void)
{
	begin();
	is_str(look(3), ". . .", "no pipe: nothing");
	is(p.fd, -1, "nothing is open");
	if (mkfifo(path, 0600) == -1)
		abort();
	now += LIVEPIPE_LOOK_NS;
	is_str(look(2), ". .", "a pipe: nothing, as nobody writes");
	ok(p.fd != -1, "but it is open");
	is_str(said(), "", "nothing is said");
	livepipe_done(&p);
}

static void
test_writer(void)
{
	int fd;

	begin();
	fd = open_writer();
	ok(fd != -1, "there is somebody to write to");
	is_str(look(2), ". .", "he does not write yet");
	put_mp3(fd, 0, 5);
	is_str(look(2), ". .", "not enough for a start");
	put_mp3(fd, 5, AHEAD - 4);
	is_str(look(3), "B0 1 2", "enough");
	is_str(livepipe_facts(&p)->codec, "mp3", "what it is");
	put_mp3(fd, 13, 2);
	close(fd);
	is_str(look(14), "3 4 5 6 7 8 9 10 11 12 13 14 . .",
	    "all of it, and he has gone");
	is(p.buf == NULL, 1, "no memory is kept for him");
	fd = open_writer();
	put_mp3(fd, 0, 3);
	close(fd);
	is_str(look(5), "B0 1 2 . .", "a short word is on air at once");
	livepipe_done(&p);
}

static void
test_slow(void)
{
	int fd;
	unsigned i;
	const char *s;

	begin();
	fd = open_writer();
	put_mp3(fd, 0, AHEAD + 1);
	is_str(look(15), "B0 1 2 3 4 5 6 7 8 9 10 11 - - -",
	    "too slow: a gap is bridged");
	put_mp3(fd, 13, 3);
	is_str(look(2), "- -", "until there is enough again");
	put_mp3(fd, 16, 10);
	is_str(look(3), "A12 13 14", "then it goes on with the next frame");
	while (strchr(look(1), '-') == NULL)
		;
	for (i = 0; i < 200 && strcmp(look(1), "-") == 0; i++)
		;
	ok((i + 2) * FRAME_NS > LIVEPIPE_BRIDGE_NS &&
	    (i - 2) * FRAME_NS < LIVEPIPE_BRIDGE_NS,
	    "bridged for 3 seconds, then others have the air");
	is(p.state, LIVEPIPE_LATE, "he has it still open");
	s = said();
	ok(strstr(s, "nothing comes through") != NULL, "which is said");
	put_mp3(fd, 30, AHEAD + 2);
	is_str(look(2), "B25 30", "when something comes it is on air again");
	close(fd);
	look(50);
	livepipe_done(&p);
}

/* Of what look(1) gives: the number. */
static int
number_of(const char *s)
{
	return (int)strtol(s + (s[0] == 'B'), NULL, 10);
}

/* A pipe holds 64 KiB. */
static void
test_fast(void)
{
	unsigned i, n = 0;
	uint8_t frame[417] = { 0xff, 0xfb, 0x90, 0x64 };
	const char *s;
	int fd, order = 1;

	begin();
	fd = open_writer();
	for (i = 0; i < 2000; ) {
		frame[MARK] = (uint8_t)i;
		if (write(fd, frame, sizeof(frame)) == sizeof(frame)) {
			i++;
			continue;
		}
		s = look(1);
		order &= number_of(s) == (int)(n & 0xff);
		n++;
	}
	close(fd);
	ok(i - n > 100 && i - n < 500, "a fast writer is held up");
	for (; n < i; n++) {
		s = look(1);
		order &= number_of(s) == (int)(n & 0xff);
	}
	ok(order, "and nothing of him is lost");
	is_str(look(2), ". .", "until he has gone");
	livepipe_done(&p);
}

static void
test_junk(void)
{
	struct made junk = { NULL, 0, 0 };
	const char *s;
	int fd, i;

	begin();
	fd = open_writer();
	put_random(&junk, 1, 1000);
	if (write(fd, junk.p, junk.len) != (ssize_t)junk.len)
		abort();
	close(fd);
	is_str(look(3), ". . .", "junk is nothing");
	s = said();
	ok(strstr(s, "cannot be played: no MPEG audio, ADTS or WAV") != NULL,
	    "and is named");
	fd = open_writer();
	for (i = 0; i < 200; i++) {
		if (write(fd, junk.p, junk.len) != (ssize_t)junk.len)
			abort();
		look(1);
	}
	is_str(look(2), ". .", "much of it is still nothing");
	s = said();
	ok(strstr(s, "cannot be played") != NULL && strchr(s, '\n') ==
	    strrchr(s, '\n'), "and named once");
	put_mp3(fd, 0, AHEAD + 1);
	is_str(look(2), "B0 1", "sound behind it is on air");
	close(fd);
	look(20);
	free(junk.p);
	livepipe_done(&p);
}

static void
test_changes(void)
{
	char other[64];
	int fd, old;

	begin();
	old = open_writer();
	put_mp3(old, 0, AHEAD + 1);
	is_str(look(2), "B0 1", "on air");
	unlink(path);
	if (mkfifo(path, 0600) == -1)
		abort();
	is_str(look(2), "2 3", "removed and made again: the writer keeps it");
	close(old);
	look(20);
	now += LIVEPIPE_LOOK_NS;
	look(1);
	fd = open_writer();
	ok(fd != -1, "the new one is open a second after he has gone");
	put_mp3(fd, 0, AHEAD + 1);
	is_str(look(2), "B0 1", "and on air");
	close(fd);
	look(20);
	snprintf(other, sizeof(other), "%s/other", dir);
	if (rename(path, other) == -1 || mkfifo(path, 0600) == -1)
		abort();
	now += LIVEPIPE_LOOK_NS;
	look(1);
	fd = open_writer();
	ok(fd != -1, "moved away and made again: that one is open");
	close(fd);
	unlink(other);
	unlink(path);
	now += LIVEPIPE_LOOK_NS;
	look(1);
	is(p.fd, -1, "removed");
	if (mkdir(path, 0700) == -1)
		abort();
	now += LIVEPIPE_LOOK_NS;
	is_str(look(1), ".", "a directory of that name is left alone");
	rmdir(path);
	livepipe_done(&p);
}

/* Fifty who are killed in the middle of a frame. */
static void
test_killed(void)
{
	uint8_t half[200] = { 0xff, 0xfb, 0x90, 0x64 };
	char want[64];
	int fd, i, good = 1;

	if (mkfifo(path, 0600) == -1)
		abort();
	begin();
	for (i = 0; i < 50; i++) {
		fd = open_writer();
		put_mp3(fd, (unsigned)i, 3);
		if (write(fd, half, sizeof(half)) != sizeof(half))
			abort();
		close(fd);
		snprintf(want, sizeof(want), "B%d %d %d .", i, i + 1, i + 2);
		good &= strcmp(look(4), want) == 0;
	}
	ok(good, "fifty writers in turn, each cut off in a frame");
	livepipe_done(&p);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL || pipe2(said_fds, O_NONBLOCK) == -1)
		return 1;
	snprintf(path, sizeof(path), "%s/live", dir);
	dup2(said_fds[1], 2);
	log_init("test");
	test_no_pipe();
	test_writer();
	test_slow();
	test_fast();
	test_junk();
	test_changes();
	test_killed();
	unlink(path);
	rmdir(dir);
	return tap_end();
}
