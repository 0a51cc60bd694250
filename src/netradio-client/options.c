/* SPDX-License-Identifier: ISC */
#include "options.h"

#include <getopt.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "wire/ports.h"

#define DELAY_MIN_MS	20
#define DELAY_MAX_MS	5000	/* what the buffer holds at any bit rate */
#define DELAY_MS	300
#define TIME_MAX_S	31536000
#define LETTER_LESS	256	/* getopt's value of rows without a letter */
#define ROWS_MAX	32

static int
set_list(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->task = OPTIONS_LIST;
	return 0;
}

/* CHANNEL or CHANNEL@SERVER, which is cut in two. */
static int
set_channel(struct options *o, char *arg, char *why, unsigned size)
{
	char *at = strrchr(arg, '@');

	if (at != NULL && at > arg && at[1] != '\0') {
		*at = '\0';
		o->server = at + 1;
	}
	if (arg[0] == '\0') {
		text_format(why, size, "the number or name of a channel");
		return -1;
	}
	o->channel = arg;
	return 0;
}

static int
set_sdp(struct options *o, char *arg, char *why, unsigned size)
{
	o->task = OPTIONS_SDP;
	return set_channel(o, arg, why, size);
}

static int
set_m3u(struct options *o, char *arg, char *why, unsigned size)
{
	o->task = OPTIONS_M3U;
	return set_channel(o, arg, why, size);
}

static int
set_demand(struct options *o, char *arg, char *why, unsigned size)
{
	const char *slash = strchr(arg, '/');

	if (slash == NULL || slash == arg || slash[1] == '\0') {
		text_format(why, size, "CHANNEL/TRACK");
		return -1;
	}
	o->task = OPTIONS_DEMAND;
	o->channel = arg;
	return 0;
}

static int
set_json(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->json = 1;
	return 0;
}

static int
set_plain(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->plain = 1;
	return 0;
}

static int
set_no_reports(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->no_reports = 1;
	return 0;
}

static int
set_quiet(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->quiet = 1;
	return 0;
}

static int
set_verbose(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->verbose++;
	return 0;
}

static int
set_help(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->help = 1;
	return 0;
}

static int
set_version(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->version = 1;
	return 0;
}

static int
set_interface(struct options *o, char *arg, char *why, unsigned size)
{
	if (arg[0] == '\0' || strlen(arg) >= IF_NAMESIZE) {
		text_format(why, size, "the name of a network interface");
		return -1;
	}
	if (o->where.n == IFACE_MAX) {
		text_format(why, size, "at most %d interfaces", IFACE_MAX);
		return -1;
	}
	o->where.name[o->where.n++] = arg;
	return 0;
}

static int
set_group(struct options *o, char *arg, char *why, unsigned size)
{
	struct addr base, last;
	unsigned f;

	if (addr_parse(&base, arg, PORTS_LIST) == 0 &&
	    addr_is_multicast(&base)) {
		last = addr_plus(&base, PORTS_CHANNEL_MAX, 0);
		if (addr_is_multicast(&last)) {
			f = addr_is_ipv6(&base) ? RECEIVE_6 : RECEIVE_4;
			memset(&o->base, 0, sizeof(o->base));
			o->base.of[f] = base;
			return 0;
		}
	}
	text_format(why, size, "a multicast address that leaves room for "
	    "the channels, e.g. %s", PORTS_GROUP_DEFAULT);
	return -1;
}

static int
set_server(struct options *o, char *arg, char *why, unsigned size)
{
	if (arg[0] == '\0') {
		text_format(why, size, "an address or the name of a server");
		return -1;
	}
	o->server = arg;
	return 0;
}

static int
set_delay(struct options *o, char *arg, char *why, unsigned size)
{
	int64_t ms;

	if (num_parse(arg, DELAY_MIN_MS, DELAY_MAX_MS, &ms, why, size) == -1)
		return -1;
	o->delay_ns = ms * NS_PER_MS;
	return 0;
}

/* COMMAND, aac=COMMAND, pcm=COMMAND or file=COMMAND. */
static int
set_decoder(struct options *o, char *arg, char *why, unsigned size)
{
	static const struct {
		const char *prefix;
		enum decoders_sound sound;
	} kinds[] = {
		{ "aac=", DECODERS_AAC }, { "pcm=", DECODERS_PCM },
		{ "file=", DECODERS_FILE }, { "", DECODERS_MPEG }
	};
	size_t i = 0, n;

	while (n = strlen(kinds[i].prefix), strncmp(arg, kinds[i].prefix,
	    n) != 0)
		i++;
	arg += n;
	if (arg[strspn(arg, " \t\n")] == '\0') {
		text_format(why, size, "a command");
		return -1;
	}
	o->decoder_of[kinds[i].sound] = arg;
	return 0;
}

static int
set_decoders(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->task = OPTIONS_DECODERS;
	return 0;
}

static int
set_doctor(struct options *o, char *arg, char *why, unsigned size)
{
	(void)arg, (void)why, (void)size;
	o->task = OPTIONS_DOCTOR;
	return 0;
}

static int
set_output(struct options *o, char *arg, char *why, unsigned size)
{
	if (arg[0] == '\0') {
		text_format(why, size, "the name of a file, or -");
		return -1;
	}
	o->output = arg;
	return 0;
}

static int
set_time(struct options *o, char *arg, char *why, unsigned size)
{
	int64_t s;

	if (num_parse(arg, 1, TIME_MAX_S, &s, why, size) == -1)
		return -1;
	o->time_ns = s * NS_PER_S;
	return 0;
}

static const struct option_row option_rows[] = {
	{ 'l', "list", NULL, "print the program list and exit", set_list },
	{ 'i', "interface", "IFACE", "listen on this interface only (may be "
	    "repeated)", set_interface },
	{ 'g', "group", "GROUP", "base group (default "
	    PORTS_GROUP_DEFAULT ")", set_group },
	{ 0, "server", "HOST", "listen to this server only", set_server },
	{ 'b', "delay", "MS", "from network to ear (default 300)",
	    set_delay },
	{ 'd', "decoder", "COMMAND", "run this and not mpg123; aac=COMMAND, "
	    "pcm=COMMAND, file=COMMAND: for these", set_decoder },
	{ 'o', "output", "FILE", "write the stream to FILE, - is stdout",
	    set_output },
	{ 'T', "time", "SECONDS", "stop after so long and print statistics",
	    set_time },
	{ 0, "sdp", "CHANNEL", "print its description for other players",
	    set_sdp },
	{ 0, "m3u", "CHANNEL", "print a playlist with it for VLC", set_m3u },
	{ 0, "demand", "CHANNEL/TRACK", "play that recording, from its "
	    "beginning", set_demand },
	{ 0, "decoders", NULL, "print which programs are run for what",
	    set_decoders },
	{ 0, "doctor", NULL, "say what is wrong with the network (CHANNEL, "
	    "-T)", set_doctor },
	{ 0, "json", NULL, "list or statistics as JSON", set_json },
	{ 0, "plain", NULL, "no escape sequences on the terminal",
	    set_plain },
	{ 0, "no-reports", NULL, "do not tell the server that we listen",
	    set_no_reports },
	{ 'q', "quiet", NULL, "say only what is wrong", set_quiet },
	{ 'v', "verbose", NULL, "say more", set_verbose },
	{ 'V', "version", NULL, "print the version and exit", set_version },
	{ 'h', "help", NULL, "print this and exit", set_help },
	{ 0, NULL, NULL, NULL, NULL }
};

const struct option_row *
options_rows(void)
{
	return option_rows;
}

/* getopt's two tables from ours. */
static void
tables(struct option *lo, char *so)
{
	const struct option_row *row;
	unsigned n = 0;

	*so++ = ':';
	for (row = option_rows; row->name != NULL && n < ROWS_MAX; row++) {
		lo[n].name = row->name;
		lo[n].has_arg = row->arg != NULL ? required_argument :
		    no_argument;
		lo[n].flag = NULL;
		lo[n].val = LETTER_LESS + (int)n;
		n++;
		if (row->letter == 0)
			continue;
		*so++ = (char)row->letter;
		if (row->arg != NULL)
			*so++ = ':';
	}
	memset(&lo[n], 0, sizeof(lo[n]));
	*so = '\0';
}

static const struct option_row *
row_of(int c)
{
	const struct option_row *row;

	if (c >= LETTER_LESS)
		return &option_rows[c - LETTER_LESS];
	for (row = option_rows; row->name != NULL; row++)
		if (row->letter == c)
			return row;
	return NULL;
}

static int
has_decoder(const struct options *o)
{
	return o->decoder_of[DECODERS_MPEG] != NULL ||
	    o->decoder_of[DECODERS_AAC] != NULL ||
	    o->decoder_of[DECODERS_PCM] != NULL ||
	    o->decoder_of[DECODERS_FILE] != NULL;
}

static int
check(struct options *o, char *why, unsigned size)
{
	if (o->task == OPTIONS_LIST &&
	    (o->channel != NULL || o->output != NULL))
		text_format(why, size, "-l goes with neither CHANNEL nor -o");
	else if (o->task != OPTIONS_LISTEN && o->task != OPTIONS_DEMAND &&
	    (o->output != NULL ||
	    (has_decoder(o) && o->task != OPTIONS_DECODERS)))
		text_format(why, size, "-o and -d go only with listening");
	else if (o->output != NULL && has_decoder(o))
		text_format(why, size, "-o and -d exclude each other");
	else if (o->task == OPTIONS_DOCTOR && o->base.of[RECEIVE_4].len == 0)
		text_format(why, size, "--doctor looks at IPv4 only");
	else if (o->quiet && o->verbose)
		text_format(why, size, "-q and -v exclude each other");
	else
		return 0;
	return -1;
}

/* Only an address can be joined from (RFC 4607); what is of the other family
 * cannot come from it. */
static void
choose_source(struct options *o)
{
	unsigned f, other;

	if (o->server == NULL || addr_parse(&o->where.source, o->server, 0) ==
	    -1)
		return;
	f = addr_is_ipv6(&o->where.source) ? RECEIVE_6 : RECEIVE_4;
	other = f == RECEIVE_6 ? RECEIVE_4 : RECEIVE_6;
	if (o->base.of[f].len > 0)
		memset(&o->base.of[other], 0, sizeof(o->base.of[other]));
}

int
options_parse(struct options *o, int argc, char **argv, char *why,
    unsigned size)
{
	struct option lo[ROWS_MAX + 1];
	char so[2 * ROWS_MAX + 2], expected[128];
	const struct option_row *row;
	int c;

	memset(o, 0, sizeof(*o));
	o->delay_ns = DELAY_MS * NS_PER_MS;
	addr_parse(&o->base.of[RECEIVE_4], PORTS_GROUP_DEFAULT, PORTS_LIST);
	addr_parse(&o->base.of[RECEIVE_6], PORTS_GROUP6_DEFAULT, PORTS_LIST);
	tables(lo, so);
	optind = 0;	/* begin anew, also the scan inside a word */
	while ((c = getopt_long(argc, argv, so, lo, NULL)) != -1) {
		if (c == '?') {
			text_format(why, size, "%s: no such option",
			    argv[(optind < argc ? optind : argc) - 1]);
			return -1;
		}
		if ((row = row_of(c == ':' ? optopt : c)) == NULL)
			continue;
		if (c == ':') {
			text_format(why, size, "--%s: a value is missing",
			    row->name);
			return -1;
		}
		if (row->set(o, optarg, expected, sizeof(expected)) == -1) {
			text_format(why, size, "--%s %s: %s expected",
			    row->name, optarg, expected);
			return -1;
		}
	}
	if (argc - optind > 1) {
		text_format(why, size, "one CHANNEL at a time: %s?",
		    argv[optind + 1]);
		return -1;
	}
	if (optind < argc && o->channel != NULL) {
		text_format(why, size, "one CHANNEL at a time: %s?",
		    argv[optind]);
		return -1;
	}
	if (optind < argc && set_channel(o, argv[optind], expected,
	    sizeof(expected)) == -1) {
		text_format(why, size, "CHANNEL: %s expected", expected);
		return -1;
	}
	choose_source(o);
	return o->help || o->version ? 0 : check(o, why, size);
}

void
options_usage(FILE *f, int help)
{
	const struct option_row *row;

	fputs("usage: netradio-client [-", f);
	for (row = option_rows; row->name != NULL; row++)
		if (row->letter != 0 && row->arg == NULL)
			putc(row->letter, f);
	putc(']', f);
	for (row = option_rows; row->name != NULL; row++)
		if (row->letter == 0 && row->arg == NULL)
			fprintf(f, " [--%s]", row->name);
	for (row = option_rows; row->name != NULL; row++)
		if (row->letter != 0 && row->arg != NULL)
			fprintf(f, " [-%c %s]", row->letter, row->arg);
		else if (row->arg != NULL)
			fprintf(f, " [--%s %s]", row->name, row->arg);
	fputs(" [CHANNEL[@SERVER]]\n", f);
	for (row = option_rows; help && row->name != NULL; row++) {
		char both[40];

		text_format(both, sizeof(both), "--%s%s%s", row->name,
		    row->arg != NULL ? " " : "",
		    row->arg != NULL ? row->arg : "");
		if (row->letter != 0)
			fprintf(f, "  -%c, %-20s %s\n", row->letter, both,
			    row->help);
		else
			fprintf(f, "      %-20s %s\n", both, row->help);
	}
}
