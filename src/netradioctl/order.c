/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ask.h"
#include "base/log.h"
#include "base/text.h"
#include "commands.h"
#include "options.h"

/* A file as the daemon finds it, which stands elsewhere.  That it is there and
 * may be read is said here, where its name was given: 0, or the exit code. */
static int
set_file(struct control_request *q, const char *name)
{
	char path[PATH_MAX];
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd == -1 || realpath(name, path) == NULL) {
		log_error("%s", name);
		if (fd != -1)
			close(fd);
		return EX_NOINPUT;
	}
	close(fd);
	if (text_copy(q->what, sizeof(q->what), path) == 0)
		return 0;
	log_errorx("%.40s...: too long", path);
	return EX_USAGE;
}

static int
set_what(struct control_request *q, const char *what)
{
	if (q->command == CONTROL_ANNOUNCE)
		return set_file(q, what);
	if (what == NULL || text_copy(q->what, sizeof(q->what), what) == 0)
		return 0;
	log_errorx("%.40s...: too long", what);
	return EX_USAGE;
}

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
	if ((code = set_what(&q, o->what)) != 0 ||
	    (code = ask_open(&a, o->state)) != 0)
		return code;
	code = ask_request(&a, &q, q.command == CONTROL_RELOAD, &answer);
	if (code == 0)
		code = ask_finish(&answer);
	ask_close(&a);
	return code;
}
