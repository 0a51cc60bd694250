/* SPDX-License-Identifier: ISC */
#include "wire/sap.h"

#include <string.h>

#include "base/bytes.h"

#define F_VERSION	0x20	/* version 1 */
#define F_IPV6		0x10
#define F_DELETION	0x04

static const char payload_type[] = "application/sdp";	/* with its NUL */

/* Never 0, which means "none". */
static uint16_t
hash_of(uint32_t version)
{
	uint16_t hash = (uint16_t)(version >> 16 ^ version);

	return hash != 0 ? hash : 1;
}

size_t
sap_encode(const struct sdp *s, int is_deletion, const uint8_t *source,
    unsigned source_len, uint8_t *out)
{
	char text[SDP_MAX];
	struct wr w;
	int n;

	wr_init(&w, out, SAP_PACKET_MAX);
	wr_u8(&w, F_VERSION | (source_len == 16 ? F_IPV6 : 0) |
	    (is_deletion ? F_DELETION : 0));
	wr_u8(&w, 0);		/* no authentication: VLC would drop it */
	wr_u16(&w, hash_of(s->version));
	wr_bytes(&w, source, source_len);
	wr_bytes(&w, payload_type, sizeof(payload_type));
	if (is_deletion) {
		sdp_origin(s, text);
		wr_bytes(&w, text, strlen(text));
		wr_bytes(&w, "\r\n", 2);
	} else if ((n = sdp_format(s, text)) != -1)
		wr_bytes(&w, text, (size_t)n);
	else
		return 0;
	return w.bad ? 0 : wr_len(&w);
}
