/* SPDX-License-Identifier: ISC */
/* The description and its announcement, byte for byte as interop.md has
 * them. */
#include "wire/sap.h"

#include <string.h>

#include "tap.h"
#include "wire/plist.h"

static const struct sdp jazz = {
	.session = 123, .version = 7, .source = "10.0.0.1", .name = "Jazz",
	.description = "All day", .collection = "House", .tool = "netradiod/1",
	.group = "239.255.64.3", .ttl = 1, .port = 16400, .kbps = 512,
	.payload_type = 14, .encoding = "MPA", .clock_hz = 90000
};

static const char text[] =
    "v=0\r\n"
    "o=- 123 7 IN IP4 10.0.0.1\r\n"
    "s=Jazz\r\n"
    "i=All day\r\n"
    "c=IN IP4 239.255.64.3/1\r\n"
    "b=AS:512\r\n"
    "t=0 0\r\n"
    "a=tool:netradiod/1\r\n"
    "a=type:broadcast\r\n"
    "a=recvonly\r\n"
    "a=charset:UTF-8\r\n"
    "a=x-plgroup:House\r\n"
    "a=source-filter: incl IN IP4 * 10.0.0.1\r\n"
    "m=audio 16400 RTP/AVP 14\r\n"
    "b=AS:512\r\n"
    "a=rtpmap:14 MPA/90000\r\n";

/* AAC as interop.md 9.1 has it, and PCM. */
static void
test_second(void)
{
	struct plist_second aac = { .port = 16406, .payload_type = 97,
	    .channels = 2, .clock_hz = 44100, .config_len = 2,
	    .config = { 0x12, 0x10 } };
	struct plist_second pcm = { .port = 16406, .payload_type = 98,
	    .channels = 1, .clock_hz = 48000 };
	char out[SDP_MAX], parameters[SDP_PARAMETERS_MAX];
	struct sdp s = jazz;

	sdp_use_second(&s, &aac, parameters);
	ok(sdp_format(&s, out) > 0 && strstr(out,
	    "m=audio 16406 RTP/AVP 97\r\nb=AS:592\r\n"
	    "a=rtpmap:97 mpeg4-generic/44100/2\r\n"
	    "a=fmtp:97 streamtype=5;profile-level-id=41;mode=AAC-hbr;"
	    "config=1210;sizelength=13;indexlength=3;"
	    "indexdeltalength=3\r\n") != NULL, "AAC");
	sdp_use_second(&s, &pcm, parameters);
	ok(sdp_format(&s, out) > 0 && strstr(out,
	    "m=audio 16406 RTP/AVP 98\r\nb=AS:832\r\n"
	    "a=rtpmap:98 L16/48000/1\r\n") != NULL &&
	    strstr(out, "fmtp") == NULL, "PCM");
	memset(aac.config, 0xff, sizeof(aac.config));
	aac.config[1] = 0x10;
	aac.config_len = sizeof(aac.config);
	sdp_use_second(&s, &aac, parameters);
	ok(sdp_format(&s, out) > 0, "the longest there is");
}

static void
test_description(void)
{
	struct sdp s = jazz;
	char out[SDP_MAX];

	is(sdp_format(&s, out), sizeof(text) - 1, "its length");
	is_str(out, text, "as it is in interop.md");
	s.name = "";
	s.description = s.collection = NULL;
	s.kbps = 0;
	sdp_format(&s, out);
	ok(strstr(out, "s=-\r\n") != NULL, "a name is never empty");
	ok(strstr(out, "i=") == NULL && strstr(out, "x-plgroup") == NULL &&
	    strstr(out, "b=") == NULL, "what is absent has no line");
}

static void
test_too_long(void)
{
	struct sdp s = jazz;
	char name[SDP_MAX], out[SDP_MAX + 1];
	int n, most = 0;
	size_t i;

	out[SDP_MAX] = 0x55;
	for (i = 0; i < sizeof(name); i++) {
		memset(name, 'n', i);
		name[i] = '\0';
		s.name = name;
		if ((n = sdp_format(&s, out)) > most)
			most = n;
	}
	is(most, SDP_MAX - 1, "up to its room");
	is(n, -1, "and not beyond");
	is(out[SDP_MAX], 0x55, "nor written beyond");
}

static void
test_version(void)
{
	struct sdp s = jazz;
	uint32_t v = sdp_version(&s);

	ok(v != 0, "there is one");
	s.version = 99;
	s.source = "10.0.0.2";
	is(sdp_version(&s), v, "it depends neither on the old one nor on the "
	    "interface");
	s.name = "Jazz!";
	ok(sdp_version(&s) != v, "but on the rest");
}

static void
test_packet(void)
{
	static const uint8_t source[4] = { 10, 0, 0, 1 }, six[16] = { 0xfd };
	static const char line[] = "o=- 123 7 IN IP4 10.0.0.1\r\n";
	static const uint8_t head[8] = { 0x20, 0, 0, 7, 10, 0, 0, 1 };
	uint8_t out[SAP_PACKET_MAX];
	struct sdp s = jazz;
	char longest[SDP_MAX];
	size_t n;

	n = sap_encode(&s, 0, source, 4, out);
	is(n, 8 + 16 + sizeof(text) - 1, "an announcement");
	ok(memcmp(out, head, 8) == 0, "its head");
	ok(memcmp(out + 8, "application/sdp", 16) == 0, "what it carries");
	ok(memcmp(out + 24, text, sizeof(text) - 1) == 0, "and that");
	n = sap_encode(&s, 1, source, 4, out);
	is(out[0], 0x24, "a deletion");
	ok(n == 24 + sizeof(line) - 1 && memcmp(out + 24, line,
	    sizeof(line) - 1) == 0, "has the line o= only");
	sap_encode(&s, 0, six, 16, out);
	ok(out[0] == 0x30 && memcmp(out + 4, six, 16) == 0 &&
	    memcmp(out + 20, "application/sdp", 16) == 0, "of IPv6");
	s.version = 0x12341234;
	sap_encode(&s, 0, source, 4, out);
	ok(out[2] == 0 && out[3] == 1, "a hash is never 0");
	s.version = 0x12345678;
	sap_encode(&s, 0, source, 4, out);
	ok(out[2] == 0x44 && out[3] == 0x4c, "and made of the version");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	s.name = longest;
	is(sap_encode(&s, 0, source, 4, out), 0, "too long is not sent");
}

int
main(void)
{
	test_description();
	test_second();
	test_too_long();
	test_version();
	test_packet();
	return tap_end();
}
