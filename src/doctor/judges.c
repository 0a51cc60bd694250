/* SPDX-License-Identifier: ISC */
#include "judges.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

enum check_state
judges_say(enum check_state state, struct sentence *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
	/* It may hold what a stranger calls himself. */
	text_clean(s->text);
	return state;
}

const char *
judges_since(const struct facts *f, const struct facts_count *c,
    char text[static JUDGES_TEXT_MAX])
{
	int64_t tenths = (f->now_ns - c->last_ns) / (NS_PER_S / 10);

	tenths = tenths > 0 ? tenths : 0;
	text_format(text, JUDGES_TEXT_MAX, "%lld.%lld s",
	    (long long)tenths / 10, (long long)tenths % 10);
	return text;
}

int
judges_is_late(const struct facts *f, const struct facts_count *c)
{
	return f->now_ns - c->last_ns > JUDGES_LATE_NS;
}

const struct facts_server *
judges_own(const struct facts *f, unsigned iface)
{
	unsigned i;

	for (i = 0; f->has_server && i < f->nservers; i++)
		if (f->servers[i].iface == iface &&
		    f->servers[i].id == f->server)
			return &f->servers[i];
	return NULL;
}

int
judges_heard_on(const struct facts *f)
{
	const struct facts_server *s;
	int64_t last = 0;
	int found = -1;
	unsigned i;

	for (i = 0; i < f->n; i++) {
		s = judges_own(f, i);
		if (s == NULL || s->heard.n == 0 ||
		    (found != -1 && s->heard.last_ns <= last))
			continue;
		found = (int)i;
		last = s->heard.last_ns;
	}
	return found;
}

const struct facts_server *
judges_lost(const struct facts *f, unsigned iface)
{
	const struct facts_server *s;
	unsigned i;

	if (f->ifaces[iface].join_error != 0)
		return NULL;
	for (i = 0; i < f->nservers; i++) {
		s = &f->servers[i];
		if (s->iface == iface && s->seen.n > 0 && s->heard.n == 0)
			return s;
	}
	return NULL;
}

const char *
judges_name(const struct facts_server *s, char *text, size_t size)
{
	char address[ADDR_TEXT_MAX];

	addr_format(&s->from, address);
	if (s->name[0] != '\0')
		text_format(text, size, "%s (%s)", s->name, address);
	else
		text_copy(text, size, address);
	return text;
}

void
judges_places(const struct facts *f, char *text, size_t size)
{
	size_t len = 0;
	unsigned i;

	text[0] = '\0';
	for (i = 0; i < f->n; i++) {
		if (f->ifaces[i].index == 0 || f->ifaces[i].join_error != 0)
			continue;
		text_format(text + len, size - len, "%s%s", len > 0 ? ", " :
		    "", f->ifaces[i].name);
		len = strlen(text);
	}
	if (len == 0)
		text_copy(text, size, "no interface");
}

int
judges_is_lost(const struct facts *f)
{
	unsigned i;

	for (i = 0; i < f->n; i++)
		if (judges_lost(f, i) != NULL)
			return 1;
	return 0;
}

enum check_state
judges_grave(const struct facts *f, unsigned iface)
{
	if (f->view == FACTS_OF_SERVER || f->ifaces[iface].why == FACTS_NAMED)
		return CHECK_WRONG;
	if (judges_heard_on(f) != -1)
		return CHECK_NOTE;
	return judges_lost(f, iface) != NULL || !judges_is_lost(f) ?
	    CHECK_WRONG : CHECK_NOTE;
}

const char *
judges_sysctl(const struct facts_iface *i, char text[static IF_NAMESIZE])
{
	char *s;

	text_copy(text, IF_NAMESIZE, i->name);
	for (s = text; (s = strchr(s, '.')) != NULL; s++)
		*s = '/';
	return text;
}

const char *
judges_longer(const struct facts *f)
{
	return f->view == FACTS_OF_SERVER ? "netradioctl doctor 130" :
	    "netradio-client --doctor -T 130";
}
