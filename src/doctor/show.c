/* SPDX-License-Identifier: ISC */
#include "doctor/show.h"

#include "base/text.h"
#include "doctor/check.h"
#include "doctor/facts.h"

static const char *const states[] = {
	[CHECK_NOTHING] = "", [CHECK_OK] = "ok", [CHECK_NOTE] = "note",
	[CHECK_WRONG] = "WRONG"
};

void
show_findings(FILE *out, const struct check *c, const struct facts *f, int all)
{
	const struct check_finding *k;
	unsigned wrong = check_wrong(c), n;
	char text[CHECK_TEXT_MAX];
	size_t i;

	for (n = 0; n < f->n; n++) {
		check_summary(f, n, text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
	for (i = 0; i < c->n; i++) {
		k = &c->findings[i];
		if (all || k->state > CHECK_OK)
			fprintf(out, "%-6s%s\n", states[k->state], k->text);
	}
	if (wrong == 0)
		fprintf(out, "nothing wrong found\n");
	else
		fprintf(out, "%u %s wrong\n", wrong, wrong == 1 ? "thing is" :
		    "things are");
}

void
show_findings_json(FILE *out, const struct check *c)
{
	const struct check_finding *k;
	size_t i;

	for (i = 0; i < c->n; i++) {
		k = &c->findings[i];
		fputs("{\"check\": ", out);
		text_json(out, k->check);
		fputs(", \"interface\": ", out);
		text_json(out, k->interface[0] != '\0' ? k->interface : NULL);
		fputs(", \"state\": ", out);
		text_json(out, k->state == CHECK_WRONG ? "wrong" :
		    states[k->state]);
		fputs(", \"text\": ", out);
		text_json(out, k->text);
		fputs("}\n", out);
	}
}
