/* SPDX-License-Identifier: ISC */
/* The library as the daemon has it, pulled page by page. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ask.h"
#include "base/log.h"
#include "base/sql.h"
#include "base/text.h"
#include "commands.h"
#include "stats/json.h"
#include "options.h"
#include "show.h"

#define TRIES	5	/* reloads in the middle that we put up with */

static void
print_row(FILE *f, const struct control_entry *e)
{
	char time[32], path[CONTROL_PATH_MAX];

	text_copy(path, sizeof(path), e->path);
	text_clean(path);
	show_time(e->duration_ms, time, sizeof(time));
	fprintf(f, "%5" PRIu32 "/%-4" PRIu32 " %8s  %-6s ", e->channel,
	    e->track, time, e->codec[0] != '\0' ? e->codec : "-");
	if (e->problem[0] != '\0')
		fprintf(f, "%s: problem: %s\n", path, e->problem);
	else if (e->artist[0] != '\0')
		fprintf(f, "%s - %s  (%s)\n", e->artist, e->title, path);
	else if (e->title[0] != '\0')
		fprintf(f, "%s  (%s)\n", e->title, path);
	else
		fprintf(f, "(%s)\n", path);
}

static void
print_object(FILE *f, const struct control_entry *e)
{
	struct json j = { .f = f };

	json_begin(&j, NULL, '{');
	json_number(&j, "channel", e->channel);
	json_text(&j, "name", e->name);
	json_number(&j, "track", e->track);
	json_text(&j, "file", e->path);
	json_text(&j, "container", e->container);
	json_text(&j, "codec", e->codec);
	json_known(&j, "sample_rate", e->rate);
	json_known(&j, "channels", e->channels);
	json_known(&j, "bitrate", e->bitrate);
	json_known(&j, "frames", e->frames);
	json_seconds(&j, "duration", e->duration_ms);
	json_number(&j, "size", e->size);
	json_text(&j, "title", e->title);
	json_text(&j, "artist", e->artist);
	json_text(&j, "album", e->album);
	json_text(&j, "problem", e->problem);
	json_end(&j, '}');
	putc('\n', f);
}

static void
sql_known(struct sql_row *r, uint64_t value)
{
	if (value > 0)
		sql_number(r, (int64_t)value);
	else
		sql_null(r);
}

static void
print_sql(FILE *f, const struct control_entry *e)
{
	struct sql_row r;

	sql_begin(&r, f, "tracks");
	sql_number(&r, e->channel);
	sql_text(&r, e->name);
	sql_number(&r, e->track);
	sql_text(&r, e->path);
	sql_text(&r, e->container);
	sql_text(&r, e->codec);
	sql_known(&r, e->rate);
	sql_known(&r, e->channels);
	sql_known(&r, e->bitrate);
	sql_known(&r, e->frames);
	sql_known(&r, e->duration_ms > 0 ? (uint64_t)e->duration_ms : 0);
	sql_number(&r, (int64_t)e->size);
	sql_text(&r, e->title);
	sql_text(&r, e->artist);
	sql_text(&r, e->album);
	sql_text(&r, e->problem);
	sql_end(&r);
}

static const char sql_columns[] = "channel INTEGER NOT NULL, name TEXT, "
    "track INTEGER NOT NULL, file TEXT " SQL_BINARY ", container TEXT, "
    "codec TEXT, sample_rate INTEGER, channels INTEGER, bitrate INTEGER, "
    "frames BIGINT, duration_ms BIGINT, size BIGINT, title TEXT, "
    "artist TEXT, album TEXT, problem TEXT, PRIMARY KEY (channel, track)";

/* How a row is printed, by enum options_form. */
static void (*const print[])(FILE *f, const struct control_entry *e) = {
	[OPTIONS_PLAIN] = print_row, [OPTIONS_JSON] = print_object,
	[OPTIONS_SQL] = print_sql
};

/* One page into f, q goes on behind it: 0, or -1 if it is damaged. */
static int
print_page(FILE *f, struct control_answer *a, struct control_request *q,
    enum options_form form)
{
	struct control_entry e;
	int got;

	q->revision = rd_u32(&a->body);
	q->channel = rd_u32(&a->body);
	q->track = rd_u32(&a->body);
	if (a->body.bad)
		return -1;
	while ((got = control_get_entry(&a->body, &e)) == 1)
		print[form](f, &e);
	return got;
}

/* All of it into f: 0; -1: it changed meanwhile; else the exit code. */
static int
pull(struct ask *a, FILE *f, enum options_form form)
{
	struct control_request q;
	struct control_answer answer;
	int code;

	memset(&q, 0, sizeof(q));
	q.command = CONTROL_LIBRARY;
	if (form == OPTIONS_SQL) {
		sql_table(f, "tracks", sql_columns);
		fputs("BEGIN;\n", f);
	}
	do {
		if ((code = ask_request(a, &q, 0, &answer)) != 0)
			return code;
		if (answer.status == CONTROL_CHANGED)
			return -1;
		if (answer.status != CONTROL_OK)
			return ask_finish(&answer);
		if (print_page(f, &answer, &q, form) == -1) {
			log_errorx("the answer is damaged");
			return EX_UNAVAILABLE;
		}
	} while (q.channel != 0);
	if (form == OPTIONS_SQL)
		fputs("COMMIT;\n", f);
	return 0;
}

int
library_run(const struct options *o)
{
	char *text = NULL;
	size_t len = 0;
	struct ask a;
	FILE *f;
	int code, tries = 0;

	if ((code = ask_open(&a, o->state)) != 0)
		return code;
	/* Shown when it is whole: one state of the library, not two. */
	do {
		free(text);
		text = NULL;
		if ((f = open_memstream(&text, &len)) == NULL) {
			log_error("cannot keep the library");
			code = EX_UNAVAILABLE;
			break;
		}
		code = pull(&a, f, o->form);
		if (fclose(f) == EOF && code == 0)
			code = EX_UNAVAILABLE;
	} while (code == -1 && ++tries < TRIES);
	if (code == -1) {
		log_errorx("the library changes all the time");
		code = EX_UNAVAILABLE;
	}
	if (code == 0 && (fwrite(text, 1, len, stdout) != len ||
	    fflush(stdout) == EOF)) {
		log_error("cannot write");
		code = EX_UNAVAILABLE;
	}
	free(text);
	ask_close(&a);
	return code;
}
