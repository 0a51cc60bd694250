/* SPDX-License-Identifier: ISC */
#include "capture.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mem.h"

#define BLOCK_SIZE	(1U << 20)
#define RETIRE_MS	20	/* a block that is not full is handed over */
#define IP_HEADER_SIZE	20
#define UDP_HEADER_SIZE	8
#define IP_MORE		0x2000	/* fragments follow */
#define IP_OFFSET	0x1fff

struct capture {
	int fd;
	unsigned mtu;
	uint8_t *ring;
	unsigned blocks;
	unsigned block;		/* the one being read */
	unsigned left;		/* packets not yet read in it */
	uint8_t *packet;	/* the next of them */
	int holds;		/* the block is ours until it is given back */
	unsigned long dropped;
};

/* Let only UDP through: what else there is costs nothing then. */
static void
set_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0)
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == -1)
		err(EX_OSERR, "packet filter");
}

static void
map_ring(struct capture *c)
{
	struct tpacket_req3 req = {
		.tp_block_size = BLOCK_SIZE,
		.tp_block_nr = c->blocks,
		.tp_frame_size = 2048,
		.tp_frame_nr = BLOCK_SIZE / 2048 * c->blocks,
		.tp_retire_blk_tov = RETIRE_MS
	};
	int version = TPACKET_V3;

	if (setsockopt(c->fd, SOL_PACKET, PACKET_VERSION, &version,
	    sizeof(version)) == -1 || setsockopt(c->fd, SOL_PACKET,
	    PACKET_RX_RING, &req, sizeof(req)) == -1)
		err(EX_OSERR, "packet ring");
	c->ring = mmap(NULL, (size_t)BLOCK_SIZE * c->blocks,
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, c->fd, 0);
	if (c->ring == MAP_FAILED)
		err(EX_OSERR, "map of the packet ring");
}

struct capture *
capture_open(const char *ifname, unsigned ring_mib)
{
	struct capture *c = xcalloc(1, sizeof(*c));
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	struct ifreq ifr;
	int one = 1;

	c->blocks = ring_mib;
	/* Protocol 0: deaf until filter and ring are there. */
	c->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		err(EX_NOPERM, "packet socket");
	to.sll_protocol = htons(ETH_P_IP);
	if ((to.sll_ifindex = (int)if_nametoindex(ifname)) == 0)
		err(EX_UNAVAILABLE, "interface %s", ifname);
	memset(&ifr, 0, sizeof(ifr));
	memcpy(ifr.ifr_name, ifname, strnlen(ifname, IF_NAMESIZE - 1));
	if (ioctl(c->fd, SIOCGIFMTU, &ifr) == -1)
		err(EX_OSERR, "MTU of %s", ifname);
	c->mtu = (unsigned)ifr.ifr_mtu;
	set_filter(c->fd);
	map_ring(c);
	if (setsockopt(c->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
	    sizeof(one)) == -1)
		err(EX_OSERR, "PACKET_IGNORE_OUTGOING");
	if (bind(c->fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		err(EX_OSERR, "interface %s", ifname);
	return c;
}

void
capture_close(struct capture *c)
{
	munmap(c->ring, (size_t)BLOCK_SIZE * c->blocks);
	close(c->fd);
	free(c);
}

static struct tpacket_hdr_v1 *
block_head(const struct capture *c)
{
	struct tpacket_block_desc *b = (void *)(c->ring +
	    (size_t)c->block * BLOCK_SIZE);

	return &b->hdr.bh1;
}

/* Give the block that was read back, and take the next one: 1; 0: it is not
 * filled yet. */
static int
next_block(struct capture *c)
{
	struct tpacket_hdr_v1 *h = block_head(c);

	if (c->holds) {
		__atomic_store_n(&h->block_status, TP_STATUS_KERNEL,
		    __ATOMIC_RELEASE);
		c->block = (c->block + 1) % c->blocks;
		c->holds = 0;
		h = block_head(c);
	}
	if ((__atomic_load_n(&h->block_status, __ATOMIC_ACQUIRE) &
	    TP_STATUS_USER) == 0)
		return 0;
	c->holds = 1;
	c->left = h->num_pkts;
	c->packet = c->ring + (size_t)c->block * BLOCK_SIZE +
	    h->offset_to_first_pkt;
	return 1;
}

/* Take an IPv4 packet apart: 1, or 0 if it is no UDP after all. */
static int
open_packet(const uint8_t *p, size_t len, struct datagram *d)
{
	unsigned header, fragment, udp_len;
	struct rd r;

	rd_init(&r, p, len);
	header = (rd_u8(&r) & 15) * 4U;
	rd_bytes(&r, 1);
	d->ip_len = rd_u16(&r);
	rd_bytes(&r, 2);
	fragment = rd_u16(&r);
	rd_bytes(&r, 8);
	d->group = rd_u32(&r);
	if (r.bad || header < IP_HEADER_SIZE)
		return 0;
	rd_bytes(&r, header - IP_HEADER_SIZE);
	d->is_fragment = (fragment & (IP_MORE | IP_OFFSET)) != 0;
	if ((fragment & IP_OFFSET) != 0)
		return !r.bad;
	rd_bytes(&r, 2);
	d->port = rd_u16(&r);
	udp_len = rd_u16(&r);
	rd_bytes(&r, 2);
	if (r.bad || udp_len < UDP_HEADER_SIZE)
		return 0;
	d->data = r.p;
	d->len = rd_left(&r);
	if (d->len > udp_len - UDP_HEADER_SIZE)	/* padding of the frame */
		d->len = udp_len - UDP_HEADER_SIZE;
	return 1;
}

int
capture_next(struct capture *c, int timeout_ms, struct datagram *d)
{
	struct pollfd pfd = { .fd = c->fd, .events = POLLIN };
	const struct tpacket3_hdr *h;

	for (;;) {
		if (c->left == 0 && !next_block(c)) {
			if (poll(&pfd, 1, timeout_ms) == -1)
				return errno == EINTR ? 0 : -1;
			if (!next_block(c))
				return 0;
		}
		if (c->left == 0)
			continue;
		h = (const void *)c->packet;
		c->left--;
		c->packet += h->tp_next_offset;
		memset(d, 0, sizeof(*d));
		d->at_ns = (int64_t)h->tp_sec * NS_PER_S + h->tp_nsec;
		if (h->tp_snaplen >= ETH_HLEN && open_packet(
		    (const uint8_t *)h + h->tp_mac + ETH_HLEN,
		    h->tp_snaplen - ETH_HLEN, d))
			return 1;
	}
}

unsigned long
capture_dropped(struct capture *c)
{
	struct tpacket_stats_v3 s;
	socklen_t len = sizeof(s);

	/* Reading them sets them to zero. */
	if (getsockopt(c->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len) == 0)
		c->dropped += s.tp_drops;
	return c->dropped;
}

unsigned
capture_mtu(const struct capture *c)
{
	return c->mtu;
}
