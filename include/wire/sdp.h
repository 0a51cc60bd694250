/* SPDX-License-Identifier: ISC */
/*
 * What a player needs to know of a channel, as a session description (RFC
 * 8866): one line m=, in the order of the RFC, each line ended with CRLF, as
 * other players were measured to accept it (VLC drops a second m=, and a last
 * line without an end).  Nothing in it changes while a channel is on air.
 */
#ifndef WIRE_SDP_H
#define WIRE_SDP_H

#include <stddef.h>
#include <stdint.h>

struct plist_second;

#define SDP_MAX	1400	/* bytes, with NUL; VLC takes no more from SAP */

/* For MPEG audio; the bandwidth is an upper bound at any bit rate with all
 * headers, since the rate of the next track must not change the description. */
#define SDP_ENCODING_MPA	"MPA"
#define SDP_KBPS_MPA		512
#define SDP_ENCODING_AAC	"mpeg4-generic"
#define SDP_ENCODING_L16	"L16"

/* Texts are clean UTF-8 without line ends; NULL or "": absent. */
struct sdp {
	uint64_t session;	/* the same as long as there is the channel */
	uint32_t version;	/* another one: something in it has changed */
	const char *source;	/* the server's address, in numbers */
	const char *name;
	const char *description;
	const char *collection;	/* under which VLC lists it */
	const char *tool;	/* who made it */
	const char *group;	/* address, in numbers, of source's family */
	unsigned ttl;
	uint16_t port;
	unsigned kbps;		/* of the session, headers included; 0: not
				 * told */
	uint8_t payload_type;
	const char *encoding;	/* "MPA" */
	uint32_t clock_hz;
	unsigned channels;	/* in a=rtpmap; 0: not told */
	const char *parameters;	/* of the format (a=fmtp) */
};

/* Port, payload type and all that follows it in s, as they are for the other
 * format of a channel (AAC: RFC 3640 section 4.1; PCM: RFC 3551); parameters is
 * where s->parameters then points to. */
#define SDP_PARAMETERS_MAX 256
void sdp_use_second(struct sdp *s, const struct plist_second *second,
    char parameters[static SDP_PARAMETERS_MAX]);
/* The line o=, without an end, into out[SDP_ORIGIN_MAX]; returns out. */
#define SDP_ORIGIN_MAX	128
const char *sdp_origin(const struct sdp *s, char *out);
/* All of it into out[SDP_MAX]: its length, or -1 if it is longer. */
int sdp_format(const struct sdp *s, char *out);
/* The session of a server's channel. */
uint64_t sdp_session(uint64_t server, unsigned channel);
/* A version made of all the rest but the source: the same after a restart. */
uint32_t sdp_version(const struct sdp *s);

#endif
