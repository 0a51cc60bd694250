/* SPDX-License-Identifier: ISC */
/* What a session counted: one table yields the struct, JSON and plain text. */
#ifndef STATS_H
#define STATS_H

#include <stdint.h>
#include <stdio.h>

/* name, and whether it is a time in nanoseconds to be shown in ms or s; PPM
 * is in thousandths. */
#define STATS_FIELDS(X)							\
	X(channel, COUNT)	/* last one that was tuned to */	\
	X(packets, COUNT)	/* of the stream, that came */		\
	X(bytes, COUNT)		/* of those, with their RTP headers */	\
	X(lost, COUNT)		/* neither received nor recovered */	\
	X(recovered, COUNT)	/* by error correction */		\
	X(duplicated, COUNT)	/* came again */			\
	X(reordered, COUNT)	/* came after a later one, in time */	\
	X(late, COUNT)		/* came when their time was over */	\
	X(kernel_dropped, COUNT) /* for want of room in the socket */	\
	X(jitter_ms, MS)	/* RFC 3550, at the end */		\
	X(gaps, COUNT)		/* times the sink ran dry */		\
	X(first_audio_ms, MS)	/* from start to first frame written */	\
	X(seconds, S)		/* that the session lasted */

/* And what a decoder's sound was edited, see edit.h. */
#define STATS_DECODER_FIELDS(X)						\
	X(drift_ppm, PPM)	/* by which the decoder is too fast */	\
	X(repeated, COUNT)	/* frames played twice to make up */	\
	X(left_out, COUNT)	/* frames left out to make up */

#define STATS_PPM_UNKNOWN	INT64_MIN

struct stats {
#define STATS_MEMBER(name, kind)	int64_t name;
	STATS_FIELDS(STATS_MEMBER)	/* -1: not known (PPM: see above) */
	STATS_DECODER_FIELDS(STATS_MEMBER)
#undef STATS_MEMBER
};

/* has_decoder: those of a decoder, too. */
void stats_show(FILE *f, const struct stats *s, int has_decoder, int json);

#endif
