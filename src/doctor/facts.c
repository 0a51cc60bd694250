/* SPDX-License-Identifier: ISC */
#include "doctor/facts.h"

#include <string.h>

struct facts_server *
facts_server(struct facts *f, unsigned iface, uint64_t id)
{
	struct facts_server *s;
	unsigned i;

	for (i = 0; i < f->nservers; i++)
		if (f->servers[i].iface == iface && f->servers[i].id == id)
			return &f->servers[i];
	if (f->nservers == FACTS_SERVERS) {
		f->more_servers++;
		if (!f->has_server || id != f->server)
			return NULL;
		/* A flood of others must not hide ours. */
		f->nservers--;
	}
	s = &f->servers[f->nservers++];
	memset(s, 0, sizeof(*s));
	s->iface = iface;
	s->id = id;
	return s;
}
