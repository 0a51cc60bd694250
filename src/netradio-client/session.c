/* SPDX-License-Identifier: ISC */
/*
 * One thread, one wait.  Each turn: wait; read what came (signals, keys, list,
 * packets); let the sink do its part; look at what time brings; give out what
 * is due.  Nothing here blocks but the wait.
 */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "os/linkwatch.h"
#include "player.h"
#include "session_private.h"
#include "sink.h"
#include "sink_file.h"
#include "wire/ports.h"

#define LEAD_MAX_NS	(150 * NS_PER_MS)
#define POLL_MAX	(4 + 2 * RECEIVE_SOCKETS + SINK_POLL_MAX + \
			SESSION_SECOND_POLL_MAX + SESSION_REPORT_POLL_MAX)
#define DATAGRAM_MAX	2048
#define PACKET_NS	(80 * NS_PER_MS)
#define READ_MAX	1024	/* datagrams a turn, whoever sends them */
/* A name in the list comes before one that resolves: every server's head has
 * come by then. */
#define NAME_FIRST_NS	(1200 * NS_PER_MS)

static void on_signal(struct session *s, unsigned signo);

/*
 * Channels.
 */

static void
close_media(struct session *s)
{
	if (!s->has_media)
		return;
	s->dropped += receive_dropped(&s->media_rx);
	receive_close(&s->media_rx);
	s->has_media = 0;
}

void
session_tune(struct session *s, unsigned channel)
{
	struct receive_group group = receive_group_plus(&s->o->base, channel,
	    ports_of_channel(channel));
	const struct addr *shown = receive_group_name(&group);
	char name[SESSION_NAME_MAX], text[ADDR_TEXT_MAX];

	session_report_leave(s);
	close_media(s);
	s->channel = s->from_channel = channel;
	s->state = TUNED;
	s->tuned_ns = s->now_ns;
	s->shown[0] = '\0';
	memset(&s->media_silence, 0, sizeof(s->media_silence));
	tuner_reset(s->tuner, s->sink->ops->drop(s->sink));
	session_second_tune(s);
	s->tuner->port = addr_port(shown);
	if (s->listing.has_server)
		tuner_trust(s->tuner, &s->listing.source);
	if (receive_open(&s->media_rx, &group, &s->o->where,
	    RECEIVE_HEARS_HOST) == -1) {
		log_error("cannot listen to %s", addr_format(shown, text));
		session_end(s, EX_OSERR, 0);
		return;
	}
	s->has_media = 1;
	session_report_tune(s);
	session_say(s, "%s on %s port %u",
	    session_channel_name(s, channel, name),
	    addr_format(shown, text), (unsigned)addr_port(shown));
}

void
session_end(struct session *s, int code, int drain)
{
	if (s->state == ENDING)
		return;
	s->state = ENDING;
	s->code = code;
	s->end_ns = s->now_ns;
	if (s->sink != NULL)
		s->sink->ops->finish(s->sink, drain, s->now_ns);
	session_second_finish(s, drain);
}

/*
 * What came.
 */

static void
tune_by_hand(struct session *s, unsigned channel)
{
	if (channel == 0 || channel == s->channel)
		return;
	if (listing_get(&s->listing, channel) == NULL &&
	    listing_is_complete(&s->listing, s->now_ns)) {
		session_say(s, "there is no channel %u", channel);
		return;
	}
	s->is_confirmed = 1;
	session_tune(s, channel);
}

static void
read_keys(struct session *s, int is_readable)
{
	enum term_key key;

	while (s->state != ENDING && (key = term_read(&s->term, is_readable,
	    s->now_ns)) != TERM_NONE) {
		if (key == TERM_QUIT)
			session_end(s, EX_OK, 0);
		else if (key == TERM_NUMBER)
			tune_by_hand(s, s->term.number);
		else if (key == TERM_UP || key == TERM_DOWN)
			tune_by_hand(s, listing_step(&s->listing,
			    s->from_channel, key == TERM_UP ? 1 : -1));
	}
}

static void
on_list_news(struct session *s, enum listing_news news,
    const struct addr *from)
{
	char text[ADDR_TEXT_MAX];

	addr_format(from, text);
	switch (news) {
	case LISTING_NEW:
		resolve_end(&s->resolve);
		log_info("program list of %s, %u channels", text,
		    (unsigned)s->listing.head.channels);
		if (s->state == TUNED && tuner_trust(s->tuner, from))
			session_say(s, "what was heard is not this "
			    "server's: changing over");
		break;
	case LISTING_MOVED:
		session_say(s, "the server is now at %s", text);
		if (s->state == TUNED)
			tuner_move(s->tuner, from);
		break;
	case LISTING_BACK:
		session_say(s, "the server has begun anew");
		break;
	case LISTING_NOTHING:
	case LISTING_UPDATED:
		break;
	}
}

static void
read_list(struct session *s)
{
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	ssize_t n;
	int i;

	for (i = 0; i < READ_MAX && (n = receive_get(&s->list_rx, data,
	    sizeof(data), &info)) != -1; i++)
		on_list_news(s, listing_take(&s->listing, data, (size_t)n,
		    &info.from, s->now_ns), &info.from);
}

static void
read_resolved(struct session *s)
{
	struct addr found[RESOLVE_MAX];
	int n, i;

	if ((n = resolve_get(&s->resolve, found)) == -1)
		return;
	for (i = 0; i < n && s->listing.n_want < LISTING_WANT_MAX; i++)
		s->listing.want[s->listing.n_want++] = found[i];
	s->has_no_address = n == 0;
	log_debug("%s: %d addresses", s->o->server, n);
}

static void
read_media(struct session *s)
{
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	ssize_t n;
	int i;

	for (i = 0; i < READ_MAX && (n = receive_get(&s->media_rx, data,
	    sizeof(data), &info)) != -1; i++) {
		/* With a list the tuner knows whom to believe. */
		if (!s->listing.has_server &&
		    !listing_may_be(&s->listing, &info.from))
			continue;
		tuner_take(s->tuner, data, (size_t)n, &info.from,
		    clock_mono_ns());
	}
	if (s->tuner->last_ns == 0)
		return;
	s->was_heard = 1;
	if (s->sink->ops->open(s->sink, s->now_ns) == -1)
		session_end(s, s->sink->code, 0);
}

static void
read_signals(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info))
		on_signal(s, info.ssi_signo);
}

static void
on_signal(struct session *s, unsigned signo)
{
	switch (signo) {
	case SIGCHLD:		/* the sink looks after its child anyway */
		break;
	case SIGTSTP:
		term_stop(&s->term);
		raise(SIGSTOP);
		term_again(&s->term);
		break;
	case SIGCONT:
		term_again(&s->term);
		break;
	default:		/* INT, TERM, HUP, QUIT; twice: at once */
		if (s->state == ENDING && s->sink != NULL)
			s->sink->ops->finish(s->sink, 0, s->now_ns);
		session_second_finish(s, 0);
		session_end(s, EX_OK, 0);
	}
}

/*
 * What is due.
 */

static int
is_silent(const uint8_t *frame, size_t len)
{
	size_t i;

	for (i = MPA_HEADER_SIZE; i < len; i++)
		if (frame[i] != 0)
			return 0;
	return 1;
}

static int
on_frame(void *arg, const struct mpa *m, const uint8_t *frame, size_t len,
    enum unpack_kind kind)
{
	struct session *s = arg;
	int64_t play_ns = flick_to_ns(flick_of_samples(m->samples, m->rate));

	/* In one file they take turns.  A frame may be a packet's length
	 * ahead of its time. */
	if (s->o->output != NULL && second_is_on(s->second.line,
	    s->now_ns + play_ns + PACKET_NS) && is_silent(frame, len))
		return 0;
	if (s->sink->ops->put(s->sink, frame, len, play_ns, s->now_ns) == -1)
		return -1;
	if (s->sound_ns == 0 && kind == UNPACK_WHOLE)
		s->sound_ns = s->now_ns;
	return 0;
}

static void
play(struct session *s)
{
	char name[SESSION_NAME_MAX];
	int64_t wake;

	if (s->sink->opened != s->sink_opened) {
		if (s->sink_opened > 0)
			log_info("the output takes sound again");
		s->sink_opened = s->sink->opened;
		tuner_restart(s->tuner, s->now_ns);
	}
	if (s->now_ns >= s->tuner->sample_ns)
		tuner_level(s->tuner, s->sink->ops->level(s->sink),
		    s->now_ns);
	switch (tuner_play(s->tuner, s->now_ns, &wake)) {
	case TUNER_BEGUN:
		log_info("%s begins", session_channel_name(s, s->channel,
		    name));
		session_say_title(s);
		break;
	case TUNER_ENDED:
		log_info("%s: no more silence is made for it",
		    session_channel_name(s, s->channel, name));
		break;
	case TUNER_NOTHING:
		break;
	}
	if (wake < s->wake_ns)
		s->wake_ns = wake;
}

/* The sink's turn: 0; -1: nothing is left to do. */
static int
serve_sink(struct session *s)
{
	int is_playing;

	if (s->sink == NULL)
		return s->state == ENDING ? -1 : 0;
	is_playing = session_second_serve(s);
	if (s->sink->ops->serve(s->sink, s->now_ns) == -1) {
		session_end(s, s->sink->code, 0);
		return -1;
	}
	return s->state == ENDING && s->sink->is_done && !is_playing ? -1 :
	    0;
}

/*
 * The loop.
 */

static int
wait_until(struct session *s, struct pollfd *pfd, unsigned n)
{
	struct timespec ts;
	int64_t left = s->wake_ns - clock_mono_ns();

	if (left < 0)
		left = 0;
	ts.tv_sec = (time_t)(left / NS_PER_S);
	ts.tv_nsec = (long)(left % NS_PER_S);
	return ppoll(pfd, n, &ts, NULL);
}

/* Whether an answer of the resolver's is wanted already. */
static int
is_resolving(struct session *s)
{
	int64_t at = s->opened_ns + NAME_FIRST_NS;

	if (s->resolve.fd == -1 || s->now_ns >= at)
		return s->resolve.fd != -1;
	if (at < s->wake_ns)
		s->wake_ns = at;
	return 0;
}

/* Collect what to wait for, and wait; then read it all. */
static void
turn(struct session *s)
{
	struct pollfd pfd[POLL_MAX];
	unsigned n = 0, i;
	int keys = -1, resolving = -1, links = -1;

	memset(pfd, 0, sizeof(pfd));
	pfd[n].fd = s->signal_fd;
	pfd[n++].events = POLLIN;
	if (s->state != ENDING && s->links_fd != -1) {
		links = (int)n;
		pfd[n].fd = s->links_fd;
		pfd[n++].events = POLLIN;
	}
	if (s->state != ENDING) {
		if (term_is_waiting(&s->term)) {
			keys = (int)n;
			pfd[n].fd = STDIN_FILENO;
			pfd[n++].events = POLLIN;
			if (s->term.until_ns != 0 &&
			    s->term.until_ns < s->wake_ns)
				s->wake_ns = s->term.until_ns;
		}
		if (is_resolving(s)) {
			resolving = (int)n;
			pfd[n].fd = s->resolve.fd;
			pfd[n++].events = POLLIN;
		}
		n += receive_poll(&s->list_rx, pfd + n);
		if (s->has_media)
			n += receive_poll(&s->media_rx, pfd + n);
		n += session_report_poll(s, pfd + n);
	}
	if (s->sink != NULL)
		n += s->sink->ops->poll(s->sink, pfd + n, &s->wake_ns);
	n += session_second_poll(s, pfd + n);
	if (wait_until(s, pfd, n) == -1)
		for (i = 0; i < n; i++)
			pfd[i].revents = 0;
	s->now_ns = clock_mono_ns();
	s->wake_ns = s->now_ns + SESSION_TICK_NS;
	if (pfd[0].revents != 0)
		read_signals(s);
	if (s->state == ENDING)
		return;
	if (resolving >= 0 && pfd[resolving].revents != 0)
		read_resolved(s);
	if (links >= 0 && pfd[links].revents != 0 &&
	    linkwatch_read(s->links_fd))
		session_watch_links(s);
	read_list(s);
	if (s->has_media)
		read_media(s);
	session_second_read(s);
	session_report_read(s);
	read_keys(s, keys >= 0 && pfd[keys].revents != 0);
	if (keys >= 0 && (pfd[keys].revents & ~POLLIN) != 0)
		s->term.is_on = 0;	/* the terminal is gone */
}

static void
loop(struct session *s)
{
	for (;;) {
		if (s->state != ENDING)
			session_watch(s);
		if (s->state == TUNED) {
			session_second_play(s);
			play(s);
		}
		if (serve_sink(s) == -1)
			return;
		turn(s);
	}
}

/*
 * Beginning and end.
 */

/* Whom to listen to: an address; or a name in a list's head, or one that
 * resolves. */
static void
find_server(struct session *s)
{
	if (s->o->server == NULL)
		return;
	if (addr_parse(&s->listing.want[0], s->o->server, 0) == 0) {
		s->listing.n_want = 1;
		return;
	}
	s->listing.want_name = s->o->server;
	if (resolve_start(&s->resolve, s->o->server) == -1)
		log_warn("cannot resolve %s", s->o->server);
}

int
session_signals(void)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	    SIGCHLD, SIGTSTP, SIGCONT };
	static const int may_be_ignored[] = { SIGHUP, SIGTSTP };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction was;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	/* Under nohup, or of a shell without job control: so it stays. */
	for (i = 0; i < sizeof(may_be_ignored) / sizeof(may_be_ignored[0]);
	    i++)
		if (sigaction(may_be_ignored[i], NULL, &was) == 0 &&
		    was.sa_handler == SIG_IGN)
			sigdelset(&set, may_be_ignored[i]);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGTTOU, &ignore, NULL);
	/* Ignored, it would have the kernel reap our children. */
	sigaction(SIGCHLD, &usual, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* The sink, and what depends on it: 0, or the exit code. */
static int
open_sink(struct session *s)
{
	int64_t lead = s->o->delay_ns / 2;
	int code = EX_OSERR;

	if (s->o->output != NULL) {
		lead = 0;
		s->sink = sink_file_new(s->o->output, &code);
	} else {
		lead = lead < LEAD_MAX_NS ? lead : LEAD_MAX_NS;
		s->sink = player_new(s->o->decoder_of[DECODERS_MPEG], lead,
		    &code);
	}
	if (s->sink == NULL)
		return code;
	s->tuner = xmalloc(sizeof(*s->tuner));
	tuner_init(s->tuner, s->o->delay_ns - lead, lead, on_frame, s);
	session_second_init(s, s->o->delay_ns - lead, lead);
	/* What is written to a file stays as it was sent. */
	if (s->o->output == NULL)
		tuner_adapt(s->tuner);
	return 0;
}

/* A number is joined at once, before anything else that can wait. */
static void
tune_number(struct session *s)
{
	char why[64];
	int64_t number;

	if (s->o->channel != NULL && num_parse(s->o->channel, 1,
	    PORTS_CHANNEL_MAX, &number, why, sizeof(why)) == 0)
		session_tune(s, (unsigned)number);
}

/* 0, or the exit code. */
static int
begin(struct session *s)
{
	char text[ADDR_TEXT_MAX];
	int code;

	if ((s->signal_fd = session_signals()) == -1) {
		log_error("signalfd");
		return EX_OSERR;
	}
	/* First: the child shares none of the sockets and files then. */
	find_server(s);
	if (s->o->task == OPTIONS_LISTEN) {
		if ((code = open_sink(s)) != 0)
			return code;
		session_report_init(s);
		tune_number(s);
	}
	if (receive_open(&s->list_rx, &s->o->base, &s->o->where,
	    RECEIVE_HEARS_HOST | RECEIVE_ANYBODY) == -1) {
		log_error("cannot listen to %s", addr_format(
		    receive_group_name(&s->o->base), text));
		return EX_OSERR;
	}
	s->links_fd = linkwatch_open();
	s->opened_ns = s->now_ns = clock_mono_ns();
	if (s->list_rx.n < s->o->where.n)
		log_warnx("not all of the interfaces named are up; waiting");
	if (s->o->task != OPTIONS_LISTEN)
		return 0;
	term_start(&s->term, s->o->plain);
	s->sink->ops->prepare(s->sink, s->now_ns);
	return 0;
}

static void
finish(struct session *s)
{
	if (s->tuner != NULL && s->sink != NULL &&
	    (s->was_heard || s->code == EX_OK))
		session_say_stats(s);
	term_stop(&s->term);
	close_media(s);
	session_report_close(s);
	session_second_close(s);
	receive_close(&s->list_rx);
	if (s->sink != NULL)
		s->sink->ops->free(s->sink);
	listing_done(&s->listing);
	free(s->tuner);
	if (s->links_fd != -1)
		close(s->links_fd);
	if (s->signal_fd != -1)
		close(s->signal_fd);
}

int
session_run(const struct options *o, int64_t start_ns)
{
	struct session *s = xcalloc(1, sizeof(*s));
	unsigned i;
	int code;

	s->o = o;
	s->start_ns = start_ns;
	s->now_ns = clock_mono_ns();
	s->wake_ns = s->now_ns;
	s->signal_fd = s->links_fd = -1;
	for (i = 0; i < RECEIVE_SOCKETS; i++)
		s->list_rx.fd[i] = -1;
	listing_init(&s->listing);
	resolve_init(&s->resolve);
	code = begin(s);
	if (code == 0) {
		loop(s);
		code = s->code;
		finish(s);
	} else {
		if (s->sink != NULL)
			s->sink->ops->free(s->sink);
		session_report_close(s);
		session_second_close(s);
		free(s->tuner);
	}
	resolve_end(&s->resolve);
	free(s);
	return code;
}
