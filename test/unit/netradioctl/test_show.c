/* SPDX-License-Identifier: ISC */
/* Snapshots of a segment made here, and what is shown of them. */
#include "show.h"

#include <stdlib.h>

#include "base/clock.h"
#include "stats/show.h"
#include "stats/snapshot.h"
#include "tap.h"
#include "top_show.h"

#define NOW	(100000 * NS_PER_S)

static struct statseg *seg;
static char text[65536];

static void
make_channel(unsigned number, const char *name, const char *title)
{
	struct onair_seat seat = { .number = number, .is_running = 1 };
	struct onair_now now = { .started = 1, .bitrate = 128000,
	    .rate = 44100, .channels = 2, .duration_ms = 200000 };
	struct onair_line line = { .ssrc = number, .on_air = 1,
	    .due_ns = NOW, .ts = 65 * 90000, .packets = 100 };

	snprintf(seat.name, sizeof(seat.name), "%s", name);
	snprintf(now.title, sizeof(now.title), "%s", title);
	line.late[0] = 99;
	line.late[3] = 1;
	statseg_set_seat(seg, number, &seat);
	onair_set_now(&seg->channel[number - 1], &now);
	onair_set_line(&seg->channel[number - 1], &line);
}

static void
make(void)
{
	struct statseg_id id = { .path = "/state", .pid = 42,
	    .start_mono_ns = NOW - 90000 * NS_PER_S };
	struct statseg_daemon d = { .tick_ns = NOW - NS_PER_S / 2,
	    .channels = 3, .on_air = 3, .rate_bps = 400000, .files = 1 };

	memset(seg, 0, sizeof(*seg));
	statseg_init(seg, &id, 1, 2);
	snprintf(d.interface, sizeof(d.interface), "eth0");
	statseg_set_daemon(seg, &d);
	make_channel(9, "nine", "title nine");
	make_channel(2, "two", "title two");
	make_channel(16383, "last", "title last");
}

static struct snapshot
take(void)
{
	struct snapshot p;

	if (snapshot_take(&p, seg, NOW) == -1)
		exit(1);
	return p;
}

static const char *
shown(void (*show)(FILE *, const struct snapshot *),
    const struct snapshot *p)
{
	FILE *f = fmemopen(text, sizeof(text), "w");

	show(f, p);
	fclose(f);
	return text;
}

static void
plain_channels(FILE *f, const struct snapshot *p)
{
	show_channels(f, p, 0);
}

static void
test_snapshot(void)
{
	struct snapshot p = take();

	is(p.n, 3, "all channels are copied");
	ok(p.channels[0].seat.number == 2 && p.channels[1].seat.number == 9 &&
	    p.channels[2].seat.number == 16383, "in order");
	is(p.pid, 42, "whose they are");
	is(p.uptime_ns / NS_PER_S, 90000, "how long it runs");
	is(p.still_ns / NS_PER_MS, 500, "when it wrote last");
	ok(snapshot_find(&p, 9) == &p.channels[1], "a channel is found");
	ok(snapshot_find(&p, 10) == NULL, "or not");
	snapshot_done(&p);
	statseg_set_seat(seg, 9, NULL);
	p = take();
	is(p.n, 2, "one that went is not copied");
	snapshot_done(&p);
	make();
}

static void
test_late(void)
{
	struct onair_line l = { .packets = 0 };

	is(snapshot_late_ms(&l, 99), 0, "no packet, no lateness");
	l.late[0] = 99;
	l.late[3] = 1;
	is(snapshot_late_ms(&l, 99), 1, "99 of 100 in the first millisecond");
	l.late[3] = 2;
	is(snapshot_late_ms(&l, 99), 8, "98 are not enough");
	l.late[COUNTERS_LATE_BUCKETS - 1] = 1000;
	is(snapshot_late_ms(&l, 99), -1, "beyond all ends");
}

static void
test_plain(void)
{
	struct snapshot p = take();

	shown(show_daemon, &p);
	ok(strstr(text, "process 42, up 1 d 1:00") != NULL, "the daemon: %s",
	    text);
	ok(strstr(text, "not moved") == NULL, "that moves");
	shown(plain_channels, &p);
	ok(strstr(text, "    2  two     title two ") != NULL &&
	    strstr(text, "1:05     3:20   128     0    <1 ms") != NULL,
	    "a channel, what it plays, where it is: %s", text);
	p.still_ns = 9 * NS_PER_S;
	ok(strstr(shown(show_daemon, &p), "not moved for 9 s") != NULL,
	    "one that stands still is told");
	p.daemon.tick_ns = 0;
	ok(strstr(shown(show_daemon, &p), "is starting") != NULL,
	    "and one that starts");
	p.channels[0].seat.is_running = 0;
	snprintf(p.channels[0].seat.note, ONAIR_NAME_MAX, "off air: because");
	p.channels[1].now.silent = 1;
	ok(strstr(shown(plain_channels, &p), "(waiting) title nine") != NULL,
	    "one whose source is slow");
	p.channels[1].now.title[0] = '\0';
	p.channels[1].line.stalls = 2;
	p.channels[2].now.silent = p.channels[2].now.paused = 1;
	p.channels[2].now.held_ms = 61000;
	shown(plain_channels, &p);
	ok(strstr(text, "off air: because") != NULL, "why one is off air");
	ok(strstr(text, "silent: nothing to play") != NULL &&
	    strstr(text, "2 stalls") != NULL, "or silent, and its trouble");
	ok(strstr(text, "(paused) title last") != NULL &&
	    strstr(text, "1:01") != NULL, "where a pause holds");
	snapshot_done(&p);
}

static void
test_json(void)
{
	struct snapshot p = take();

	ok(strstr(shown(show_channels_json, &p), "{\"channel\": 2, \"name\": "
	    "\"two\", \"on_air\": true, ") == text, "JSON of a channel");
	ok(strstr(text, "\"position\": 65.000, \"duration\": 200.000") !=
	    NULL, "with its position");
	ok(strstr(text, "\"artist\": null") != NULL, "null is not known");
	ok(strstr(text, "\"late_1\": 99, \"late_2\": 0, \"late_4\": 0, "
	    "\"late_8\": 1,") != NULL, "and its lateness");
	ok(strstr(shown(show_status_json, &p), "\"uptime\": 90000.000") !=
	    NULL && text[strlen(text) - 2] == '}', "JSON of all");
	snapshot_done(&p);
}

static void
test_prometheus(void)
{
	struct snapshot p = take();

	snprintf(p.channels[0].seat.name, ONAIR_NAME_MAX, "a\"b\\c");
	shown(show_prometheus, &p);
	ok(strstr(text, "\nnetradio_channel_packets_total{channel=\"2\","
	    "name=\"a\\\"b\\\\c\"} 100\n") != NULL, "a label is escaped");
	ok(strstr(text, "name=\"nine\",le=\"0.004\"} 99\n") != NULL &&
	    strstr(text, "name=\"nine\",le=\"0.008\"} 100\n") != NULL &&
	    strstr(text, "name=\"nine\",le=\"+Inf\"} 100\n") != NULL,
	    "a histogram adds up");
	is_str(shown(show_prometheus, NULL), "# HELP netradio_up whether the "
	    "daemon runs\n# TYPE netradio_up gauge\nnetradio_up 0\n",
	    "no daemon is down");
	snapshot_done(&p);
}

static void
test_top(void)
{
	struct snapshot before = take(), p;
	struct onair_line line;
	FILE *f;

	/* Since then channel 9 sent 100 packets, ten of them late. */
	onair_get_line(&seg->channel[8], &line);
	line.packets += 100;
	line.octets += 16000;
	line.late[0] += 90;
	line.late[8] += 10;
	onair_set_line(&seg->channel[8], &line);
	onair_get_line(&seg->channel[16382], &line);
	line.bad_tracks = 3;
	onair_set_line(&seg->channel[16382], &line);
	if (snapshot_take(&p, seg, NOW + NS_PER_S) == -1)
		exit(1);
	top_sort(&p, &before, TOP_BY_LATE);
	is(p.channels[0].seat.number, 9, "what is late now comes first");
	top_sort(&p, &before, TOP_BY_TROUBLE);
	is(p.channels[0].seat.number, 16383, "or what has trouble");
	top_sort(&p, &before, TOP_BY_NAME);
	is(p.channels[0].seat.number, 16383, "or by name");
	top_sort(&p, &before, TOP_BY_CHANNEL);
	is(p.channels[0].seat.number, 2, "or by number");
	is(top_order_of_key('l'), TOP_BY_LATE, "a key of its own each");
	is(top_order_of_key('x'), -1, "and no others");
	f = fmemopen(text, sizeof(text), "w");
	top_show(f, &p, &before, TOP_BY_CHANNEL, 100, 9);
	fclose(f);
	ok(strstr(text, "  128.0") != NULL && strstr(text, "   256") != NULL,
	    "rate and lateness of the last second");
	ok(strstr(text, "and 1 more") != NULL, "what has no room is counted");
	ok(strstr(text, "[===       ]") != NULL, "a bar for the position");
	snapshot_done(&p);
	snapshot_done(&before);
}

int
main(void)
{
	if ((seg = calloc(1, sizeof(*seg))) == NULL)
		return 1;
	make();
	test_snapshot();
	test_late();
	test_plain();
	test_json();
	test_prometheus();
	test_top();
	free(seg);
	return tap_end();
}
