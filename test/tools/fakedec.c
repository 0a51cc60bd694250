/* SPDX-License-Identifier: ISC */
/*
 * A decoder that misbehaves on request, to be run as netradio-client -d
 * "fakedec OPTIONS".
 *
 *   -r BYTES   read at most so many bytes a second
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

#include "base/num.h"

static struct {
	int64_t rate, after, code;
	int is_deaf, kills, ignores_term, closes, out;
	const char *words;
} opt = { .after = -1, .code = 1, .out = -1 };

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

	while ((c = getopt(argc, argv, "r:fn:x:ktcw:o:p:")) != -1)
		switch (c) {
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
