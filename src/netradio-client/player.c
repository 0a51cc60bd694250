/* SPDX-License-Identifier: ISC */
#include "player.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "decoders.h"
#include "device.h"
#include "queue.h"
#include "sink.h"

#define USUAL_DEVICE	2		/* the word that is OUTPUT */
/* PulseAudio has its own word for a short buffer. */
#define PULSE_LATENCY	"PULSE_LATENCY_MSEC"
#define PULSE_LATENCY_MS "60"

#define ARGS_MAX	64
#define PIPE_SIZE	4096			/* one page */
#define QUEUE_NS	(1 * NS_PER_S)		/* ahead of a slow decoder */
#define DEAF_NS		(5 * NS_PER_S)
#define KILL_NS		(500 * NS_PER_MS)	/* from TERM to KILL */
#define DRAIN_NS	(1 * NS_PER_S)		/* beyond the lead */
#define BACKOFF_MIN_NS	(500 * NS_PER_MS)
#define BACKOFF_MAX_NS	(8 * NS_PER_S)
#define QUICK_NS	(5 * NS_PER_S)		/* a life shorter than this */
#define LONG_NS		(60 * NS_PER_S)	/* that it was deaf is forgotten */
#define QUICK_MAX	5			/* such lives in a row */
#define WORDS_MAX	512			/* last words kept */

enum player_state {
	IDLE,			/* no sound has come so far */
	RUNNING,
	ENDING,			/* TERM was sent; then comes KILL */
	WAITING			/* no child; the next one at at_ns */
};

struct player {
	struct sink sink;
	char *argv[ARGS_MAX + 1];	/* [c] into text */
	char *text;			/* [c] the command, cut into words */
	unsigned device;		/* [c] the word of it that is the sound
					 * output to be found; 0: none is */
	char *device_name;		/* that word */
	int64_t lead_ns;		/* [c] */
	enum player_state state;
	pid_t pid;			/* 0: none */
	int in, err;			/* to its stdin, from its stderr; -1 */
	int64_t at_ns;			/* ENDING: KILL; WAITING: start */
	int64_t started_ns;		/* the child */
	int64_t moved_ns;		/* when it last took something */
	int64_t backoff_ns;
	unsigned quick;			/* short lives in a row */
	int is_early;			/* started before any sound came */
	int is_finishing;		/* no more frames come */
	int is_slow;			/* said that it does not keep up */
	int64_t drain_ns;		/* finishing: patience ends then */
	struct queue queue;
	size_t words_len;
	char words[WORDS_MAX + 1];	/* the end of what it wrote */
};

static struct player *
player_of(struct sink *k)
{
	return (struct player *)(void *)k;
}

static void
close_fd(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/*
 * The child.
 */

/* In the child: never returns.  Only what is safe after fork. */
static void
child_exec(struct player *p, int in, int err, int status, pid_t parent)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int s, code;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EX_OSERR);
	for (s = 1; s < NSIG; s++)
		sigaction(s, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(in, STDIN_FILENO) != -1 && dup2(err, STDERR_FILENO) != -1)
		execvp(p->argv[0], p->argv);
	code = errno;
	if (write(status, &code, sizeof(code)) == -1)
		_exit(EX_OSERR);
	_exit(EX_OSERR);
}

/* Wait until the child is another program: 0, or the errno of exec. */
static int
child_status(int status)
{
	int code = 0;
	ssize_t n;

	do {
		n = read(status, &code, sizeof(code));
	} while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof(code) ? code : 0;
}

/* Start it: 0, or errno. */
static int
child_start(struct player *p, int64_t now)
{
	int in[2] = { -1, -1 }, err[2] = { -1, -1 }, status[2] = { -1, -1 };
	pid_t parent = getpid();
	int code;

	if (pipe2(in, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1 ||
	    pipe2(status, O_CLOEXEC) == -1 || (p->pid = fork()) == -1) {
		code = errno;
		p->pid = 0;
		goto fail;
	}
	if (p->pid == 0)
		child_exec(p, in[0], err[1], status[1], parent);
	/* Also here: whoever is first. */
	setpgid(p->pid, p->pid);
	close_fd(&in[0]);
	close_fd(&err[1]);
	close_fd(&status[1]);
	if ((code = child_status(status[0])) != 0) {
		waitpid(p->pid, NULL, 0);
		p->pid = 0;
		goto fail;
	}
	close_fd(&status[0]);
	fcntl(in[1], F_SETPIPE_SZ, PIPE_SIZE);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	p->in = in[1];
	p->err = err[0];
	p->state = RUNNING;
	p->started_ns = p->moved_ns = now;
	p->words_len = 0;
	p->is_slow = 0;
	queue_clear(&p->queue);
	p->sink.is_open = 1;
	p->sink.opened++;
	return 0;
fail:
	close_fd(&in[0]);
	close_fd(&in[1]);
	close_fd(&err[0]);
	close_fd(&err[1]);
	close_fd(&status[0]);
	close_fd(&status[1]);
	return code;
}

static void
say_missing(const char *name, int error)
{
	if (error == ENOENT && strcmp(name, "mpg123") == 0)
		log_errorx("the decoder mpg123 is not installed: apt install "
		    "mpg123 (or your system's package of that name), or name "
		    "another with -d COMMAND");
	else
		log_errorx("cannot run the decoder %s: %s", name,
		    strerror(error));
}

/* Keep the end of what it says. */
static void
child_listen(struct player *p)
{
	char room[1024];
	ssize_t n;
	size_t keep;

	if (p->err == -1)
		return;
	n = read(p->err, room, sizeof(room));
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		close_fd(&p->err);
	if (n <= 0)
		return;
	if ((size_t)n > WORDS_MAX) {
		memmove(room, room + n - WORDS_MAX, WORDS_MAX);
		n = WORDS_MAX;
	}
	keep = p->words_len;
	if (keep > WORDS_MAX - (size_t)n)
		keep = WORDS_MAX - (size_t)n;
	memmove(p->words, p->words + p->words_len - keep, keep);
	memcpy(p->words + keep, room, (size_t)n);
	p->words_len = keep + (size_t)n;
}

/* Its last two lines in out, as one clean line; "" if it was silent. */
static void
child_words(struct player *p, char *out, size_t size)
{
	size_t from, to = p->words_len, lines = 0, i;

	for (i = 0; i < to; i++)
		if (p->words[i] == '\0')
			p->words[i] = '?';
	while (to > 0 && strchr(" \t\r\n", p->words[to - 1]) != NULL)
		to--;
	for (from = to; from > 0; from--)
		if (p->words[from - 1] == '\n' && ++lines == 2)
			break;
	text_copyn(out, size, p->words + from, to - from);
	text_clean(out);
}

static void
child_signal(const struct player *p, int sig)
{
	/* The group too: it may have started children of its own. */
	if (p->pid > 0 && kill(-p->pid, sig) == -1)
		kill(p->pid, sig);
}

static void
child_end(struct player *p, int64_t now)
{
	close_fd(&p->in);
	p->sink.is_open = 0;
	child_signal(p, SIGTERM);
	p->state = ENDING;
	p->at_ns = now + KILL_NS;
}

/* Whether it has died; it is then gone without a trace. */
static int
child_reap(struct player *p, int *status)
{
	siginfo_t info;
	int i;

	if (p->pid == 0)
		return 0;
	memset(&info, 0, sizeof(info));
	if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	    -1 || info.si_pid == 0)
		return 0;
	/* As long as it is not waited for, its number is nobody else's. */
	kill(-p->pid, SIGKILL);
	if (waitpid(p->pid, status, 0) == -1)
		*status = 0;
	for (i = 0; i < 16 && p->err != -1; i++)
		child_listen(p);
	close_fd(&p->err);
	close_fd(&p->in);
	p->pid = 0;
	p->sink.is_open = 0;
	return 1;
}

/*
 * Watching over it.
 */

static void
describe_death(struct player *p, int status, char *out, size_t size)
{
	char words[WORDS_MAX + 1];

	child_words(p, words, sizeof(words));
	if (WIFSIGNALED(status))
		text_format(out, size, "killed by signal %d%s%s",
		    WTERMSIG(status), words[0] != '\0' ? ": " : "", words);
	else
		text_format(out, size, "exit code %d%s%s",
		    WEXITSTATUS(status), words[0] != '\0' ? ": " : "", words);
}

/* Plan the next life: 0; -1: that was one too many. */
static int
after_death(struct player *p, int status, int was_ending, int64_t now)
{
	char how[WORDS_MAX + 64];

	if (p->is_early) {
		/* Nobody has missed it so far. */
		p->state = IDLE;
		return 0;
	}
	if (was_ending || now - p->started_ns >= QUICK_NS)
		p->quick = 0;
	else
		p->quick++;
	if (now - p->started_ns >= (was_ending ? LONG_NS : QUICK_NS))
		p->backoff_ns = BACKOFF_MIN_NS;
	describe_death(p, status, how, sizeof(how));
	if (p->quick >= QUICK_MAX) {
		log_errorx("the decoder %s failed %u times in a row: %s",
		    p->argv[0], p->quick, how);
		p->sink.code = EX_SOFTWARE;
		return -1;
	}
	if (!was_ending)
		log_warnx("the decoder %s ended (%s), starting it again",
		    p->argv[0], how);
	p->state = WAITING;
	p->at_ns = now + p->backoff_ns;
	p->backoff_ns *= 2;
	if (p->backoff_ns > BACKOFF_MAX_NS)
		p->backoff_ns = BACKOFF_MAX_NS;
	return 0;
}

static int
start_again(struct player *p, int64_t now)
{
	int error = child_start(p, now);

	if (error == 0)
		return 0;
	if (error == EAGAIN || error == ENOMEM || error == EMFILE ||
	    error == ENFILE) {
		p->at_ns = now + p->backoff_ns;
		return 0;
	}
	say_missing(p->argv[0], error);
	p->sink.code = EX_SOFTWARE;
	return -1;
}

static void
feed(struct player *p, int64_t now)
{
	struct iovec iov[2];
	ssize_t n = 0;
	int parts;

	while (p->in != -1 &&
	    (parts = queue_peek(&p->queue, iov, QUEUE_BYTES)) > 0) {
		n = writev(p->in, iov, parts);
		if (n <= 0)
			break;
		queue_pop(&p->queue, (size_t)n);
		p->moved_ns = now;
		if (p->sink.first_ns == 0)
			p->sink.first_ns = now;
	}
	/* EPIPE: it is about to be reaped, or it has closed its ears. */
	if (p->in != -1 && n == -1 && errno != EAGAIN && errno != EINTR) {
		close_fd(&p->in);
		p->sink.is_open = 0;
	}
	if (p->queue.used == 0 && p->is_finishing)
		close_fd(&p->in);
}

static int
player_put(struct sink *k, const uint8_t *frame, size_t len, int64_t play_ns,
    int64_t now)
{
	struct player *p = player_of(k);

	if (p->state != RUNNING || p->in == -1 || p->is_finishing)
		return -1;
	if (p->queue.used == 0)
		p->moved_ns = now;
	if (queue_push(&p->queue, frame, len, play_ns) == -1) {
		if (!p->is_slow)
			log_warnx("the decoder %s does not keep up: sound is "
			    "dropped", p->argv[0]);
		p->is_slow = 1;
		return -1;
	}
	feed(p, now);
	return 0;
}

static int64_t
player_drop(struct sink *k)
{
	return queue_drop(&player_of(k)->queue);
}

static int64_t
player_level(const struct sink *k)
{
	const struct player *p = (const struct player *)(const void *)k;
	int in_pipe = 0;

	if (p->in == -1 || ioctl(p->in, FIONREAD, &in_pipe) == -1)
		return -1;
	return queue_level_ns(&p->queue, in_pipe > 0 ? (size_t)in_pipe : 0);
}

/* When to look again, whatever happens on the descriptors. */
static int64_t
wake_at(const struct player *p)
{
	if (p->state == IDLE)
		return INT64_MAX;
	if (p->state != RUNNING)
		return p->at_ns;
	if (p->is_finishing)
		return p->drain_ns;
	if (p->in == -1 || p->queue.used > 0)
		return p->moved_ns + DEAF_NS;
	return INT64_MAX;
}

static unsigned
player_poll(struct sink *k, struct pollfd *pfd, int64_t *wake)
{
	struct player *p = player_of(k);
	int64_t at = wake_at(p);
	unsigned n = 0;

	if (at < *wake)
		*wake = at;
	/* Only with something to write: a lost reader shows all the time. */
	if (p->in != -1 && p->queue.used > 0) {
		pfd[n].fd = p->in;
		pfd[n++].events = POLLOUT;
	}
	if (p->err != -1) {
		pfd[n].fd = p->err;
		pfd[n++].events = POLLIN;
	}
	return n;
}

static int
player_serve(struct sink *k, int64_t now)
{
	struct player *p = player_of(k);
	int status = 0, was_ending;

	child_listen(p);
	was_ending = p->state == ENDING;
	if (child_reap(p, &status)) {
		if (p->is_finishing) {
			k->is_done = 1;
			return 0;
		}
		return after_death(p, status, was_ending, now);
	}
	if (p->state == RUNNING)
		feed(p, now);
	if (now < wake_at(p))
		return 0;
	switch (p->state) {
	case IDLE:
		break;
	case RUNNING:
		if (!p->is_finishing)
			log_warnx("the decoder %s has taken nothing for 5 s: "
			    "ending it and starting it again", p->argv[0]);
		child_end(p, now);
		break;
	case ENDING:
		child_signal(p, SIGKILL);
		p->at_ns = now + KILL_NS;
		break;
	case WAITING:
		if (!p->is_finishing)
			return start_again(p, now);
		k->is_done = 1;
		break;
	}
	return 0;
}

static void
player_finish(struct sink *k, int drain, int64_t now)
{
	struct player *p = player_of(k);

	p->is_finishing = 1;
	p->drain_ns = now + p->lead_ns + DRAIN_NS;
	if (p->pid == 0)
		k->is_done = 1;
	else if (p->state == RUNNING && !drain)
		child_end(p, now);
	else if (p->state == RUNNING)
		feed(p, now);
	else
		child_signal(p, SIGKILL);
}

static void
player_free(struct sink *k)
{
	struct player *p = player_of(k);

	close_fd(&p->in);
	if (p->pid > 0) {
		child_signal(p, SIGKILL);
		waitpid(p->pid, NULL, 0);
	}
	close_fd(&p->err);
	free(p->device_name);
	free(p->text);
	free(p);
}

/*
 * The command.
 */

static void
split_words(struct player *p)
{
	char *s = p->text;
	unsigned n = 0;

	for (;;) {
		s += strspn(s, " \t\n");
		if (*s == '\0' || n == ARGS_MAX)
			break;
		p->argv[n++] = s;
		s += strcspn(s, " \t\n");
		if (*s != '\0')
			*s++ = '\0';
	}
	p->argv[n] = NULL;
}

/* The sound output that is there becomes the one in the command: 0; -1 and
 * why. */
static int
choose_device(struct player *p, char *why, size_t size)
{
	const char *device;

	if (p->device == 0)
		return 0;
	if ((device = device_find(why, size)) == NULL)
		return -1;
	free(p->device_name);
	p->device_name = xstrdup(device);
	p->argv[p->device] = p->device_name;
	/* What the listener has set himself stays. */
	setenv(PULSE_LATENCY, PULSE_LATENCY_MS, 0);
	return 0;
}

/* Its start is done while the first packet is waited for.  If it fails that
 * is said when it matters. */
static void
player_prepare(struct sink *k, int64_t now)
{
	struct player *p = player_of(k);
	char why[512];

	if (p->state == IDLE && choose_device(p, why, sizeof(why)) == 0)
		p->is_early = child_start(p, now) == 0;
}

static int
player_open(struct sink *k, int64_t now)
{
	struct player *p = player_of(k);
	char why[512];
	int error = 0;

	p->is_early = 0;
	if (p->state != IDLE)
		return 0;
	if (choose_device(p, why, sizeof(why)) == -1)
		log_errorx("%s", why);
	else if ((error = child_start(p, now)) == 0)
		return 0;
	else
		say_missing(p->argv[0], error);
	k->code = EX_SOFTWARE;
	return -1;
}

static const struct sink_ops player_ops = {
	.prepare = player_prepare,
	.open = player_open,
	.put = player_put,
	.drop = player_drop,
	.level = player_level,
	.poll = player_poll,
	.serve = player_serve,
	.finish = player_finish,
	.free = player_free
};

struct sink *
player_new(const char *command, int64_t lead_ns, int *code)
{
	struct player *p = xcalloc(1, sizeof(*p));

	*code = EX_SOFTWARE;
	p->sink.ops = &player_ops;
	p->state = IDLE;
	p->in = p->err = -1;
	p->lead_ns = lead_ns;
	p->backoff_ns = BACKOFF_MIN_NS;
	queue_init(&p->queue, QUEUE_NS);
	p->text = xstrdup(command != NULL ? command : decoders_usual());
	split_words(p);
	if (p->argv[0] == NULL) {
		log_errorx("-d: the command is empty");
		*code = EX_USAGE;
	} else if (!decoders_is_installed(p->argv[0]))
		say_missing(p->argv[0], strchr(p->argv[0], '/') != NULL ?
		    errno : ENOENT);
	else {
		if (command == NULL)
			p->device = USUAL_DEVICE;
		return &p->sink;
	}
	player_free(&p->sink);
	return NULL;
}
