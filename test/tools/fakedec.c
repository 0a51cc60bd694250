/* SPDX-License-Identifier: ISC */
/*
 * A decoder that misbehaves on request, to be run as netradio-client -d
 * "fakedec OPTIONS".
 *
 *   -r BYTES   read at most so many bytes a second
 *   -R PPM     play frames in real time, so much too fast (less than 0: too
 *              slow), as mpg123 does: a frame is decoded when the next one's
 *              header is there, and then waits for room in the card's buffer
 *   -C MS      which holds so much (default 60)
 *   -B BYTES   read in whole blocks of so many bytes
 *   -G FILE    append a line "gap MS at S" to FILE each time it was empty
 *   -f         deaf: read nothing at all
 *   -n BYTES   die after so many bytes
 *   -x CODE    with this exit code (default 1)
 *   -k         by SIGKILL
 *   -t         ignore SIGTERM
 *   -c         close stdin, but live on
 *   -w TEXT    last words on stderr
 *   -o FILE    append what was read to FILE
 *   -p FILE    append one line with our process id to FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "wire/mpa.h"

#define BLOCK_MAX	65536

static struct {
	int64_t rate, after, code;
	int is_deaf, kills, ignores_term, closes, out, gaps, plays;
	double rate_of_card;
	int64_t card_ns, block;
	const char *words;
} opt = { .after = -1, .code = 1, .out = -1, .gaps = -1,
    .card_ns = 60 * NS_PER_MS, .block = 1 };

static int64_t
number(const char *text)
{
	char why[64];
	int64_t v;

	if (num_parse(text, 0, INT64_C(1) << 40, &v, why, sizeof(why)) == -1) {
		fprintf(stderr, "fakedec: %s: %s expected\n", text, why);
		exit(64);
	}
	return v;
}

static int
append_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);

	if (fd == -1) {
		perror(path);
		exit(73);
	}
	return fd;
}

static void
say_pid(const char *path)
{
	char line[32];
	int fd = append_to(path), n;

	n = snprintf(line, sizeof(line), "%d\n", (int)getpid());
	if (write(fd, line, (size_t)n) != n)
		perror(path);
	close(fd);
}

static void
parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "r:fn:x:ktcw:o:p:R:C:B:G:")) != -1)
		switch (c) {
		case 'R':
			opt.plays = 1;
			opt.rate_of_card = 1 + strtod(optarg, NULL) / 1e6;
			break;
		case 'C': opt.card_ns = number(optarg) * NS_PER_MS; break;
		case 'B': opt.block = number(optarg); break;
		case 'G': opt.gaps = append_to(optarg); break;
		case 'r': opt.rate = number(optarg); break;
		case 'f': opt.is_deaf = 1; break;
		case 'n': opt.after = number(optarg); break;
		case 'x': opt.code = number(optarg); break;
		case 'k': opt.kills = 1; break;
		case 't': opt.ignores_term = 1; break;
		case 'c': opt.closes = 1; break;
		case 'w': opt.words = optarg; break;
		case 'o': opt.out = append_to(optarg); break;
		case 'p': say_pid(optarg); break;
		default: exit(64);
		}
}

static void
die(void)
{
	if (opt.words != NULL)
		fprintf(stderr, "%s\n", opt.words);
	if (opt.kills)
		raise(SIGKILL);
	exit((int)opt.code);
}

/* As long as it takes to hear n bytes. */
static void
rest(size_t n)
{
	struct timespec ts;
	int64_t ns;

	if (opt.rate == 0)
		return;
	ns = (int64_t)n * 1000000000 / opt.rate;
	ts.tv_sec = (time_t)(ns / 1000000000);
	ts.tv_nsec = (long)(ns % 1000000000);
	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		;
}

/*
 * Playing.
 */

/* n bytes, of blocks that were read whole: 0; -1: the end. */
static int
get_bytes(uint8_t *p, size_t n)
{
	static uint8_t room[BLOCK_MAX];
	static size_t at, end;
	size_t part, block = (size_t)opt.block;
	ssize_t got;

	while (n > 0) {
		if (at == end) {
			/* Not in blocks: no more than is wanted. */
			part = block > 1 ? block : n;
			for (end = 0; end < part; end += (size_t)got) {
				got = read(STDIN_FILENO, room + end,
				    part - end);
				if (got <= 0)
					return -1;
			}
			if (opt.out != -1 && write(opt.out, room, end) !=
			    (ssize_t)end)
				perror("write");
			at = 0;
		}
		part = end - at < n ? end - at : n;
		memcpy(p, room + at, part);
		at += part;
		p += part;
		n -= part;
	}
	return 0;
}

static void
sleep_until(int64_t at)
{
	struct timespec ts = { .tv_sec = (time_t)(at / NS_PER_S),
	    .tv_nsec = (long)(at % NS_PER_S) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	    EINTR)
		;
}

static void
say_gap(int64_t ns, int64_t at)
{
	char line[64];
	int n;

	n = snprintf(line, sizeof(line), "gap %.1f at %.1f\n",
	    (double)ns / 1e6, (double)at / 1e9);
	if (opt.gaps != -1 && write(opt.gaps, line, (size_t)n) != n)
		perror("write");
}

/* The sound of a frame goes to the card, which has played all that it holds
 * at *empty. */
static void
to_card(const struct mpa *m, int64_t *empty, int64_t begun)
{
	int64_t play, now = clock_mono_ns();

	play = (int64_t)((double)flick_to_ns(flick_of_samples(m->samples,
	    m->rate)) / opt.rate_of_card);
	if (*empty != 0 && now > *empty)
		say_gap(now - *empty, now - begun);
	if (*empty < now)
		*empty = now;
	*empty += play;
	if (*empty - opt.card_ns > now)
		sleep_until(*empty - opt.card_ns);
}

static void
play(void)
{
	static uint8_t frame[MPA_FRAME_MAX];
	uint8_t head[MPA_HEADER_SIZE];
	int64_t empty = 0, begun = clock_mono_ns();
	struct mpa m;

	if (get_bytes(head, sizeof(head)) == -1)
		return;
	for (;;) {
		if (mpa_decode(&m, head) == -1 || m.length <= sizeof(head)) {
			memmove(head, head + 1, sizeof(head) - 1);
			if (get_bytes(head + 3, 1) == -1)
				return;
			continue;
		}
		if (get_bytes(frame, m.length - sizeof(head)) == -1 ||
		    get_bytes(head, sizeof(head)) == -1)
			return;
		to_card(&m, &empty, begun);
	}
}

int
main(int argc, char **argv)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	char room[256];
	int64_t total = 0;
	ssize_t n;

	parse(argc, argv);
	if (opt.ignores_term)
		sigaction(SIGTERM, &ignore, NULL);
	if (opt.after == 0)
		die();
	if (opt.closes)
		close(STDIN_FILENO);
	while (opt.is_deaf || opt.closes)
		pause();
	if (opt.plays) {
		play();
		return 0;
	}
	while ((n = read(STDIN_FILENO, room, sizeof(room))) > 0) {
		if (opt.out != -1 && write(opt.out, room, (size_t)n) != n)
			perror("write");
		total += n;
		if (opt.after > 0 && total >= opt.after)
			die();
		rest((size_t)n);
	}
	return 0;
}
