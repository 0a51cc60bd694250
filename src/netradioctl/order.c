/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sysexits.h>

#include "ask.h"
#include "base/log.h"
#include "base/text.h"
#include "commands.h"
#include "options.h"

int
order_run(const struct options *o)
{
	struct control_request q;
	struct control_answer answer;
	struct ask a;
	int code;

	memset(&q, 0, sizeof(q));
	q.command = (uint8_t)o->command->code;
	q.now = o->when != NULL && strcmp(o->when, "now") == 0;
	if (o->what != NULL &&
	    text_copy(q.what, sizeof(q.what), o->what) == -1) {
		log_errorx("%.40s...: too long", o->what);
		return EX_USAGE;
	}
	if ((code = ask_open(&a, o->state)) != 0)
		return code;
	code = ask_request(&a, &q, q.command == CONTROL_RELOAD, &answer);
	if (code == 0)
		code = ask_finish(&answer);
	ask_close(&a);
	return code;
}
