/* SPDX-License-Identifier: ISC */
/* The library as the daemon has it, pulled page by page. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ask.h"
#include "base/log.h"
#include "base/text.h"
#include "commands.h"
#include "json.h"
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

/* One page into f, q goes on behind it: 0, or -1 if it is damaged. */
static int
print_page(FILE *f, struct control_answer *a, struct control_request *q,
    int is_json)
{
	struct control_entry e;
	int got;

	q->revision = rd_u32(&a->body);
	q->channel = rd_u32(&a->body);
	q->track = rd_u32(&a->body);
	if (a->body.bad)
		return -1;
	while ((got = control_get_entry(&a->body, &e)) == 1)
		if (is_json)
			print_object(f, &e);
		else
			print_row(f, &e);
	return got;
}

/* All of it into f: 0; -1: it changed meanwhile; else the exit code. */
static int
pull(struct ask *a, FILE *f, int is_json)
{
	struct control_request q;
	struct control_answer answer;
	int code;

	memset(&q, 0, sizeof(q));
	q.command = CONTROL_LIBRARY;
	do {
		if ((code = ask_request(a, &q, 0, &answer)) != 0)
			return code;
		if (answer.status == CONTROL_CHANGED)
			return -1;
		if (answer.status != CONTROL_OK)
			return ask_finish(&answer);
		if (print_page(f, &answer, &q, is_json) == -1) {
			log_errorx("the answer is damaged");
			return EX_UNAVAILABLE;
		}
	} while (q.channel != 0);
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
		code = pull(&a, f, o->form == OPTIONS_JSON);
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
