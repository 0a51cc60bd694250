/* SPDX-License-Identifier: ISC */
#include "scenes.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/text.h"

/* Milliseconds that something may take; nothing waits so long if all is well.
 * A channel with nothing to play looks again after 5 s, and a decoder that
 * failed is started again within 8 s. */
#define AIR_MS		6000
#define AGAIN_MS	7000
#define END_MS		3000
#define CLIENT_MS	12000

/* Up to here all codes are of <sysexits.h> and in the manual. */
static const int server_codes[] = { EX_UNAVAILABLE, EX_OSERR, EX_CONFIG, 0 };
static const int client_codes[] = { EX_UNAVAILABLE, EX_SOFTWARE, EX_OSERR,
	EX_CANTCREAT, EX_IOERR, 0 };

/*
 * Judging.
 */

__attribute__((format(printf, 3, 4)))
static enum verdict
because(struct world *w, enum verdict v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, ap);
	va_end(ap);
	return v;
}

/* Of a program that has ended: what no fault excuses. */
static int
is_broken(struct world *w)
{
	if (WIFSIGNALED(w->status))
		because(w, BAD, "killed by signal %d", WTERMSIG(w->status));
	else if (has_said(w, "Sanitizer") || has_said(w, "runtime error"))
		because(w, BAD, "a sanitizer complains");
	else if (world_ipc() > w->ipc)
		because(w, BAD, "a SysV object is left");
	else
		return 0;
	return 1;
}

/* Ended by itself: it must be a refusal. */
static enum verdict
judge_refusal(struct world *w, const int *codes)
{
	int code = WEXITSTATUS(w->status);

	if (is_broken(w))
		return BAD;
	while (*codes != 0 && *codes != code)
		codes++;
	if (*codes == 0)
		return because(w, BAD, "exit code %d", code);
	/* That the sentence itself cannot be written is no fault of it. */
	if (w->said_len == 0 && w->plan->kind != FAULT_WRITE)
		return because(w, BAD, "exit code %d without a sentence",
		    code);
	if (world_clear(w))
		return because(w, BAD, "a child is left");
	return REFUSED;
}

static int
is_on_air(const struct world *w, unsigned channels)
{
	unsigned i;

	for (i = 1; i <= channels; i++)
		if (!(w->on_air & 1U << i) || w->ear[i].packets == 0)
			return 0;
	return w->heads > 0;
}

static int
two_on_air(const struct world *w, const char *arg)
{
	(void)arg;
	return is_on_air(w, 2);
}

static int
three_on_air(const struct world *w, const char *arg)
{
	(void)arg;
	return is_on_air(w, 3);
}

/* Whether what is said since then tells why a channel is not heard. */
static int
is_named(const struct world *w, unsigned channels, const char *since)
{
	static const char *const subject[] = { "", "one: ", "two: ",
	    "three: " };
	char text[32];
	unsigned i;

	if (w->plan->kind == FAULT_WRITE)
		return 1;
	/* One sentence for all channels. */
	if (w->plan->kind == FAULT_SEND && strstr(since, "sending fails") !=
	    NULL)
		return 1;
	for (i = 1; i <= channels; i++) {
		text_format(text, sizeof(text), "channel %u ", i);
		if (w->ear[i].packets == 0 && w->heads > 0 &&
		    strstr(since, text) == NULL &&
		    strstr(since, subject[i]) == NULL)
			return 0;
	}
	return 1;
}

/* Dead, or as good as: away with it. */
static enum verdict
give_up(struct world *w, enum verdict v, const char *why)
{
	if (w->has_ended && is_broken(w))
		v = BAD;
	else if (w->has_ended)
		because(w, v = BAD, "%s: exit code %d", why,
		    WEXITSTATUS(w->status));
	else
		because(w, v, "%s", why);
	world_clear(w);
	return v;
}

/* It is up, and what is missing on the air was named. */
static int
two_settled(const struct world *w, const char *since)
{
	return is_on_air(w, 2) || (w->heads > 1 && is_named(w, 2, since));
}

static int
three_settled(const struct world *w, const char *since)
{
	return is_on_air(w, 3) || (w->heads > 1 && is_named(w, 3, since));
}

static int
is_up(const struct world *w, const char *arg)
{
	(void)arg;
	return w->heads > 0 || has_said(w, ", TTL ");
}

/* What the survey and a reload opened is closed in the end. */
static int
has_closed(const struct world *w, const char *arg)
{
	(void)arg;
	return world_descriptors(w) <= w->descriptors;
}

static enum verdict
end_server(struct world *w, enum verdict v)
{
	if (w->plan->n == LONG_MAX)
		w->descriptors = world_descriptors(w);
	else if (!world_wait(w, has_closed, NULL, END_MS))
		return give_up(w, LATE, "a descriptor is left open");
	kill(w->pid, SIGTERM);
	if (!world_wait(w, has_ended, NULL, END_MS) && !w->has_ended) {
		world_clear(w);
		return because(w, LATE, "does not end on SIGTERM");
	}
	if (is_broken(w))
		return BAD;
	if (WEXITSTATUS(w->status) != 0)
		return because(w, BAD, "ended with %d on SIGTERM",
		    WEXITSTATUS(w->status));
	if (access(world_path(w, "pid"), F_OK) == 0)
		return because(w, BAD, "the pidfile is left");
	if (world_clear(w))
		return because(w, BAD, "a child is left");
	return v;
}

/* Reload without a fault; all must be heard after that. */
static enum verdict
mend(struct world *w, int (*is_well)(const struct world *, const char *))
{
	/* Whatever comes before it is up is heard only then. */
	world_wait(w, is_up, NULL, AGAIN_MS);
	world_arm(w, 0);
	world_forget(w);
	kill(w->pid, SIGHUP);
	if (!world_wait(w, is_well, NULL, AGAIN_MS))
		return give_up(w, LATE, "not well again after SIGHUP");
	return end_server(w, MENDED);
}

/*
 * The library.
 */

static void
lay_file(struct world *w, const char *from, const char *to)
{
	char below[64];

	text_format(below, sizeof(below), "media/%s", to);
	if (link(world_path(w, "../store/%s", from), world_path(w, "%s",
	    below)) == -1 && errno != EEXIST)
		perror(below);
}

/* Two channels as they are at first. */
static void
lay_library(struct world *w)
{
	mkdir(world_path(w, "media"), 0755);
	mkdir(world_path(w, "media/1-one"), 0755);
	mkdir(world_path(w, "media/2-two"), 0755);
	lay_file(w, "a.mp3", "1-one/a.mp3");
	lay_file(w, "b.mp3", "1-one/b.mp3");
	lay_file(w, "c.mp3", "1-one/c.mp3");
	lay_file(w, "a.mp3", "2-two/a.mp3");
	lay_file(w, "text", "2-two/broken.mp3");
	lay_file(w, "text", "2-two/descr.txt");
	lay_file(w, "list", "2-two/playlist.m3u");
	unlink(world_path(w, "media/2-two/b.mp3"));
	unlink(world_path(w, "media/3-three/a.mp3"));
	rmdir(world_path(w, "media/3-three"));
}

/* And as a reload finds them. */
static void
change_library(struct world *w)
{
	mkdir(world_path(w, "media/3-three"), 0755);
	lay_file(w, "a.mp3", "3-three/a.mp3");
	lay_file(w, "b.mp3", "2-two/b.mp3");
}

/*
 * The server.
 */

static void
run_server(struct world *w, const char *way, int how)
{
	char program[PATH_MAX], conf[PATH_MAX], media[PATH_MAX],
	    state[PATH_MAX], pid[PATH_MAX];
	const char *argv[] = { program, way, "-v", "-c", conf,
	    "-m", media, "-s", state, "-p", pid, "-i", "lo", "-u", "root",
	    NULL };

	text_format(program, sizeof(program), "%s/faulty-netradiod",
	    w->programs);
	text_copy(conf, sizeof(conf), world_path(w, "../store/conf"));
	text_copy(media, sizeof(media), world_path(w, "media"));
	text_copy(state, sizeof(state), world_path(w, "state"));
	text_copy(pid, sizeof(pid), world_path(w, "pid"));
	unlink(pid);
	world_forget(w);
	world_run(w, argv, how);
}

/* On air, and nothing is wrong yet: 0, or -1. */
static int
run_well(struct world *w, int how)
{
	lay_library(w);
	run_server(w, "-f", how);
	return world_wait(w, two_on_air, NULL, AGAIN_MS) ? 0 : -1;
}

static int
begin_library(struct world *w)
{
	lay_library(w);
	return 0;
}

static enum verdict
play_check(struct world *w)
{
	struct stat st;
	int code;

	run_server(w, "-n", 0);
	if (!world_wait(w, has_ended, NULL, AGAIN_MS) && !w->has_ended)
		return give_up(w, LATE, "does not end");
	code = WEXITSTATUS(w->status);
	if (is_broken(w) || code > 1)
		return judge_refusal(w, server_codes);
	if (stat(world_path(w, "out"), &st) == -1 || st.st_size == 0)
		return because(w, BAD, "exit code %d, but no table", code);
	return WENT_ON;
}

static enum verdict
play_start(struct world *w)
{
	run_server(w, "-f", 0);
	world_wait(w, two_settled, w->said, AIR_MS);
	if (is_on_air(w, 2))
		return end_server(w, WENT_ON);
	if (w->has_ended && w->heads == 0)
		return judge_refusal(w, server_codes);
	if (w->has_ended)
		return give_up(w, BAD, "has ended on the air");
	if (!is_named(w, 2, w->said))
		return give_up(w, LATE, "a channel is missing, and nothing "
		    "says so");
	return mend(w, two_on_air);
}

static enum verdict
play_detach(struct world *w)
{
	int code;

	run_server(w, "-v", 0);
	if (!world_wait(w, has_ended, NULL, AGAIN_MS) && !w->has_ended)
		return give_up(w, LATE, "the parent does not end");
	code = WEXITSTATUS(w->status);
	if (is_broken(w) && !WIFEXITED(w->status))
		return BAD;
	if (code != 0)
		return judge_refusal(w, server_codes);
	/* The child is ours now. */
	w->pid = w->plan->child;
	w->has_ended = 0;
	if (!world_wait(w, two_on_air, NULL, AIR_MS)) {
		if (w->has_ended)
			return give_up(w, BAD, "ready, but has ended");
		return mend(w, two_on_air);
	}
	return end_server(w, WENT_ON);
}

static int
has_refused(const struct world *w)
{
	return has_said(w, "stay as they are") || has_said(w, "cannot reload")
	    || has_said(w, "nothing of it is applied");
}

static int
has_reloaded(const struct world *w, const char *arg)
{
	(void)arg;
	return has_said(w, "reloaded: ") || has_refused(w);
}

static int
two_heard(const struct world *w, const char *arg)
{
	(void)arg;
	return w->ear[1].packets > 0 && w->ear[2].packets > 0;
}

static enum verdict
play_reload(struct world *w)
{
	const char *since;
	long before;
	int is_scarce;

	if (run_well(w, UNARMED) == -1)
		return give_up(w, LATE, "is not on the air");
	change_library(w);
	since = w->said + w->said_len;
	before = w->ear[1].breaks;
	world_forget(w);
	world_arm(w, 1);
	kill(w->pid, SIGHUP);
	if (!world_wait(w, has_reloaded, NULL, AIR_MS) && (w->has_ended ||
	    w->plan->kind != FAULT_WRITE))
		return give_up(w, LATE, "nothing comes of SIGHUP");
	world_forget(w);
	world_wait(w, has_refused(w) ? two_heard : three_settled, since,
	    AIR_MS);
	if (!has_refused(w) && is_on_air(w, 3)) {
		if (w->ear[1].breaks != before &&
		    w->plan->kind != FAULT_SEND &&
		    w->plan->kind != FAULT_IFACE)
			return give_up(w, LATE, "channel 1 was disturbed");
		return end_server(w, WENT_ON);
	}
	/* What every program lacks now and then says nothing of a file. */
	is_scarce = w->plan->kind == FAULT_MEMORY ||
	    w->plan->kind == FAULT_THREAD || w->plan->error == EMFILE;
	if (is_scarce && (w->ear[1].breaks != before ||
	    w->ear[1].packets == 0 || w->ear[2].packets == 0))
		return give_up(w, LATE, "a channel that was on the air is "
		    "gone");
	if (!w->has_ended && !has_refused(w) && !is_named(w, 3, since))
		return give_up(w, LATE, "a channel is missing, and nothing "
		    "says so");
	return mend(w, three_on_air);
}

/* Channel 1 has begun a track since. */
static int
has_changed(const struct world *w, const char *since)
{
	return strstr(since, "channel 1: ") != NULL && w->ear[1].packets > 0;
}

/* It has begun all of them. */
static int
has_come_round(const struct world *w, const char *since)
{
	return has_changed(w, since) && strstr(since, "c.mp3") != NULL &&
	    strstr(since, "a.mp3") != NULL;
}

static enum verdict
play_tracks(struct world *w)
{
	if (run_well(w, UNARMED) == -1)
		return give_up(w, LATE, "is not on the air");
	unlink(world_path(w, "media/1-one/b.mp3"));
	world_forget(w);
	world_arm(w, 1);
	world_wait(w, has_come_round, w->said + w->said_len, 1000);
	if (w->has_ended)
		return give_up(w, BAD, "has ended on the air");
	world_arm(w, 0);
	world_forget(w);
	if (!world_wait(w, two_on_air, NULL, AGAIN_MS))
		return give_up(w, LATE, "has gone off the air");
	if (!world_wait(w, has_changed, w->said + w->said_len, AGAIN_MS))
		return give_up(w, LATE, "channel 1 does not play on");
	return end_server(w, WENT_ON);
}

/* Ask for something over HTTP: how many bytes came within so long, at most
 * enough of them; *status as the answer has it, 0: none came. */
static long
fetch(const char *path, long enough, int ms, int *status)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_port = htons(8000) };
	struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), n;
	char buf[65536];
	long sum = 0;
	ssize_t got;

	*status = 0;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	n = snprintf(buf, sizeof(buf), "GET %s HTTP/1.1\r\nHost: a\r\n"
	    "Connection: close\r\n\r\n", path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    send(fd, buf, (size_t)n, MSG_NOSIGNAL) == n)
		while (sum < enough && (got = recv(fd, buf, sizeof(buf),
		    0)) > 0) {
			if (sum == 0 && got > 12)
				*status = (int)strtol(buf + 9, NULL, 10);
			sum += got;
		}
	close(fd);
	return sum;
}

/* A recording, what is on and what it looks like: as it should be? */
static int
serves(int ms)
{
	int file, live, page;

	return fetch("/library/1/1", 4000, ms, &file) >= 4000 &&
	    fetch("/live/1", 4000, ms, &live) >= 4000 &&
	    fetch("/", 2000, ms, &page) >= 2000 && file == 200 &&
	    live == 200 && page == 200;
}

static int
serves_again(void)
{
	int i;

	for (i = 0; i < 5; i++)
		if (serves(1500))
			return 1;
	return 0;
}

static enum verdict
play_http(struct world *w)
{
	enum verdict v = WENT_ON;

	if (run_well(w, UNARMED) == -1)
		return give_up(w, LATE, "is not on the air");
	world_forget(w);
	world_arm(w, 1);
	serves(300);
	world_wait(w, has_ended, NULL, 100);
	if (w->has_ended)
		return give_up(w, BAD, "has ended on the air");
	world_arm(w, 0);
	world_forget(w);
	if (!serves_again()) {
		/* A directory that could not be read is no channel. */
		kill(w->pid, SIGHUP);
		world_wait(w, two_on_air, NULL, AGAIN_MS);
		v = MENDED;
		if (!serves_again())
			return give_up(w, LATE, "no longer serves over HTTP");
	}
	if (!world_wait(w, two_on_air, NULL, AGAIN_MS))
		return give_up(w, LATE, "has gone off the air");
	/* Connections that linger. */
	world_wait(w, has_closed, NULL, END_MS);
	return end_server(w, v);
}

/*
 * The client.
 */

/* A server without faults, that stays. */
static int
begin_radio(struct world *w)
{
	if (run_well(w, UNARMED | FAULTLESS) == -1)
		return -1;
	w->radio = w->pid;
	w->ipc = world_ipc();
	/* What it says is read by nobody: SIGPIPE does not end it. */
	close(w->err);
	w->err = -1;
	return 0;
}

static int
has_bytes(const struct world *w, const char *name, off_t n)
{
	struct stat st;

	return stat(world_path(w, "%s", name), &st) == 0 && st.st_size >= n;
}

static void
run_client(struct world *w, int how, const char *a, const char *b,
    const char *c)
{
	char program[PATH_MAX];
	const char *argv[] = { program, "-i", "lo", a, b, c, NULL };

	text_format(program, sizeof(program), "%s/faulty-netradio-client",
	    w->programs);
	unlink(world_path(w, "heard"));
	unlink(world_path(w, "pids"));
	world_run(w, argv, how);
}

/* 1: it has ended with 0 and nothing is left; else the verdict in *v. */
static int
has_ended_well(struct world *w, enum verdict *v)
{
	if (!w->has_ended)
		*v = give_up(w, LATE, "does not end");
	else if (is_broken(w) || WEXITSTATUS(w->status) != 0)
		*v = judge_refusal(w, client_codes);
	else if (world_clear(w))
		*v = because(w, BAD, "a child is left");
	else
		return 1;
	return 0;
}

static enum verdict
play_list(struct world *w)
{
	enum verdict v;

	run_client(w, 0, "-l", NULL, NULL);
	world_wait(w, has_ended, NULL, CLIENT_MS);
	if (!has_ended_well(w, &v))
		return v;
	if (!has_bytes(w, "out", 1))
		return because(w, BAD, "ended with 0, but no list");
	return WENT_ON;
}

/* Nothing to hear in one second is fine if nothing can be received, or if the
 * decoder had to begin once more. */
static enum verdict
judge_heard(struct world *w)
{
	if (has_bytes(w, "heard", 1000) || w->plan->mode == FAULT_ON ||
	    has_said(w, "starting it again"))
		return WENT_ON;
	return because(w, LATE, "ended with 0, but nothing was heard");
}

/* Interfaces that could not be looked at are looked at again after 3 s. */
static const char *
time_for(const struct world *w)
{
	return w->plan->kind == FAULT_SOCKET ||
	    w->plan->kind == FAULT_IFACE ? "-T5" : "-T1";
}

static enum verdict
play_file(struct world *w)
{
	enum verdict v;
	char output[PATH_MAX + 8];

	text_format(output, sizeof(output), "-o%s", world_path(w, "heard"));
	run_client(w, 0, time_for(w), output, "1");
	world_wait(w, has_ended, NULL, CLIENT_MS);
	return has_ended_well(w, &v) ? judge_heard(w) : v;
}

/* All of it, or a sentence why not. */
static enum verdict
play_demand(struct world *w)
{
	char output[PATH_MAX + 8];
	struct stat want, got;
	enum verdict v;

	text_format(output, sizeof(output), "-o%s", world_path(w, "heard"));
	run_client(w, 0, "--demand=1/1", output, "-T9");
	world_wait(w, has_ended, NULL, CLIENT_MS);
	if (!has_ended_well(w, &v))
		return v;
	if (w->plan->mode == FAULT_ON)
		return WENT_ON;
	if (stat(world_path(w, "media/1-one/a.mp3"), &want) == -1 ||
	    stat(world_path(w, "heard"), &got) == -1 ||
	    got.st_size != want.st_size)
		return because(w, LATE, "ended with 0, but not all is there");
	return WENT_ON;
}

static enum verdict
play_decoder(struct world *w)
{
	enum verdict v;
	char decoder[2 * PATH_MAX];

	text_format(decoder, sizeof(decoder), "-d%s/fakedec -o %s", w->tools,
	    world_path(w, "heard"));
	run_client(w, 0, time_for(w), decoder, "1");
	world_wait(w, has_ended, NULL, CLIENT_MS);
	return has_ended_well(w, &v) ? judge_heard(w) : v;
}

/* Two lives of a decoder that dies soon: each leaves a line of at least two
 * bytes. */
static int
has_two_lives(const struct world *w, const char *arg)
{
	char text[64];
	int fd = open(world_path(w, "pids"), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof(text)), i;
	int lines = 0;

	(void)arg;
	for (i = 0; i < n; i++)
		lines += text[i] == '\n';
	if (fd != -1)
		close(fd);
	return lines >= 2;
}

static enum verdict
play_tune(struct world *w)
{
	enum verdict v;
	char decoder[3 * PATH_MAX];

	text_format(decoder, sizeof(decoder), "-d%s/fakedec -n 3000 -o %s "
	    "-p %s", w->tools, world_path(w, "heard"), world_path(w, "pids"));
	run_client(w, WITH_TTY, decoder, "1", NULL);
	if (world_wait(w, has_said, "239.255.64.1 ", AGAIN_MS)) {
		world_type(w, "2\r");
		world_wait(w, has_said, "239.255.64.2 ", 1500);
		world_wait(w, has_two_lives, NULL, 3000);
		world_type(w, "q");
		world_wait(w, has_ended, NULL, 1000);
	}
	if (!w->has_ended) {
		/* Keys and signals are read, too. */
		world_arm(w, 0);
		kill(w->pid, SIGTERM);
		world_wait(w, has_ended, NULL, END_MS);
	}
	return has_ended_well(w, &v) ? WENT_ON : v;
}

static const struct scene scenes[] = {
	{ "check", begin_library, play_check, 1 },
	{ "start", begin_library, play_start, 1 },
	{ "detach", begin_library, play_detach, 0 },
	{ "reload", NULL, play_reload, 0 },
	{ "play", NULL, play_tracks, 0 },
	{ "http", NULL, play_http, 0 },
	{ "list", begin_radio, play_list, 0 },
	{ "file", begin_radio, play_file, 0 },
	{ "demand", begin_radio, play_demand, 0 },
	{ "decoder", begin_radio, play_decoder, 0 },
	{ "tune", begin_radio, play_tune, 0 }
};

const struct scene *
scene(unsigned i)
{
	return i < sizeof(scenes) / sizeof(scenes[0]) ? &scenes[i] : NULL;
}
