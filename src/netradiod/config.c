/* SPDX-License-Identifier: ISC */
/*
 * Three sources, the later one wins: defaults, file, command line.  The
 * command line is walked twice: first for its grammar and for the name of the
 * file, then, when the file has been read, for its values.
 */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"
#include "wire/ipcfile.h"
#include "wire/plist.h"
#include "wire/ports.h"

#include "config_item.h"
#include "watch.h"

/* So many bits of a group are in its Ethernet address (RFC 1112). */
#define ETHERNET_BITS	0x7fffffu
#define FILE_BYTES_MAX	(64 * 1024)
#define LIST_RATE	INT64_C(512000)
#define HTTP_CLIENTS	2000
#define HTTP_CLIENTS_EACH 100
#define OPTIONS_MAX	32
#define LONG_BASE	256	/* getopt's value of the i-th long option */
#define WHY_MAX		(2 * PATH_MAX)

const char *
config_usage(void)
{
	static char text[512];		/* [m] */
	const struct config_item *item;
	char part[64], flags[OPTIONS_MAX];
	size_t i, n = 0, used;

	for (i = 0; (item = config_item(i)) != NULL; i++)
		if (item->letter != 0 && item->arg == NULL)
			flags[n++] = (char)item->letter;
	text_format(text, sizeof(text), "usage: netradiod [-%.*s]", (int)n,
	    flags);
	for (i = 0; (item = config_item(i)) != NULL; i++) {
		if (!(item->flags & ITEM_OPTION) ||
		    (item->letter != 0 && item->arg == NULL))
			continue;
		if (item->letter == 0)
			text_format(part, sizeof(part), " [--%s%s%s]",
			    item->name, item->arg != NULL ? " " : "",
			    item->arg != NULL ? item->arg : "");
		else
			text_format(part, sizeof(part), " [-%c %s]",
			    item->letter, item->arg);
		used = strlen(text);
		text_copy(text + used, sizeof(text) - used, part);
	}
	return text;
}

static void
help(void)
{
	const struct config_item *item;
	char left[64], letter[8];
	size_t i;

	puts(config_usage());
	for (i = 0; (item = config_item(i)) != NULL; i++) {
		if (!(item->flags & ITEM_OPTION))
			continue;
		text_copy(letter, sizeof(letter), "    ");
		if (item->letter != 0)
			text_format(letter, sizeof(letter), "-%c, ",
			    item->letter);
		text_format(left, sizeof(left), "%s--%s%s%s", letter,
		    item->name, item->arg != NULL ? " " : "",
		    item->arg != NULL ? item->arg : "");
		printf("  %-28s %s\n", left, item->help);
	}
}

/* A relative path of the command line starts where we were started: a daemon
 * goes to / and still finds it on reload. */
static char *
absolute(const char *cwd, const char *path)
{
	char *s;

	while (strncmp(path, "./", 2) == 0)
		path += 2;
	if (path[0] == '/' || path[0] == '\0')
		return strdup(path);
	if (strcmp(path, ".") == 0)
		return strdup(cwd);
	return asprintf(&s, "%s%s%s", cwd, strcmp(cwd, "/") == 0 ? "" : "/",
	    path) == -1 ? NULL : s;
}

static int
apply(struct config *c, const struct config_item *item, const char *value,
    char *why, size_t size)
{
	char expected[160], *path = NULL;
	int ret;

	if (item->letter == 'u' && !c->privileged) {
		text_copy(why, size, "-u: only root can become another user");
		return -1;
	}
	if ((item->flags & ITEM_PATH) &&
	    (path = absolute(c->cwd, value)) == NULL) {
		c->no_memory = 1;
		return 0;
	}
	ret = item->set(c, path != NULL ? path : value, expected,
	    sizeof(expected));
	if (ret == -1 && item->letter != 0)
		text_format(why, size, "-%c: expected %s, not %s",
		    item->letter, expected, value);
	else if (ret == -1)
		text_format(why, size, "--%s: expected %s, not %s",
		    item->name, expected, value);
	free(path);
	return ret;
}

/* The tables that getopt_long wants, from ours. */
static void
getopt_tables(struct option *longs, char *shorts)
{
	const struct config_item *item;
	size_t i, n = 0;

	/* Stop at the first operand; tell a missing argument from an unknown
	 * option; say nothing. */
	*shorts++ = '+';
	*shorts++ = ':';
	for (i = 0; (item = config_item(i)) != NULL; i++) {
		if (!(item->flags & ITEM_OPTION))
			continue;
		longs[n].name = item->name;
		longs[n].has_arg = item->arg != NULL;
		longs[n].flag = NULL;
		longs[n++].val = LONG_BASE + (int)i;
		if (item->letter == 0)
			continue;
		*shorts++ = (char)item->letter;
		if (item->arg != NULL)
			*shorts++ = ':';
	}
	*shorts = '\0';
	memset(&longs[n], 0, sizeof(longs[n]));
}

/* What getopt did not understand, in why. */
static void
misunderstood(int opt, char **argv, char *why, size_t size)
{
	const char *what = opt == ':' ? "needs a value" : "unknown option";
	const char *arg = argv[optind - 1];

	if (optopt >= LONG_BASE || optopt == 0)
		text_format(why, size, "%s: %s", arg, optopt >= LONG_BASE &&
		    opt == '?' ? "takes no value" : what);
	else
		text_format(why, size, "-%c: %s", optopt, what);
}

/*
 * Walk the command line.  First time (c NULL): the grammar, -h, -V, and the
 * name of the file into *file.  Second time: the values into c.  0, or -1 and
 * the sentence in why.
 */
static int
walk(int argc, char **argv, struct config *c, const char **file, char *why,
    size_t size)
{
	struct option longs[OPTIONS_MAX];
	char shorts[2 * OPTIONS_MAX];
	const struct config_item *item;
	int opt, ifaces = 0;

	getopt_tables(longs, shorts);
	opterr = 0;
	optind = 0;	/* glibc and musl: from the beginning, once more */
	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (opt == '?' || opt == ':') {
			misunderstood(opt, argv, why, size);
			return -1;
		}
		item = opt >= LONG_BASE ?
		    config_item((size_t)(opt - LONG_BASE)) :
		    config_item_of_letter(opt);
		if (c == NULL && item->letter == 'c')
			*file = optarg;
		if (c == NULL && item->letter == 'h') {
			help();
			exit(0);
		}
		if (c == NULL && item->letter == 'V') {
			puts("netradiod " VERSION);
			exit(0);
		}
		if (c == NULL || item->set == NULL)
			continue;
		/* Interfaces named here replace those of the file. */
		if (item->letter == 'i' && ifaces++ == 0)
			c->nifaces = 0;
		if (apply(c, item, optarg, why, size) == -1)
			return -1;
	}
	if (optind < argc) {
		text_format(why, size, "%s: unexpected argument",
		    argv[optind]);
		return -1;
	}
	return 0;
}

/* A copy of text; without one c is not to be used. */
static char *
copy(struct config *c, const char *text)
{
	char *s = strdup(text);

	if (s == NULL)
		c->no_memory = 1;
	return s;
}

/* Takes cwd over. */
static void
defaults(struct config *c, int privileged, char *cwd)
{
	char host[PLIST_TEXT_MAX] = "";

	memset(c, 0, sizeof(*c));
	gethostname(host, sizeof(host) - 1);
	text_clean(host);
	c->charset = copy(c, "auto");
	c->name = copy(c, host[0] != '\0' ? host : "netradio");
	if (addr_parse(&c->group, PORTS_GROUP_DEFAULT, PORTS_LIST) == -1)
		fatalx(EX_SOFTWARE, "default group is no address");
	if (addr_parse(&c->group6, PORTS_GROUP6_DEFAULT, PORTS_LIST) == -1)
		fatalx(EX_SOFTWARE, "default group is no address");
	c->ttl = 1;
	c->max_rate = -1;
	c->list_rate = LIST_RATE;
	c->http_clients = HTTP_CLIENTS;
	c->http_clients_each = HTTP_CLIENTS_EACH;
	c->rtcp = 1;
	c->watch = WATCH_AUTO;
	c->privileged = privileged;
	c->cwd = cwd;
}

void
config_defaults(struct config *c)
{
	char *cwd = getcwd(NULL, 0);

	defaults(c, geteuid() == 0, cwd != NULL ? cwd : xstrdup("/"));
}

/* dir/leaf; without it c is not to be used. */
static char *
join(struct config *c, const char *dir, const char *leaf)
{
	char *s;

	if (asprintf(&s, "%s/%s", dir, leaf) != -1)
		return s;
	c->no_memory = 1;
	return NULL;
}

/* A directory of an ordinary user: $variable, or under his home. */
static char *
user_dir(struct config *c, const char *variable, const char *under_home,
    const char *leaf)
{
	char *s = file_user_dir(variable, under_home, leaf);

	if (s == NULL && errno == ENOMEM)
		c->no_memory = 1;
	return s;
}

/* Log what config_parse said, a line an event. */
static void
log_lines(char *text)
{
	char *line, *nl;

	for (line = text; *line != '\0'; line = nl + 1) {
		if ((nl = strchr(line, '\n')) == NULL)
			break;
		*nl = '\0';
		log_errorx("%s", line);
	}
}

static int
parse_logged(struct config *c, const char *text, size_t len)
{
	char *said = NULL;
	size_t said_len;
	FILE *err;
	int errors;

	if ((err = open_memstream(&said, &said_len)) == NULL) {
		log_error("%s", c->file);
		return -1;
	}
	errors = config_parse(c, c->file, text, len, err);
	if (fclose(err) == 0 && said != NULL)
		log_lines(said);
	free(said);
	return errors > 0 ? -1 : 0;
}

/*
 * Read c->file into c.  0; -1 with the errors logged; 1 if there is no such
 * file.
 */
static int
read_file(struct config *c)
{
	char *text;
	struct stat st;
	ssize_t n = -1;
	int fd, ret = -1;

	fd = open(c->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd == -1 && (errno == ENOENT || errno == ENOTDIR))
		return 1;
	if ((text = malloc(FILE_BYTES_MAX + 1)) == NULL || fd == -1 ||
	    fstat(fd, &st) == -1)
		log_error("%s", c->file);
	else if (S_ISDIR(st.st_mode))
		log_errorx("%s: is a directory", c->file);
	else if ((n = file_read_at(fd, text, FILE_BYTES_MAX + 1, 0)) == -1)
		log_error("%s", c->file);
	else if (n > FILE_BYTES_MAX)
		log_errorx("%s: longer than %d bytes", c->file,
		    FILE_BYTES_MAX);
	else
		ret = parse_logged(c, text, (size_t)n);
	if (fd != -1)
		close(fd);
	free(text);
	return ret;
}

/* Find and read the file; named is what -c said, or NULL. */
static int
load_file(struct config *c, const char *named)
{
	int ret;

	if (named != NULL && (c->file = absolute(c->cwd, named)) == NULL)
		c->no_memory = 1;
	else if (named == NULL && c->privileged)
		c->file = copy(c, SYSCONFDIR "/netradio/netradiod.conf");
	else if (named == NULL)
		c->file = user_dir(c, "XDG_CONFIG_HOME", ".config",
		    "netradio/netradiod.conf");
	if (c->file == NULL)
		return 0;
	if ((ret = read_file(c)) != 1)
		return ret;
	if (named != NULL) {
		log_errorx("%s: no such file", c->file);
		return -1;
	}
	free(c->file);
	c->file = NULL;
	return 0;
}

/*
 * The path without links, as far as it exists; what does not exist yet is
 * appended as it stands.
 */
static void
resolve(const char *path, char *out)
{
	char head[PATH_MAX], *slash;
	size_t n;

	assert(path != NULL);
	text_copy(head, sizeof(head), path);
	while (realpath(head, out) == NULL) {
		slash = strrchr(head, '/');
		if (slash == NULL || slash == head) {
			text_copy(out, PATH_MAX, "/");
			head[0] = '\0';
			break;
		}
		*slash = '\0';
	}
	n = strlen(out);
	path += strlen(head);
	path += strspn(path, "/");
	if (*path != '\0')
		text_format(out + n, PATH_MAX - n, "%s%s",
		    out[n - 1] == '/' ? "" : "/", path);
}

/* Whether path is dir or lies in it; both resolved. */
static int
is_inside(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return 1;
	return strncmp(path, dir, n) == 0 &&
	    (path[n] == '/' || path[n] == '\0');
}

static int
check_paths(const struct config *c, char *why, size_t size)
{
	char state[PATH_MAX], media[PATH_MAX];

	resolve(c->state, state);
	resolve(c->media, media);
	if (!is_inside(state, media) && !is_inside(media, state))
		return 0;
	text_format(why, size, "state directory %s and media library %s: "
	    "one must not lie in the other", c->state, c->media);
	return EX_CONFIG;
}

/*
 * The user, if we are not root: we cannot become another one; that the file
 * names the one we are is fine (a service manager made us him).
 */
static int
check_user(struct config *c, char *why, size_t size)
{
	struct passwd *pw;

	if (c->privileged || c->user == NULL)
		return 0;
	pw = getpwuid(geteuid());
	if (!c->check && (pw == NULL || strcmp(pw->pw_name, c->user) != 0)) {
		text_format(why, size, "%s: user: only root can become %s",
		    c->file, c->user);
		return EX_CONFIG;
	}
	free(c->user);
	c->user = NULL;
	return 0;
}

static void
fill_root(struct config *c)
{
	if (c->media == NULL)
		c->media = copy(c, "/srv/netradio");
	if (c->state == NULL)
		c->state = copy(c, IPCFILE_STATE);
	if (c->pidfile == NULL)
		c->pidfile = copy(c, "/run/netradio/netradiod.pid");
	if (c->user == NULL)
		c->user = copy(c, "netradio");
}

static void
fill_user(struct config *c)
{
	if (c->state == NULL)
		c->state = user_dir(c, "XDG_STATE_HOME", ".local/state",
		    IPCFILE_STATE_LEAF);
	if (c->pidfile == NULL && !c->foreground && c->state != NULL)
		c->pidfile = join(c, c->state, "netradiod.pid");
}

/* "/srv/radio//" and "/srv/radio/." are /srv/radio. */
static void
trim_slashes(char *path)
{
	size_t n = strlen(path);

	for (;;) {
		if (n > 1 && path[n - 1] == '/')
			path[--n] = '\0';
		else if (n > 2 && strcmp(path + n - 2, "/.") == 0)
			path[--n] = '\0';
		else
			return;
	}
}

/*
 * Fill in what depends on other settings and check what can only be checked
 * with all of them.  0, or the exit code and the sentence in why.
 */
static int
finish(struct config *c, char *why, size_t size)
{
	int code;

	if (c->json && !c->check) {
		text_copy(why, size, "--json: only goes with -n");
		return EX_USAGE;
	}
	if ((code = check_user(c, why, size)) != 0)
		return code;
	if (c->privileged)
		fill_root(c);
	else
		fill_user(c);
	if (c->no_memory) {
		text_copy(why, size, "out of memory");
		return EX_OSERR;
	}
	if (c->media == NULL) {
		text_format(why, size, "no media library: give -m dir, or "
		    "media in the configuration file");
		return EX_USAGE;
	}
	if (c->state == NULL) {
		text_copy(why, size, "no home directory: give -s dir");
		return EX_USAGE;
	}
	trim_slashes(c->media);
	trim_slashes(c->state);
	return check_paths(c, why, size);
}

/* Groups that can be had but will not work well. */
static void
warn_group(const struct config *c)
{
	uint32_t low = ntohl(c->group.u.in.sin_addr.s_addr) & ETHERNET_BITS;
	uint8_t b[16];

	addr_bytes(&c->group, b);
	if (b[0] == 224 && b[1] == 0 && b[2] == 0)
		log_warnx("group: 224.0.0.0/24 is reserved for routers; "
		    "switches do not filter it and nothing forwards it");
	else if (b[0] == 232)
		log_warnx("group: 232.0.0.0/8 is for source-specific "
		    "multicast; routers do not forward other joins");
	else if (low < 256 || low + PORTS_CHANNEL_MAX > ETHERNET_BITS)
		log_warnx("group: some channels' groups end as 224.0.0.0/24 "
		    "in 23 bits, which is all that Ethernet sees: switches do "
		    "not filter them");
}

static void
warn_sendto(const struct config *c)
{
	unsigned i;

	for (i = 0; c->ipv6 == CONFIG_IPV6_ONLY && i < c->nsendto; i++)
		if (sendto_is_broadcast(&c->sendto[i]))
			log_warnx("send-to: IPv6 has no broadcast, and ipv6 = "
			    "only: it goes nowhere");
}

/*
 * All of it: NULL with the exit code in *code; the sentence is logged, or in
 * why.
 */
static struct config *
load(int argc, char **argv, int privileged, char *cwd, int *code, char *why,
    size_t size)
{
	struct config *c = malloc(sizeof(*c));
	const char *named = NULL;

	if (c == NULL) {
		free(cwd);
		text_copy(why, size, "out of memory");
		*code = EX_OSERR;
		return NULL;
	}
	defaults(c, privileged, cwd);
	why[0] = '\0';
	if (walk(argc, argv, NULL, &named, why, size) == -1)
		*code = EX_USAGE;
	else if (load_file(c, named) == -1)
		*code = EX_CONFIG;
	else if (walk(argc, argv, c, NULL, why, size) == -1)
		*code = EX_USAGE;
	else if ((*code = finish(c, why, size)) == 0)
		return c;
	config_free(c);
	return NULL;
}

struct config *
config_load(int argc, char **argv)
{
	char why[WHY_MAX], *cwd = getcwd(NULL, 0);
	struct config *c;
	int code;

	if (cwd == NULL)
		cwd = xstrdup("/");
	c = load(argc, argv, geteuid() == 0, cwd, &code, why, sizeof(why));
	if (c != NULL) {
		warn_group(c);
		warn_sendto(c);
		return c;
	}
	if (why[0] != '\0')
		log_errorx("%s", why);
	if (code == EX_USAGE)
		fprintf(stderr, "%s\n", config_usage());
	exit(code);
}

unsigned
config_copies(const void *config, unsigned channel)
{
	const struct config *c = config;

	return 1 + (c->ipv6 == CONFIG_IPV6_YES) + sendto_copies(c->sendto,
	    c->nsendto, channel);
}

/* Add what to the list of names if the two differ. */
static void
note(int differs, const char *what, char *names, size_t size)
{
	size_t n = strlen(names);

	if (differs)
		text_format(names + n, size - n, "%s%s", n > 0 ? ", " : "",
		    what);
}

/* The old text stays.  0, or -1 when memory is out. */
static int
keep_text(char **text, const char *old, const char *what, char *names,
    size_t size)
{
	char *copy = NULL;

	if (*text == NULL ? old == NULL :
	    old != NULL && strcmp(*text, old) == 0)
		return 0;
	note(1, what, names, size);
	if (old != NULL && (copy = strdup(old)) == NULL)
		return -1;
	free(*text);
	*text = copy;
	return 0;
}

static int
has_same_ifaces(const struct config *a, const struct config *b)
{
	unsigned i;

	if (a->nifaces != b->nifaces)
		return 0;
	for (i = 0; i < a->nifaces; i++)
		if (strcmp(a->ifaces[i], b->ifaces[i]) != 0)
			return 0;
	return 1;
}

static int
has_same_sendto(const struct config *a, const struct config *b)
{
	unsigned i;

	if (a->nsendto != b->nsendto)
		return 0;
	for (i = 0; i < a->nsendto; i++)
		if (!sendto_is_equal(&a->sendto[i], &b->sendto[i]))
			return 0;
	return 1;
}

static int
has_same_http(const struct config *a, const struct config *b)
{
	if (!a->has_http || !b->has_http)
		return a->has_http == b->has_http;
	return addr_port(&a->http) == addr_port(&b->http) &&
	    addr_is_same_host(&a->http, &b->http);
}

/* What a running daemon cannot change stays; one warning names it. */
static int
keep_fixed(struct config *c, const struct config *old)
{
	char names[128] = "";

	note(!has_same_ifaces(c, old), "interface", names, sizeof(names));
	note(!addr_is_same_host(&c->group, &old->group), "group", names,
	    sizeof(names));
	note(!addr_is_same_host(&c->group6, &old->group6), "group6", names,
	    sizeof(names));
	note(c->ipv6 != old->ipv6, "ipv6", names, sizeof(names));
	note(c->ttl != old->ttl, "ttl", names, sizeof(names));
	note(c->dscp != old->dscp, "dscp", names, sizeof(names));
	note(!has_same_sendto(c, old), "send-to", names, sizeof(names));
	note(!has_same_http(c, old), "http", names, sizeof(names));
	memcpy(c->ifaces, old->ifaces, sizeof(c->ifaces));
	c->nifaces = old->nifaces;
	c->group = old->group;
	c->group6 = old->group6;
	c->ipv6 = old->ipv6;
	c->ttl = old->ttl;
	c->dscp = old->dscp;
	c->has_http = old->has_http;
	c->http = old->http;
	memcpy(c->sendto, old->sendto, sizeof(c->sendto));
	c->nsendto = old->nsendto;
	if (keep_text(&c->state, old->state, "state", names,
	    sizeof(names)) == -1 ||
	    keep_text(&c->user, old->user, "user", names,
	    sizeof(names)) == -1 ||
	    keep_text(&c->pidfile, old->pidfile, "pidfile", names,
	    sizeof(names)) == -1)
		return -1;
	if (names[0] != '\0')
		log_warnx("configuration: %s: needs restart, the old value "
		    "stays", names);
	return 0;
}

struct config *
config_reload(int argc, char **argv, const struct config *old)
{
	char why[WHY_MAX], *cwd = strdup(old->cwd);
	struct config *c;
	int code;

	if (cwd == NULL) {
		log_error("configuration");
		return NULL;
	}
	c = load(argc, argv, old->privileged, cwd, &code, why, sizeof(why));
	if (c == NULL) {
		if (why[0] != '\0')
			log_errorx("configuration: %s", why);
		return NULL;
	}
	/* The library must be outside of the state directory that stays. */
	if (keep_fixed(c, old) == 0 &&
	    check_paths(c, why, sizeof(why)) == 0)
		return c;
	log_errorx("configuration: %s", why[0] != '\0' ? why :
	    "out of memory");
	config_free(c);
	return NULL;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	free(c->file);
	free(c->media);
	free(c->state);
	free(c->pidfile);
	free(c->user);
	free(c->charset);
	free(c->name);
	free(c->cwd);
	free(c);
}
