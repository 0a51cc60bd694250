/* SPDX-License-Identifier: ISC */
/*
 * Everything that is counted, said once.  These tables yield the fields of the
 * board (wire/onair.h) and of the daemon's part (wire/statseg.h), and what
 * netradioctl prints in each of its forms; a test compares them with the
 * manual.
 *
 *	X(kind, name, sentence)
 *
 * A COUNTER only rises, from the start of the channel or of the daemon; a
 * GAUGE is what it is now.
 */
#ifndef WIRE_COUNTERS_H
#define WIRE_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#define COUNTERS_OF_CHANNEL(X)						\
	X(COUNTER, packets, "RTP packets sent")				\
	X(COUNTER, octets, "bytes of RTP payload sent")			\
	X(COUNTER, unsent, "packets that no interface took")		\
	X(COUNTER, failed_enobufs, "sends refused: no buffer (ENOBUFS)") \
	X(COUNTER, failed_enetunreach,					\
	    "sends refused: no route (ENETUNREACH)")			\
	X(COUNTER, failed_enetdown,					\
	    "sends refused: interface down (ENETDOWN)")			\
	X(COUNTER, failed_eperm, "sends refused: firewall (EPERM)")	\
	X(COUNTER, failed_other, "sends refused: for another reason")	\
	X(COUNTER, stalls, "times that the stream was held up for more " \
	    "than half a second and went on from then")			\
	X(COUNTER, underruns, "packets that were not ready at their time: " \
	    "the file came too late")					\
	X(COUNTER, muted, "frames muted for want of bit reservoir")	\
	X(COUNTER, tracks, "tracks begun")				\
	X(COUNTER, bad_tracks, "tracks that could not be played, or not " \
	    "to their end")

/* What listeners report (RTCP).  Loss is in thousandths of the packets since
 * the report before. */
#define COUNTERS_OF_AUDIENCE(X)						\
	X(GAUGE, listeners, "listeners that report: there may be more")	\
	X(GAUGE, loss_median, "thousandths of the packets that half of " \
	    "them lose at most")					\
	X(GAUGE, loss_worst, "and the worst of them")			\
	X(GAUGE, jitter_median_ms, "jitter in ms that half of them have " \
	    "at most")							\
	X(GAUGE, jitter_worst_ms, "and the worst of them")

#define COUNTERS_OF_DAEMON(X)						\
	X(GAUGE, channels, "channels in the library")			\
	X(GAUGE, on_air, "channels on air")				\
	X(GAUGE, silent, "channels on air that have nothing to play")	\
	X(GAUGE, rate_bps, "bit/s that the channels on air take on the " \
	    "network, as max-rate counts it")				\
	X(GAUGE, files, "files that are media or claim to be")		\
	X(GAUGE, playable, "files that can be played")			\
	X(GAUGE, problems, "files that cannot")				\
	X(COUNTER, reloads, "times that configuration and library were " \
	    "read again")						\
	X(COUNTER, commands, "commands taken from the queue")		\
	X(COUNTER, bad_commands, "messages that were no command")	\
	X(COUNTER, dropped_replies, "replies that nobody fetched, or for " \
	    "which the queue had no room")				\
	X(COUNTER, lists, "datagrams of the program list sent")		\
	X(COUNTER, send_errors, "sends that failed, all together")	\
	X(GAUGE, listeners, "listeners that report, on all channels: " \
	    "there may be more")					\
	X(COUNTER, reports, "listeners' reports taken")			\
	X(COUNTER, bad_reports, "RTCP that tells of no stream of ours, or " \
	    "for which there was no room")				\
	X(GAUGE, http_clients, "connections over HTTP")			\
	X(GAUGE, http_listeners, "of those, listeners of a channel")	\
	X(COUNTER, http_requests, "requests over HTTP")			\
	X(COUNTER, http_refused, "of those, refused for their form, and " \
	    "connections for which there was no room")

#define COUNTERS_FIELD(kind, name, sentence)	uint64_t name;

enum counters_kind { COUNTERS_COUNTER, COUNTERS_GAUGE };

struct counter {
	enum counters_kind kind;
	const char *name;
	const char *sentence;
	size_t offset;		/* of the field, a uint64_t, in its struct */
};

/* The i-th of the table, NULL after the last: of struct onair_line, struct
 * onair_audience and struct statseg_daemon. */
const struct counter *counters_of_channel(size_t i);
const struct counter *counters_of_audience(size_t i);
const struct counter *counters_of_daemon(size_t i);
/* Its value in such a struct. */
uint64_t counters_value(const struct counter *c, const void *values);

/*
 * Lateness: how long after its time a packet left, counted in buckets of which
 * each goes to twice the last: 1, 2, 4, ... ms; the last has no end.
 */
#define COUNTERS_LATE_BUCKETS	10

unsigned counters_late_bucket(int64_t late_ns);
/* Upper end of a bucket in ms; 0: it has none. */
unsigned counters_late_end_ms(unsigned bucket);

#endif
