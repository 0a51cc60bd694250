/* SPDX-License-Identifier: ISC */
#include "ask.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "attach.h"
#include "base/clock.h"
#include "base/log.h"
#include "os/msgq.h"
#include "os/sem.h"

#define TICK_US		50000
#define AGAIN_NS	(500 * NS_PER_MS)
#define PATIENCE_NS	(10 * NS_PER_S)

static void
on_tick(int sig)
{
	(void)sig;	/* it has woken us, that is all */
}

/* A queue knows no deadline: a signal that comes again and again, so that one
 * that comes too early does no harm.  What waits in a queue is woken whatever
 * the flag says; what writes into a pipe goes on. */
static void
start_ticks(void)
{
	struct sigaction sa = { .sa_handler = on_tick,
	    .sa_flags = SA_RESTART };
	struct itimerval every = { { 0, TICK_US }, { 0, TICK_US } };
	sigset_t ticks;

	sigaction(SIGALRM, &sa, NULL);
	/* Whoever started us may have blocked it. */
	sigemptyset(&ticks);
	sigaddset(&ticks, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &ticks, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void
clear(const struct ask *a)
{
	while (msgq_drop(a->queue, (long)getpid()))
		;
}

int
ask_open(struct ask *a, const char *state)
{
	struct attach at;
	char why[512];
	int code;

	memset(a, 0, sizeof(*a));
	if ((code = attach_open(&at, state, why, sizeof(why))) != 0) {
		log_errorx("%s", why);
		return code;
	}
	a->queue = at.segment->head.queue;
	a->sem = at.segment->head.sem;
	a->pid = at.segment->head.pid;
	attach_close(&at);
	if (a->queue == -1) {
		log_errorx("this netradiod has no queue for commands (its log "
		    "says why)");
		return EX_UNAVAILABLE;
	}
	if (getrandom(&a->seq, sizeof(a->seq), 0) == -1)
		a->seq = (uint32_t)clock_real_ns();
	/* Of a process that had our number before. */
	clear(a);
	start_ticks();
	return 0;
}

void
ask_close(struct ask *a)
{
	static const struct itimerval never;

	setitimer(ITIMER_REAL, &never, NULL);
	clear(a);
}

static int
gone(const struct ask *a)
{
	if (errno == EACCES) {
		log_errorx("not permitted to command process %d: be a member "
		    "of its group (netradio)", a->pid);
		return EX_NOPERM;
	}
	if (sem_is_held(a->sem) == 1)
		log_errorx("somebody removed the queue of netradiod (process "
		    "%d), which makes another: try again", a->pid);
	else
		log_errorx("netradiod (process %d) has ended", a->pid);
	return EX_UNAVAILABLE;
}

/* Put the request into the queue: 0; -1 with errno. */
static int
send_request(struct ask *a, const struct control_request *q)
{
	static const struct timespec nap = { .tv_nsec = 5 * NS_PER_MS };
	uint8_t data[CONTROL_MAX];
	size_t len = control_encode(q, data);

	if (msgq_send(a->queue, CONTROL_REQUEST, data, len) == 0)
		return 0;
	if (errno != EAGAIN && errno != EINTR)
		return -1;
	nanosleep(&nap, NULL);		/* it is full: try later */
	errno = EAGAIN;
	return -1;
}

/* Wait for the answer to q until then: 1; 0: it did not come; -1. */
static int
receive(struct ask *a, const struct control_request *q, int64_t until_ns,
    struct control_answer *answer)
{
	ssize_t n;

	while (clock_mono_ns() < until_ns) {
		n = msgq_recv(a->queue, (long)q->pid, a->data,
		    sizeof(a->data));
		if (n == -1 && errno != EINTR)
			return -1;
		if (n >= 0 && control_open(answer, a->data, (size_t)n) == 0 &&
		    answer->seq == q->seq)
			return 1;
	}
	return 0;
}

int
ask_request(struct ask *a, struct control_request *q, int patient,
    struct control_answer *answer)
{
	int64_t begin = clock_mono_ns();
	int got, was_sent = 0;

	q->pid = (uint32_t)getpid();
	q->seq = ++a->seq;
	while ((patient && was_sent) ||
	    clock_mono_ns() - begin < PATIENCE_NS) {
		if (send_request(a, q) == -1) {
			if (errno != EAGAIN)
				return gone(a);
		} else {
			was_sent = 1;
			if ((got = receive(a, q, clock_mono_ns() + AGAIN_NS,
			    answer)) != 0)
				return got == 1 ? 0 : gone(a);
		}
		if (sem_is_held(a->sem) != 1) {
			errno = EIDRM;
			return gone(a);
		}
	}
	if (!was_sent) {
		log_errorx("the queue of netradiod (process %d) is full: "
		    "somebody fills it (ipcs -q -p)", a->pid);
		return EX_UNAVAILABLE;
	}
	log_errorx("netradiod (process %d) does not answer: stopped, or stuck "
	    "in a file system (netradioctl status, ps -L -p %d)", a->pid,
	    a->pid);
	return EX_UNAVAILABLE;
}

int
ask_finish(struct control_answer *answer)
{
	char text[CONTROL_TEXT_MAX];

	if (control_get_text(&answer->body, text, sizeof(text)) == -1)
		text[0] = '\0';
	if (answer->status == CONTROL_OK) {
		puts(text);
		return fflush(stdout) == EOF ? EX_UNAVAILABLE : 0;
	}
	log_errorx("%s", text);
	switch (answer->status) {
	case CONTROL_NOT_FOUND:
		return EX_NOINPUT;
	case CONTROL_FORBIDDEN:
		return EX_NOPERM;
	default:
		return EX_UNAVAILABLE;
	}
}
