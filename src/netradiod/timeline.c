/* SPDX-License-Identifier: ISC */
#include "timeline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"
#include "wire/ports.h"
#include "wire/rtp.h"

#define VERSION_NUMBER	1
#define CRC_AT		60
#define FLAG_EXACT	1
#define REAL_ELAPSED_MAX (3600 * NS_PER_S)
/* Players take a jump ahead of less than 3000 packets as loss; within the
 * second since the last save no more than this many were sent. */
#define SEQ_AHEAD	200
#define SEQ_AHEAD_SECOND 2000	/* PCM takes more packets */
#define SEQ_AHEAD_EXACT	1

static const uint8_t magic[4] = { 'N', 'R', 'T', 'L' };

static void
seal(struct wr *w, uint8_t *out)
{
	memset(w->p, 0, wr_left(w));
	wr_init(w, out + CRC_AT, 4);
	wr_u32(w, crc32_of(out, CRC_AT));
}

static int
is_sealed(const uint8_t *in)
{
	struct rd r;

	rd_init(&r, in + CRC_AT, 4);
	return rd_u32(&r) == crc32_of(in, CRC_AT);
}

void
timeline_encode_head(uint64_t server, uint8_t *out)
{
	struct wr w;

	wr_init(&w, out, TIMELINE_RECORD);
	wr_bytes(&w, magic, sizeof(magic));
	wr_u16(&w, VERSION_NUMBER);
	wr_u16(&w, 0);
	wr_u64(&w, server);
	seal(&w, out);
}

int
timeline_decode_head(const uint8_t *in, uint64_t *server)
{
	struct rd r;

	rd_init(&r, in, TIMELINE_RECORD);
	if (!is_sealed(in) ||
	    memcmp(rd_bytes(&r, sizeof(magic)), magic, sizeof(magic)) != 0 ||
	    rd_u16(&r) != VERSION_NUMBER)
		return -1;
	rd_u16(&r);
	*server = rd_u64(&r);
	return 0;
}

void
timeline_encode(const struct timeline *t, uint8_t *out)
{
	struct wr w;

	wr_init(&w, out, TIMELINE_RECORD);
	wr_u16(&w, t->channel);
	wr_u8(&w, t->kind);
	wr_u8(&w, t->exact ? FLAG_EXACT : 0);
	wr_u32(&w, t->ssrc);
	wr_u16(&w, t->seq);
	wr_u16(&w, VERSION_NUMBER);
	wr_u32(&w, t->ts);
	wr_u64(&w, t->boot_id);
	wr_u64(&w, (uint64_t)t->boot_ns);
	wr_u64(&w, (uint64_t)t->real_ns);
	wr_u64(&w, t->dir);
	wr_u32(&w, t->clock_hz);
	wr_u32(&w, t->track);
	wr_u32(&w, t->position_ms);
	seal(&w, out);
}

int
timeline_decode(const uint8_t *in, struct timeline *t)
{
	struct rd r;
	uint16_t version;

	if (!is_sealed(in))
		return -1;
	rd_init(&r, in, TIMELINE_RECORD);
	t->channel = rd_u16(&r);
	t->kind = rd_u8(&r);
	t->exact = (rd_u8(&r) & FLAG_EXACT) != 0;
	t->ssrc = rd_u32(&r);
	t->seq = rd_u16(&r);
	version = rd_u16(&r);
	t->ts = rd_u32(&r);
	t->boot_id = rd_u64(&r);
	t->boot_ns = (int64_t)rd_u64(&r);
	t->real_ns = (int64_t)rd_u64(&r);
	t->dir = rd_u64(&r);
	t->clock_hz = rd_u32(&r);
	if (t->clock_hz == 0)
		t->clock_hz = RTP_CLOCK_MPA;
	t->track = rd_u32(&r);
	t->position_ms = rd_u32(&r);
	return version == VERSION_NUMBER && t->channel > 0 &&
	    t->channel <= PORTS_CHANNEL_MAX && t->boot_ns >= 0 &&
	    t->real_ns >= 0 ? 0 : -1;
}

static uint64_t
read_boot_id(void)
{
	char text[64];
	ssize_t n;

	n = file_slurp("/proc/sys/kernel/random/boot_id", text,
	    sizeof(text) - 1);
	return n > 0 ? hash64_of(text, (size_t)n) : 0;
}

static uint64_t
random_u64(void)
{
	uint64_t v;

	if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		v = (uint64_t)clock_real_ns() ^ (uint64_t)getpid() << 32;
	return v;
}

static void
read_streams(struct timeline_file *f, size_t room)
{
	uint8_t record[TIMELINE_RECORD];
	struct timeline t;
	size_t i;

	for (i = 0; i < room; i++) {
		if (file_read_at(f->fd, record, sizeof(record),
		    (int64_t)(i + 1) * TIMELINE_RECORD) !=
		    (ssize_t)sizeof(record))
			break;
		if (timeline_decode(record, &t) == 0)
			f->streams[f->n++] = t;
	}
}

int
timeline_open(struct timeline_file *f, const char *dir)
{
	uint8_t head[TIMELINE_RECORD];
	struct stat st;
	char path[4096];
	size_t room;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->server = random_u64();
	f->boot_id = read_boot_id();
	if (text_format(path, sizeof(path), "%s/timeline", dir) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	f->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (f->fd == -1)
		return -1;
	if (fstat(f->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		close(f->fd);
		f->fd = -1;
		errno = EINVAL;
		return -1;
	}
	room = (size_t)st.st_size / TIMELINE_RECORD;
	if (room == 0)
		return 0;
	/* A damaged head costs the server's id; the records stand alone. */
	if (file_read_at(f->fd, head, sizeof(head), 0) ==
	    (ssize_t)sizeof(head))
		timeline_decode_head(head, &f->server);
	room = room - 1 < TIMELINE_STREAMS_MAX ? room - 1 :
	    TIMELINE_STREAMS_MAX;
	f->streams = xcalloc(room, sizeof(*f->streams));
	read_streams(f, room);
	return 0;
}

void
timeline_give(const char *dir, uid_t uid, gid_t gid)
{
	char path[4096];

	if (text_format(path, sizeof(path), "%s/timeline", dir) == 0 &&
	    lchown(path, uid, gid) == -1 && errno != ENOENT)
		log_warn("cannot give %s to the daemon's user", path);
}

void
timeline_close(struct timeline_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
	free(f->streams);
	f->streams = NULL;
	f->n = 0;
}

void
timeline_keep(struct timeline_file *f, const struct timeline *t)
{
	struct timeline *streams;
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->streams[i].channel == t->channel &&
		    f->streams[i].kind == t->kind) {
			f->streams[i] = *t;
			return;
		}
	if (f->n >= TIMELINE_STREAMS_MAX)
		return;
	streams = realloc(f->streams, (f->n + 1) * sizeof(*streams));
	if (streams == NULL)
		return;		/* it will begin anew */
	f->streams = streams;
	f->streams[f->n++] = *t;
}

const struct timeline *
timeline_find(const struct timeline_file *f, unsigned channel, unsigned kind)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->streams[i].channel == channel &&
		    f->streams[i].kind == kind)
			return &f->streams[i];
	return NULL;
}

unsigned
timeline_number(const struct timeline_file *f, const char *base)
{
	uint64_t dir = hash64_of(base, strlen(base));
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->streams[i].dir == dir)
			return f->streams[i].channel;
	return 0;
}

/* Nanoseconds since the next packet was due; -1: cannot be told. */
static int64_t
elapsed(const struct timeline *old, uint64_t boot_id, int64_t boot_ns,
    int64_t real_ns)
{
	int64_t ns;

	if (old->boot_id == boot_id && boot_id != 0) {
		ns = boot_ns - old->boot_ns;
		/* It may have been written just before it was due. */
		return ns >= 0 ? ns : ns > -NS_PER_S ? 0 : -1;
	}
	ns = real_ns - old->real_ns;
	return ns >= 0 && ns <= REAL_ELAPSED_MAX ? ns : -1;
}

int
timeline_is_live(const struct timeline_file *f, int64_t boot_ns,
    int64_t real_ns)
{
	int64_t ns;
	size_t i;

	for (i = 0; i < f->n; i++) {
		ns = elapsed(&f->streams[i], f->boot_id, boot_ns, real_ns);
		if (ns >= 0 && ns <= TIMELINE_LIVE_NS)
			return 1;
	}
	return 0;
}

int
timeline_resume(const struct timeline *old, uint64_t boot_id,
    int64_t boot_ns, int64_t real_ns, const uint32_t random[3],
    struct timeline *t)
{
	int64_t ns = -1;

	if (old != NULL)
		ns = elapsed(old, boot_id, boot_ns, real_ns);
	if (ns == -1) {
		t->ssrc = random[0] != 0 ? random[0] : 1;
		t->seq = (uint16_t)random[1];
		t->ts = random[2];
		t->clock_hz = RTP_CLOCK_MPA;
		t->track = t->position_ms = 0;
		return 0;
	}
	t->track = old->track;
	t->position_ms = old->position_ms;
	t->ssrc = old->ssrc;
	t->seq = (uint16_t)(old->seq + (old->exact ? SEQ_AHEAD_EXACT :
	    old->kind == TIMELINE_P ? SEQ_AHEAD : SEQ_AHEAD_SECOND));
	t->clock_hz = old->clock_hz;
	t->ts = old->ts + (uint32_t)(ns / NS_PER_S * t->clock_hz +
	    ns % NS_PER_S * t->clock_hz / NS_PER_S);
	return 1;
}

int
timeline_save(struct timeline_file *f, const struct timeline *streams,
    size_t n)
{
	size_t size = (n + 1) * TIMELINE_RECORD, i;
	uint8_t *buf;
	ssize_t done;
	int saved;

	if (f->fd == -1)
		return 0;
	if ((buf = malloc(size)) == NULL)
		return -1;
	timeline_encode_head(f->server, buf);
	for (i = 0; i < n; i++)
		timeline_encode(&streams[i], buf + (i + 1) * TIMELINE_RECORD);
	done = pwrite(f->fd, buf, size, 0);
	saved = errno;
	free(buf);
	if (done == (ssize_t)size && ftruncate(f->fd, (off_t)size) == 0)
		return 0;
	errno = done == -1 ? saved : done == (ssize_t)size ? errno : ENOSPC;
	return -1;
}

int
timeline_begin(struct timeline_file *f)
{
	struct timeline *loose;
	size_t i;
	int r;

	if ((loose = calloc(f->n + 1, sizeof(*loose))) == NULL)
		return -1;
	for (i = 0; i < f->n; i++) {
		loose[i] = f->streams[i];
		loose[i].exact = 0;
	}
	r = timeline_save(f, loose, f->n);
	free(loose);
	return r;
}

void
timeline_say(struct timeline_file *f, int result)
{
	if (result == -1 && !f->is_failing)
		log_warn("cannot write the timeline file: a restart will be "
		    "heard");
	else if (result == 0 && f->is_failing)
		log_notice("the timeline file is written again");
	f->is_failing = result == -1;
}
