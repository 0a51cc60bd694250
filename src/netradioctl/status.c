/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <sysexits.h>

#include "attach.h"
#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "options.h"
#include "show.h"
#include "stats/show.h"
#include "stats/snapshot.h"

/* A snapshot of the daemon: 0, or the exit code after the sentence. */
static int
look(const struct options *o, struct snapshot *p)
{
	struct attach a;
	char why[512];
	int code;

	if ((code = attach_open(&a, o->state, why, sizeof(why))) != 0) {
		log_errorx("%s", why);
		return code;
	}
	if (snapshot_take(p, a.segment, clock_mono_ns()) == -1) {
		log_errorx("out of memory");
		code = EX_UNAVAILABLE;
	}
	attach_close(&a);
	return code;
}

/* What was printed has to arrive, too. */
static int
finish(struct snapshot *p)
{
	snapshot_done(p);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		log_error("cannot write");
		return EX_UNAVAILABLE;
	}
	return 0;
}

int
status_run(const struct options *o)
{
	struct snapshot p;
	int code;

	if ((code = look(o, &p)) != 0) {
		/* A collector wants to hear that, too; that he may not look is
		 * no news of the daemon. */
		if (o->form == OPTIONS_PROMETHEUS && code == EX_UNAVAILABLE)
			show_prometheus(stdout, NULL);
		return code;
	}
	if (o->form == OPTIONS_JSON)
		show_status_json(stdout, &p);
	else if (o->form == OPTIONS_PROMETHEUS)
		show_prometheus(stdout, &p);
	else {
		show_daemon(stdout, &p);
		putchar('\n');
		show_channels(stdout, &p, show_columns(stdout));
	}
	return finish(&p);
}

int
channels_run(const struct options *o)
{
	struct snapshot p;
	int code;

	if ((code = look(o, &p)) != 0)
		return code;
	if (o->form == OPTIONS_JSON)
		show_channels_json(stdout, &p);
	else
		show_channels(stdout, &p, show_columns(stdout));
	return finish(&p);
}
