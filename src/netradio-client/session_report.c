/* SPDX-License-Identifier: ISC */
/*
 * RTCP: the sockets that hear the server's reports, and the one from which
 * ours go back to it.  Without them the radio plays all the same.
 */
#include "session_private.h"

#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "wire/ports.h"
#include "wire/rtcp.h"

#define DATAGRAM_MAX	2048
#define READ_MAX	64	/* datagrams a turn */
#define SESSION_BPS	128000	/* while the list does not say */

void
session_report_init(struct session *s)
{
	struct session_report *q = &s->report;
	uint8_t chance[REPORTER_CHANCE];

	if (s->o->no_reports)
		return;
	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance)) {
		log_warn("the server will not be told that we listen");
		return;
	}
	reporter_init(&q->reporter, chance);
	q->fd[RECEIVE_4] = q->fd[RECEIVE_6] = -1;
	q->is_on = 1;
}

static const struct plist_entry *
entry(const struct session *s)
{
	const struct listing_entry *c = listing_get(&s->listing, s->channel);

	return c != NULL ? &c->e : NULL;
}

static int64_t
listeners(const struct session *s)
{
	const struct plist_entry *e = entry(s);

	return e != NULL ? e->listeners : -1;
}

static struct reception *
reception_of(struct session *s, unsigned which)
{
	return which == REPORTER_P ? &s->tuner->reception :
	    &s->second.line->reception;
}

static const struct addr *
source_of(const struct session *s, unsigned which)
{
	return which == REPORTER_P ? &s->tuner->source : &s->listing.source;
}

static void
send_to(struct session *s, unsigned which, const uint8_t *data, size_t len)
{
	char text[ADDR_TEXT_MAX];
	const struct addr *to = &s->report.reporter.stream[which].to;
	int *fd = &s->report.fd[addr_is_ipv6(to) ? RECEIVE_6 : RECEIVE_4];

	if (len == 0)
		return;
	if (*fd == -1)
		*fd = udp_sender(to->u.sa.sa_family, 0, 1);
	if (udp_send(*fd, 0, 0, to, data, len) == -1)
		log_debug("%s takes no report", addr_format(to, text));
}

static void
say_bye(struct session *s)
{
	uint8_t data[RTCP_MAX];
	unsigned which;

	for (which = 0; which < REPORTER_STREAMS; which++)
		send_to(s, which, data, reporter_bye(&s->report.reporter,
		    which, listeners(s), data));
}

static void
close_rx(struct session_report *q)
{
	unsigned which;

	for (which = 0; which < REPORTER_STREAMS; which++) {
		if (q->has_rx[which])
			receive_close(&q->rx[which]);
		q->has_rx[which] = 0;
	}
}

static void
open_rx(struct session *s, unsigned which, const struct receive_group *media)
{
	struct receive_group group = receive_group_plus(media, 0,
	    (uint16_t)(addr_port(receive_group_name(media)) + 1));

	/* Not what is for this host: there may be a server here, to whom
	 * others report. */
	s->report.has_rx[which] = receive_open(&s->report.rx[which], &group,
	    &s->o->where, 0) == 0;
}

void
session_report_leave(struct session *s)
{
	if (!s->report.is_on)
		return;
	say_bye(s);
	close_rx(&s->report);
}

void
session_report_tune(struct session *s)
{
	if (!s->report.is_on)
		return;
	reporter_tune(&s->report.reporter, s->now_ns);
	s->report.is_over = 0;
	open_rx(s, REPORTER_P, &s->media_rx.group);
}

unsigned
session_report_receivers(struct session *s,
    struct receive *rx[static REPORTER_STREAMS])
{
	struct session_report *q = &s->report;
	unsigned which, n = 0;

	for (which = 0; which < REPORTER_STREAMS; which++)
		if (q->has_rx[which])
			rx[n++] = &q->rx[which];
	return n;
}

unsigned
session_report_poll(struct session *s, struct pollfd *pfd)
{
	struct session_report *q = &s->report;
	unsigned which, n = 0;

	for (which = 0; which < REPORTER_STREAMS; which++)
		if (q->has_rx[which])
			n += receive_poll(&q->rx[which], pfd + n);
	return n;
}

static void
read_one(struct session *s, unsigned which)
{
	struct session_report *q = &s->report;
	char name[SESSION_NAME_MAX];
	uint8_t data[DATAGRAM_MAX];
	struct udp_info info;
	ssize_t n;
	int i;

	for (i = 0; i < READ_MAX && (n = receive_get(&q->rx[which], data,
	    sizeof(data), &info)) != -1; i++) {
		if (!reporter_take(&q->reporter, which, data, (size_t)n,
		    &info.from, source_of(s, which),
		    reception_of(s, which)->ssrc, s->now_ns))
			continue;
		if (!q->is_over)
			session_say(s, "%s: the server has ended",
			    session_channel_name(s, s->channel, name));
		q->is_over = 1;
	}
}

void
session_report_read(struct session *s)
{
	unsigned which;

	for (which = 0; which < REPORTER_STREAMS; which++)
		if (s->report.has_rx[which])
			read_one(s, which);
}

void
session_report_watch(struct session *s)
{
	struct session_report *q = &s->report;
	const struct plist_entry *e = entry(s);
	uint8_t data[RTCP_MAX];
	struct addr from;
	unsigned which;
	int64_t due;

	if (!q->is_on)
		return;
	if (s->second.has_rx && !q->has_rx[REPORTER_SECOND])
		open_rx(s, REPORTER_SECOND, &s->second.rx.group);
	/* A flood of what others make up is thrown away by the kernel. */
	for (which = 0; which < REPORTER_STREAMS; which++) {
		from = *source_of(s, which);
		if (from.len > 0)
			from = addr_plus(&from, 0, 0);
		if (q->has_rx[which])
			receive_only(&q->rx[which], from.len > 0 ? &from :
			    NULL, 0);
	}
	due = reporter_due_ns(&q->reporter, listeners(s), e != NULL &&
	    e->bitrate > 0 ? e->bitrate : SESSION_BPS);
	if (s->now_ns < due) {
		if (due < s->wake_ns)
			s->wake_ns = due;
		return;
	}
	for (which = 0; which < REPORTER_STREAMS; which++)
		send_to(s, which, data, reporter_say(&q->reporter, which,
		    reception_of(s, which), s->now_ns, data));
	reporter_next(&q->reporter, s->now_ns);
}

void
session_report_close(struct session *s)
{
	struct session_report *q = &s->report;
	unsigned f;

	session_report_leave(s);
	for (f = 0; q->is_on && f < RECEIVE_FAMILIES; f++)
		if (q->fd[f] != -1)
			close(q->fd[f]);
	q->is_on = 0;
}
