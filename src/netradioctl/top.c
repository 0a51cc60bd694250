/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "attach.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "options.h"
#include "screen.h"
#include "show.h"
#include "stats/snapshot.h"
#include "top_show.h"

#define PERIOD_NS	NS_PER_S
#define SCREEN_BYTES	65536

/* A snapshot of what is there now; one that ended and came again is found
 * anew.  0, or the exit code and why. */
static int
look(const struct options *o, struct snapshot *p, char *why, size_t size)
{
	struct attach a;
	int code;

	if ((code = attach_open(&a, o->state, why, size)) != 0)
		return code;
	if (snapshot_take(p, a.segment, clock_mono_ns()) == -1)
		code = EX_UNAVAILABLE;
	attach_close(&a);
	return code;
}

static void
refresh(const struct options *o, struct snapshot *before,
    enum top_order order)
{
	struct snapshot now;
	unsigned columns, rows;
	char why[512] = "";

	screen_size(&columns, &rows);
	if (look(o, &now, why, sizeof(why)) != 0) {
		printf("\033[H\033[J%s", why);
		fflush(stdout);
		return;
	}
	top_sort(&now, before, order);
	top_show(stdout, &now, before, order, columns, rows);
	fflush(stdout);
	snapshot_done(before);
	*before = now;
}

static void
loop(const struct options *o)
{
	enum top_order order = TOP_BY_CHANNEL;
	int64_t next = clock_mono_ns();
	struct snapshot before;
	int key = SCREEN_TIME;

	memset(&before, 0, sizeof(before));
	while (key != SCREEN_END && key != 'q') {
		if (key != SCREEN_TIME) {
			if (top_order_of_key(key) == -1) {
				key = screen_wait(next);
				continue;
			}
			order = (enum top_order)top_order_of_key(key);
		}
		refresh(o, &before, order);
		next = clock_mono_ns() + PERIOD_NS;
		key = screen_wait(next);
	}
	snapshot_done(&before);
}

int
top_run(const struct options *o)
{
	struct snapshot p;
	char why[512];
	int code;

	if ((code = look(o, &p, why, sizeof(why))) != 0) {
		log_errorx("%s", why);
		return code;
	}
	snapshot_done(&p);
	if (screen_start() == -1)
		return status_run(o);
	/* A screen leaves in one piece. */
	setvbuf(stdout, NULL, _IOFBF, SCREEN_BYTES);
	loop(o);
	screen_stop();
	return 0;
}
