/* SPDX-License-Identifier: ISC */
#include "wire/payload_mpa.h"

#include "tap.h"

int
main(void)
{
	uint8_t p[8] = { 0xff, 0xff, 0xff, 0xff, 5, 6, 7, 8 };
	const uint8_t *data = NULL;
	uint16_t at = 99;
	size_t n = 99, len;
	unsigned v;
	uint8_t q[PAYLOAD_MPA_HEADER_SIZE];
	int same = 1, stable = 1, refused = 1;

	payload_mpa_encode(0x1234, p);
	ok(memcmp(p, "\0\0\x12\x34\5\6\7\10", 8) == 0,
	    "RFC 2250: MBZ, Frag_offset, and no more");
	for (v = 0; v < 65536; v++) {
		payload_mpa_encode((uint16_t)v, p);
		same = same && payload_mpa_decode(p, 8, &at, &data, &n) == 0 &&
		    at == v && data == p + 4 && n == 4;
		payload_mpa_encode(at, q);
		stable = stable && memcmp(p, q, sizeof(q)) == 0;
	}
	ok(same, "every offset comes back, the data in place");
	ok(stable, "and is written as it stood");
	is(payload_mpa_decode(p, 4, &at, &data, &n), 0, "no data is fine");
	is(n, 0, "and none it is");
	for (len = 0; len < 4; len++)
		refused = refused &&
		    payload_mpa_decode(p, len, &at, &data, &n) == -1;
	ok(refused, "shorter than its header is refused");
	memset(p, 0xff, 4);
	ok(payload_mpa_decode(p, 8, &at, &data, &n) == 0 && at == 0xffff,
	    "what must be zero is not looked at");
	return tap_end();
}
