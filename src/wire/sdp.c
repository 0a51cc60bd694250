/* SPDX-License-Identifier: ISC */
#include "wire/sdp.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

/* A text that grows; bad: it did not fit. */
struct page {
	char *text;
	size_t len;
	int bad;
};

__attribute__((format(printf, 2, 3)))
static void
put(struct page *p, const char *fmt, ...)
{
	size_t room = SDP_MAX - p->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(p->text + p->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		p->bad = 1;
	else
		p->len += (size_t)n;
}

static void
put_text(struct page *p, const char *prefix, const char *text)
{
	if (text != NULL && text[0] != '\0')
		put(p, "%s%s\r\n", prefix, text);
}

static void
put_rate(struct page *p, unsigned kbps)
{
	if (kbps > 0)
		put(p, "b=AS:%u\r\n", kbps);
}

const char *
sdp_origin(const struct sdp *s, char *out)
{
	snprintf(out, SDP_ORIGIN_MAX, "o=- %" PRIu64 " %" PRIu32 " IN IP4 %s",
	    s->session, s->version, s->source);
	return out;
}

int
sdp_format(const struct sdp *s, char *out)
{
	char origin[SDP_ORIGIN_MAX];
	struct page p = { .text = out };

	put(&p, "v=0\r\n%s\r\n", sdp_origin(s, origin));
	/* RFC 8866 section 5.3: never empty. */
	put(&p, "s=%s\r\n", s->name != NULL && s->name[0] != '\0' ? s->name :
	    "-");
	put_text(&p, "i=", s->description);
	put(&p, "c=IN IP4 %s/%u\r\n", s->group, s->ttl);
	put_rate(&p, s->kbps);
	put(&p, "t=0 0\r\n");
	put_text(&p, "a=tool:", s->tool);
	put(&p, "a=type:broadcast\r\na=recvonly\r\na=charset:UTF-8\r\n");
	put_text(&p, "a=x-plgroup:", s->collection);
	/* RFC 4570; keeps a stranger's RTCP BYE from ffmpeg and mpv. */
	put(&p, "a=source-filter: incl IN IP4 * %s\r\n", s->source);
	put(&p, "m=audio %u RTP/AVP %u\r\n", s->port, s->payload_type);
	put_rate(&p, s->kbps);
	put(&p, "a=rtpmap:%u %s/%" PRIu32 "\r\n", s->payload_type,
	    s->encoding, s->clock_hz);
	return p.bad ? -1 : (int)p.len;
}

uint64_t
sdp_session(uint64_t server, unsigned channel)
{
	return (server & UINT32_MAX) << 14 | channel;
}

uint32_t
sdp_version(const struct sdp *s)
{
	struct sdp same = *s;
	char text[SDP_MAX];
	int n;

	same.version = 0;
	same.source = "";	/* the same on every interface */
	n = sdp_format(&same, text);
	return n == -1 ? 0 : crc32_of(text, (size_t)n);
}
