/* SPDX-License-Identifier: ISC */
/*
 * A description of anything that may stand in a library, alone and announced:
 * it has the shape that players were measured to accept, or there is none.
 *
 * Answers for: src/wire/sdp.c src/wire/sap.c
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/text.h"
#include "wire/plist.h"
#include "wire/sap.h"
#include "wire/sdp.h"

#define TEXT_MAX	300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A text as the server has it: clean, of any length up to that. */
static const char *
take_text(struct rd *r, char out[static TEXT_MAX])
{
	size_t n = rd_u16(r) % TEXT_MAX;
	const uint8_t *p;

	if (n > rd_left(r))
		n = rd_left(r);
	p = rd_bytes(r, n);
	text_copyn(out, TEXT_MAX, (const char *)p, n);
	text_clean(out);
	return out;
}

/* Whether each line ends with CRLF and has a letter and "=" in front. */
static void
check_lines(const char *text, size_t len)
{
	const char *end = text + len, *next;
	int media = 0, origins = 0;

	assert(len > 5 && len < SDP_MAX && strlen(text) == len);
	assert(strncmp(text, "v=0\r\n", 5) == 0);
	for (; text < end; text = next + 2) {
		next = strstr(text, "\r\n");
		assert(next != NULL && next > text + 1);
		assert(text[0] >= 'a' && text[0] <= 'z' && text[1] == '=');
		assert(memchr(text, '\n', (size_t)(next - text)) == NULL);
		media += text[0] == 'm';
		origins += text[0] == 'o';
	}
	assert(media == 1 && origins == 1);
}

static void
check_packet(const struct sdp *s, int is_deletion, unsigned source_len)
{
	static const uint8_t source[16] = { 0xfe, 0x80 };
	static const char type[] = "application/sdp";
	uint8_t p[SAP_PACKET_MAX];
	size_t len = sap_encode(s, is_deletion, source, source_len, p);
	size_t at = 4 + source_len;

	if (len == 0)
		return;
	assert(len <= sizeof(p) && len > at + sizeof(type));
	assert(p[0] == (0x20 | (is_deletion ? 4 : 0) |
	    (source_len == 16 ? 0x10 : 0)));
	assert(p[1] == 0 && (p[2] | p[3]) != 0);
	assert(memcmp(p + at, type, sizeof(type)) == 0);
	assert(memcmp(p + at + sizeof(type), is_deletion ? "o=" : "v=", 2) ==
	    0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[TEXT_MAX], description[TEXT_MAX], collection[TEXT_MAX];
	char parameters[SDP_PARAMETERS_MAX], text[SDP_MAX];
	struct plist_second second;
	struct sdp s, later;
	struct rd r;
	int six, len;

	rd_init(&r, data, size);
	memset(&s, 0, sizeof(s));
	six = rd_u8(&r) & 1;
	s.session = rd_u64(&r);
	s.source = six ? "fe80::1" : "10.0.0.1";
	s.group = six ? "ff15::efff:4001" : "239.255.64.1";
	s.ttl = rd_u8(&r);
	s.port = rd_u16(&r);
	s.kbps = rd_u16(&r);
	s.payload_type = rd_u8(&r) & 0x7f;
	s.encoding = SDP_ENCODING_MPA;
	s.clock_hz = rd_u32(&r);
	s.tool = "netradiod/fuzz";
	if (rd_u8(&r) & 1) {
		memset(&second, 0, sizeof(second));
		second.port = rd_u16(&r);
		second.payload_type = rd_u8(&r) & 0x7f;
		second.channels = rd_u8(&r);
		second.clock_hz = rd_u32(&r);
		second.config_len = rd_u8(&r) % (PLIST_CONFIG_MAX + 1);
		if (rd_left(&r) < second.config_len)
			second.config_len = (uint8_t)rd_left(&r);
		memcpy(second.config, rd_bytes(&r, second.config_len),
		    second.config_len);
		sdp_use_second(&s, &second, parameters);
	}
	s.name = take_text(&r, name);
	s.description = take_text(&r, description);
	s.collection = take_text(&r, collection);
	s.version = sdp_version(&s);
	later = s;
	later.source = six ? "fe80::2" : "10.0.0.2";
	assert(sdp_version(&later) == s.version);
	if ((len = sdp_format(&s, text)) != -1)
		check_lines(text, (size_t)len);
	check_packet(&s, 0, six ? 16 : 4);
	check_packet(&s, 1, six ? 16 : 4);
	return 0;
}
