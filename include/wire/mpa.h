/* SPDX-License-Identifier: ISC */
/*
 * MPEG audio frames (ISO 11172-3, ISO 13818-3, and the unofficial 2.5): the
 * header's arithmetic, silent frames, and the bit reservoir of layer III.
 * Pure: bytes in, facts out.
 */
#ifndef WIRE_MPA_H
#define WIRE_MPA_H

#include <stddef.h>
#include <stdint.h>

#define MPA_HEADER_SIZE	4
/* The longest frame taken, free format included (mpg123 takes 3456). */
#define MPA_FRAME_MAX	3456

/* The header's two version bits; 1 is reserved. */
enum mpa_version { MPA_V25 = 0, MPA_V2 = 2, MPA_V1 = 3 };
/* The header's two mode bits. */
enum mpa_mode { MPA_STEREO, MPA_JOINT, MPA_DUAL, MPA_MONO };

struct mpa {
	enum mpa_version version;
	enum mpa_mode mode;
	unsigned layer;		/* 1, 2, 3 */
	unsigned channels;	/* 1, 2 */
	int has_crc;		/* two bytes of CRC follow the header */
	int padding;		/* one slot more (4 bytes in layer I, else 1) */
	uint32_t bitrate;	/* bit/s; 0: free format */
	uint32_t rate;		/* sampling frequency, Hz */
	unsigned samples;	/* per frame and channel: 384, 576, 1152 */
	unsigned length;	/* of the frame, bytes with header; 0: free
				 * format, told by the next header only */
};

/* Decode the four bytes of a header: 0, or -1 if they are none (no sync,
 * reserved version, layer, bit rate, rate or emphasis).  ISO 11172-3 2.4.1.3 */
int mpa_decode(struct mpa *m, const uint8_t p[static MPA_HEADER_SIZE]);

/* Whether two headers can belong to one stream without a change that a
 * decoder hears as a break: version, layer and sampling frequency. */
int mpa_is_alike(const struct mpa *a, const struct mpa *b);

/* Bytes of layer III side information: 17, 32, 9; 0 for other layers. */
unsigned mpa_side_size(const struct mpa *m);

/* Whether this layer III frame is a Xing, Info or VBRI frame: facts about
 * the file in the shape of a frame, never to be sent.  len: of the frame. */
int mpa_is_info(const struct mpa *m, const uint8_t *frame, size_t len);

/*
 * Write the silent frame that stands in for a neighbour with this header:
 * same four bytes but no CRC and no padding, all else zero.  len is the
 * neighbour's length (used for free format only).  Returns the silent
 * frame's length, at most MPA_FRAME_MAX; out has that much room.
 */
unsigned mpa_silence(const uint8_t header[static MPA_HEADER_SIZE],
    unsigned len, uint8_t *out);

/* Write the header of a frame of this version, layer, rate and mode, with the
 * bit rate nearest to that of m: 0, or -1 if there is none. */
int mpa_encode(const struct mpa *m, uint8_t header[static MPA_HEADER_SIZE]);

/* main_data_begin of a layer III frame; 0 for the other layers. */
unsigned mpa_main_data_begin(const struct mpa *m, const uint8_t *frame,
    size_t len);

/*
 * The bit reservoir as the decoder will have it.  A layer III frame may begin
 * its main data up to 511 bytes (MPEG-2: 255) back in the frames before it; if
 * those bytes are not the ones its encoder wrote, it comes out as a burst
 * several times as loud as the music.  So everything that is sent or fed goes
 * through here.
 */
struct mpa_reservoir {
	unsigned avail;		/* bytes of main data the decoder holds */
};

/* A gap or splice: what comes next cannot reach back. */
void mpa_reservoir_break(struct mpa_reservoir *r);

/* Whether the frame reaches back further than what is there. */
int mpa_reservoir_short(const struct mpa_reservoir *r, const struct mpa *m,
    const uint8_t *frame, size_t len);

/*
 * Take one more frame of the stream; mute it in place if it reaches back into
 * missing bytes: side information zero, main_data_begin what there is, main
 * data kept for the frames after it, CRC made right.  Returns 1 if muted.
 */
int mpa_reservoir_pass(struct mpa_reservoir *r, const struct mpa *m,
    uint8_t *frame, size_t len);

#endif
