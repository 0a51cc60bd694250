/* SPDX-License-Identifier: ISC */
/*
 * Datagrams on the loopback interface.  A wait here is a poll with a deadline,
 * and that something does not arrive is shown by what was sent after it.
 */
#include "os/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/iface.h"
#include "tap.h"

#define PORT	21989
#define PATIENCE 5000	/* ms */

static struct iface lo;
static struct addr group, other;

static ssize_t
receive(int fd, void *data, size_t size, struct udp_info *info)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, PATIENCE);
	return udp_recv(fd, data, size, info);
}

static int
get_int(int fd, int level, int option)
{
	int v = -1;
	socklen_t len = sizeof(v);

	getsockopt(fd, level, option, &v, &len);
	return v;
}

static unsigned
local_port(int fd)
{
	struct addr a;

	memset(&a, 0, sizeof(a));
	a.len = sizeof(a.u);
	getsockname(fd, &a.u.sa, &a.len);
	return addr_port(&a);
}

static void
test_options(void)
{
	int fd = udp_sender(AF_INET, PORT, 3);

	ok(fd != -1, "a sender");
	is(local_port(fd), PORT, "bound to its port");
	is(get_int(fd, IPPROTO_IP, IP_MULTICAST_TTL), 3, "its TTL");
	is(get_int(fd, IPPROTO_IP, IP_MULTICAST_ALL), 0, "hears no groups");
	is(get_int(fd, IPPROTO_IP, IP_MULTICAST_LOOP), 1, "is heard here");
	ok(get_int(fd, SOL_SOCKET, SO_RCVBUF) <= 8192, "small receive buffer");
	ok(fcntl(fd, F_GETFL) & O_NONBLOCK, "non-blocking");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "closed on exec");
	close(fd);
	fd = udp_sender(AF_INET, 0, 0);
	ok(fd != -1 && local_port(fd) != 0, "any port will do");
	is(get_int(fd, IPPROTO_IP, IP_MULTICAST_TTL), 0, "TTL 0 stays here");
	close(fd);
	fd = udp_receiver(&group, 200000);
	ok(fd != -1, "a receiver");
	is(get_int(fd, IPPROTO_IP, IP_MULTICAST_ALL), 0,
	    "hears what it joined");
	is(get_int(fd, SOL_SOCKET, SO_RXQ_OVFL), 1, "counts drops");
	ok(get_int(fd, SOL_SOCKET, SO_RCVBUF) >= 200000, "large buffer");
	ok(fcntl(fd, F_GETFL) & O_NONBLOCK, "non-blocking");
	ok(fcntl(fd, F_GETFD) & FD_CLOEXEC, "closed on exec");
	close(fd);
}

static void
test_port_taken(void)
{
	struct addr any;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), s;

	addr_parse(&any, "0.0.0.0", PORT);
	bind(fd, &any.u.sa, any.len);
	ok(udp_sender(AF_INET, PORT, 1) == -1 && errno == EADDRINUSE,
	    "a port that another program holds is said to be in use");
	close(fd);
	fd = udp_receiver(&group, 65536);
	s = udp_sender(AF_INET, PORT, 1);
	ok(fd != -1 && s != -1, "a listener on this host is no other program");
	close(fd);
	close(s);
}

static void
test_exchange(void)
{
	struct udp_info info;
	char data[64];
	int s = udp_sender(AF_INET, PORT, 1), r = udp_receiver(&group, 65536);

	is(udp_join(r, &group, lo.index, NULL), 0, "join on loopback");
	is(udp_join(r, &group, lo.index, NULL), 0, "twice is no error");
	ok(udp_recv(r, data, sizeof(data), &info) == -1 && errno == EAGAIN,
	    "nothing there is EAGAIN");
	is(udp_send(s, lo.index, 1, &group, "hello", 5), 0, "send");
	is(receive(r, data, sizeof(data), &info), 5, "and receive");
	ok(memcmp(data, "hello", 5) == 0, "the same bytes");
	is(addr_port(&info.from), PORT, "from the port it was bound to");
	ok(addr_is_same_host(&info.from, &lo.addr), "from loopback's address");
	is(info.ifindex, lo.index, "on loopback");
	is(info.dropped, 0, "nothing was dropped");
	udp_send(s, lo.index, 1, &group, "", 0);
	is(receive(r, data, sizeof(data), &info), 0, "an empty one");
	udp_send(s, lo.index, 1, &group, "0123456789", 10);
	is(receive(r, data, 4, &info), 4, "one that is too long is cut");
	is(udp_leave(r, &group, lo.index, NULL), 0, "leave");
	udp_send(s, lo.index, 1, &group, "gone", 4);
	udp_join(r, &group, lo.index, NULL);
	udp_send(s, lo.index, 1, &group, "back!", 5);
	is(receive(r, data, sizeof(data), &info), 5,
	    "what was sent in between is not heard");
	ok(udp_recv(r, data, sizeof(data), &info) == -1 && errno == EAGAIN,
	    "and that was all");
	close(r);
	close(s);
}

/* What is for this host, and by whom. */
static void
test_listener(void)
{
	static const char mine[] = "........\x12\x34\x56\x78";
	static const char not_mine[] = "........\x12\x34\x56\x79";
	int s = udp_sender(AF_INET, PORT + 3, 1);
	int r = udp_listener(AF_INET, PORT + 4, 65536);
	struct udp_info info;
	struct addr to, here, there;
	char data[64];

	addr_parse(&to, "127.0.0.1", PORT + 4);
	addr_parse(&here, "127.0.0.1", PORT + 3);
	addr_parse(&there, "127.0.0.2", PORT + 3);
	is(udp_send(s, 0, 0, &to, mine, 12), 0, "to a host, by its route");
	is(receive(r, data, sizeof(data), &info), 12, "is heard");
	is(udp_only_listen(r, &there, 0x12345678), 0, "only another address");
	udp_send(s, 0, 0, &to, mine, 12);
	ok(udp_recv(r, data, sizeof(data), &info) == -1, "it is not heard");
	is(udp_only_listen(r, &here, 0x12345678), 0, "only that one, and id");
	udp_send(s, 0, 0, &to, not_mine, 12);
	udp_send(s, 0, 0, &to, mine, 12);
	is(receive(r, data, sizeof(data), &info), 12, "one is heard");
	ok(memcmp(data, mine, 12) == 0, "the one with the id");
	here = addr_plus(&here, 0, PORT + 9);
	udp_only_listen(r, &here, 0x12345678);
	udp_send(s, 0, 0, &to, mine, 12);
	ok(udp_recv(r, data, sizeof(data), &info) == -1,
	    "not from another port");
	here = addr_plus(&here, 0, 0);
	udp_only_listen(r, &here, 0x12345678);
	udp_send(s, 0, 0, &to, not_mine, 12);
	is(receive(r, data, sizeof(data), &info), 12,
	    "without a port any id is heard");
	udp_only_listen(r, NULL, 0);
	udp_send(s, 0, 0, &to, not_mine, 12);
	is(receive(r, data, sizeof(data), &info), 12, "and then anybody");
	close(r);
	close(s);
}

/* The mark is in what leaves. */
static void
test_mark(void)
{
	union {
		struct cmsghdr align;
		char room[64];
	} control;
	char data[8];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = sizeof(control.room) };
	int s = udp_sender(AF_INET, 0, 1), on = 1, tos = -1;
	int r = udp_listener(AF_INET, PORT + 5, 65536);
	struct cmsghdr *c;
	struct addr to;

	addr_parse(&to, "127.0.0.1", PORT + 5);
	setsockopt(r, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on));
	is(udp_mark(s, AF_INET, 46), 0, "marked");
	udp_send(s, 0, 0, &to, "x", 1);
	if (recvmsg(r, &msg, 0) == 1)
		for (c = CMSG_FIRSTHDR(&msg); c != NULL;
		    c = CMSG_NXTHDR(&msg, c))
			if (c->cmsg_level == IPPROTO_IP &&
			    c->cmsg_type == IP_TOS)
				tos = *CMSG_DATA(c);
	is(tos, 46 << 2, "with the code point of voice");
	close(r);
	close(s);
}

/* Same port, another group: what Linux gives to sockets that do not ask for
 * IP_MULTICAST_ALL to be off, and what binding to the group prevents. */
static void
test_other_group(void)
{
	struct udp_info info;
	char data[64];
	int s = udp_sender(AF_INET, 0, 1), a = udp_receiver(&group, 65536);
	int b = udp_receiver(&other, 65536);

	udp_join(a, &group, lo.index, NULL);
	udp_join(b, &other, lo.index, NULL);
	udp_send(s, lo.index, 1, &other, "other", 5);
	udp_send(s, lo.index, 1, &group, "own", 3);
	is(receive(a, data, sizeof(data), &info), 3,
	    "another group on the same port is not heard");
	is(receive(b, data, sizeof(data), &info), 5, "but by who joined it");
	close(a);
	close(b);
	close(s);
}

static void
test_source(void)
{
	struct udp_info info;
	struct addr here, there;
	char data[64];
	int s = udp_sender(AF_INET, 0, 1), r = udp_receiver(&group, 65536);

	addr_parse(&here, "127.0.0.1", 0);
	addr_parse(&there, "192.0.2.1", 0);
	is(udp_join(r, &group, lo.index, &there), 0, "one source only");
	udp_send(s, lo.index, 1, &group, "no", 2);
	is(udp_leave(r, &group, lo.index, &there), 0, "leave it");
	is(udp_join(r, &group, lo.index, &here), 0, "the right source");
	is(udp_join(r, &group, lo.index, &here), 0, "twice is no error");
	udp_send(s, lo.index, 1, &group, "yes", 3);
	is(receive(r, data, sizeof(data), &info), 3,
	    "only the right one is heard");
	close(r);
	close(s);
}

static void
test_only(void)
{
	static const char yes[] = "01234567\0\0\1\2 yes";
	static const char no[] = "01234567\0\0\1\3 no";
	struct udp_info info;
	struct addr a, far;
	char data[64];
	int s = udp_sender(AF_INET, PORT + 1, 1);
	int other_port = udp_sender(AF_INET, 0, 1);
	int r = udp_receiver(&group, 65536);

	udp_join(r, &group, lo.index, NULL);
	addr_parse(&a, "127.0.0.1", PORT + 1);
	addr_parse(&far, "127.0.0.2", PORT + 1);
	is(udp_only(r, &far, 0x102), 0, "only another host");
	udp_send(s, lo.index, 1, &group, yes, sizeof(yes));
	is(udp_only(r, &a, 0x102), 0, "then only this host, port and id");
	udp_send(other_port, lo.index, 1, &group, yes, sizeof(yes) - 1);
	udp_send(s, lo.index, 1, &group, yes, sizeof(yes));
	is(receive(r, data, sizeof(data), &info), sizeof(yes),
	    "what comes from elsewhere is not heard");
	is(info.dropped, 0, "nor counted as dropped");
	udp_send(s, lo.index, 1, &group, no, sizeof(no));
	udp_send(s, lo.index, 1, &group, yes, UDP_ID_AT + 3);
	udp_send(s, lo.index, 1, &group, yes, UDP_ID_AT + 4);
	is(receive(r, data, sizeof(data), &info), UDP_ID_AT + 4,
	    "nor what has another id, or none");
	addr_parse(&a, "127.0.0.1", 0);
	is(udp_only(r, &a, 0), 0, "any port of the host");
	udp_send(other_port, lo.index, 1, &group, no, sizeof(no));
	is(receive(r, data, sizeof(data), &info), sizeof(no), "is heard");
	is(udp_only(r, &far, 0), 0, "again another host");
	is(udp_only(r, NULL, 0), 0, "then everybody");
	is(udp_only(r, NULL, 0), 0, "twice is no error");
	udp_send(s, lo.index, 1, &group, "again", 5);
	is(receive(r, data, sizeof(data), &info), 5, "is heard");
	is(udp_leave(r, &group, lo.index, NULL), 0, "leave");
	is(udp_join(r, &group, lo.index, NULL), 0, "and join still work");
	close(r);
	close(s);
	close(other_port);
}

static void
test_dropped(void)
{
	struct udp_info info;
	char data[1400] = { 0 };
	uint32_t first = 0;
	int s = udp_sender(AF_INET, 0, 1), r = udp_receiver(&group, 4096);
	int i, got = 0;

	udp_join(r, &group, lo.index, NULL);
	for (i = 0; i < 200; i++)
		udp_send(s, lo.index, 1, &group, data, sizeof(data));
	while (udp_recv(r, data, sizeof(data), &info) > 0)
		got++;
	udp_send(s, lo.index, 1, &group, data, 1);
	receive(r, data, sizeof(data), &info);
	first = info.dropped;
	/* test/emulate.c */
	if (getenv("EMULATED") != NULL) {
		tap_skip("qemu-user does not tell what was dropped");
	} else {
		ok(first > 0, "what the kernel drops is counted");
		is(first + (unsigned)got, 200, "exactly");
	}
	close(r);
	close(s);
}

static void
test_errors(void)
{
	static const char large[70000];
	struct addr to;
	int fd = udp_sender(AF_INET, 0, 1);

	addr_parse(&to, "127.0.0.1", PORT);
	ok(udp_join(fd, &group, 0x7ffffff, NULL) == -1 && errno == ENODEV,
	    "an interface that is not there: ENODEV");
	ok(udp_join(fd, &to, lo.index, NULL) == -1, "127.0.0.1 is no group");
	ok(udp_leave(fd, &group, lo.index, NULL) == -1,
	    "nor left what was not joined");
	ok(udp_send(fd, 0x7ffffff, 0, &group, "x", 1) == -1,
	    "nor sent where there is nothing");
	ok(udp_send(fd, lo.index, 1, &group, large, sizeof(large)) == -1 &&
	    errno == EMSGSIZE, "a datagram of 70000 bytes: EMSGSIZE");
	close(fd);
}

int
main(void)
{
	if (iface_loopback(&lo) == -1 || !lo.is_up ||
	    addr_parse(&group, "239.255.64.200", PORT) == -1 ||
	    addr_parse(&other, "239.255.64.201", PORT) == -1) {
		printf("1..0 # SKIP no loopback interface here\n");
		return 0;
	}
	test_options();
	test_port_taken();
	test_exchange();
	test_listener();
	test_mark();
	test_other_group();
	test_source();
	test_only();
	test_dropped();
	test_errors();
	return tap_end();
}
