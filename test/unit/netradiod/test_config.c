/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "random.h"
#include "tap.h"
#include "wire/plist.h"
#include "wire/ports.h"

static char said[8192];		/* what the last parse or load said */
static char shown[2048];	/* what the last load came to */

static int
parse_len(struct config *c, const char *text, size_t len)
{
	FILE *f = fmemopen(said, sizeof(said), "w");
	int errors;

	memset(said, 0, sizeof(said));
	errors = config_parse(c, "x.conf", text, len, f);
	fclose(f);
	return errors;
}

/* Parse into a fresh one on the heap. */
static struct config *
parse(const char *text, int *errors)
{
	struct config *c = malloc(sizeof(*c));

	config_defaults(c);
	*errors = parse_len(c, text, strlen(text));
	return c;
}

static void
test_defaults(void)
{
	char text[ADDR_TEXT_MAX];
	int errors;
	struct config *c = parse("# nothing\n\n   \n\t# more\n", &errors);

	is(errors, 0, "comments and empty lines");
	is_str(addr_format(&c->group, text), "239.255.64.0", "base group");
	is(addr_port(&c->group), PORTS_LIST, "port of the list");
	is(c->ttl, 1, "TTL 1");
	is(c->max_rate, -1, "max-rate by the link");
	is(c->list_rate, 512000, "list-rate");
	is_str(c->charset, "auto", "charset");
	ok(c->name[0] != '\0', "the host's name");
	ok(c->media == NULL && c->state == NULL && c->nifaces == 0 &&
	    !c->shared_group, "the rest is open");
	config_free(c);
}

static void
test_values(void)
{
	char text[ADDR_TEXT_MAX];
	int errors;
	struct config *c = parse("\xef\xbb\xbfmedia = /srv/a b\r\n"
	    "interface=eth0  eth1\r\n"
	    "interface = wlan0\n"
	    "  group\t=\t239.1.2.0\n"
	    "ttl = 0\n"
	    "state = /var/lib/x\npidfile = /run/x.pid\nuser = radio\n"
	    "charset = GB18030\n"
	    "name =  Caf\xc3\xa9 # not a comment  \n"
	    "max-rate = 1.5 Mbit/s\n"
	    "http = [::1]:8080\nhttp-clients = 7\n"
	    "list-rate = 64kbit/s\n"
	    "shared-group = yes", &errors);

	is(errors, 0, "every key");
	is_str(said, "", "nothing to say");
	is_str(c->media, "/srv/a b", "media");
	is(c->nifaces, 3, "three interfaces");
	is_str(c->ifaces[1], "eth1", "in their order");
	is_str(c->ifaces[2], "wlan0", "of several lines");
	is_str(addr_format(&c->group, text), "239.1.2.0", "group");
	is(c->ttl, 0, "ttl");
	is_str(c->state, "/var/lib/x", "state");
	is_str(c->pidfile, "/run/x.pid", "pidfile");
	is_str(c->user, "radio", "user");
	is_str(c->charset, "GB18030", "charset");
	is_str(c->name, "Caf\xc3\xa9 # not a comment", "name");
	is(c->max_rate, 1500000, "max-rate");
	ok(c->has_http && addr_is_ipv6(&c->http) &&
	    addr_port(&c->http) == 8080, "http");
	is(c->http_clients, 7, "http-clients");
	is(c->list_rate, 64000, "list-rate");
	is(c->shared_group, 1, "shared-group without a newline");
	config_free(c);
}

/* A line "key = value" in one of the ways in which people write it. */
static void
write_line(FILE *f, const char *key, const char *value)
{
	static const char *const blanks[] = { "", " ", "\t", "  " };
	static const char *const ends[] = { "\n", "\r\n", " \n",
	    "\n# media = x\n", "\n\n" };

	fprintf(f, "%s%s%s=%s%s%s", blanks[random_below(4)], key,
	    blanks[random_below(4)], blanks[random_below(4)], value,
	    ends[random_below(5)]);
}

/* n letters that no key and no value makes anything of. */
static const char *
random_word(char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s[i] = (char)('a' + random_below(26));
	s[n] = '\0';
	return s;
}

/* What a configuration says, written as lines that begin anywhere. */
static void
write_config(FILE *f, const struct config *c)
{
	char v[64], group[ADDR_TEXT_MAX];
	unsigned first = random_below(8), k;

	addr_format(&c->group, group);
	for (k = first; k < first + 8; k++)
		switch (k % 8) {
		case 0: write_line(f, "media", c->media); break;
		case 1: write_line(f, "user", c->user); break;
		case 2: write_line(f, "name", c->name); break;
		case 3: write_line(f, "group", group); break;
		case 4:
			snprintf(v, sizeof(v), "%u", c->ttl);
			write_line(f, "ttl", v);
			break;
		case 5:
			snprintf(v, sizeof(v), random_below(2) ? "%lld" :
			    "%lld bit/s", (long long)c->list_rate);
			write_line(f, "list-rate", v);
			break;
		case 6:
			snprintf(v, sizeof(v), "%lld.%03d Mbit/s",
			    (long long)c->max_rate / 1000000,
			    (int)(c->max_rate / 1000 % 1000));
			write_line(f, "max-rate", v);
			break;
		case 7:
			write_line(f, "shared-group",
			    c->shared_group ? "yes" : "no");
			break;
		}
}

/* Random configurations, written down and read. */
static void
test_round_trip(void)
{
	char media[128], user[40], name[64], text[4096];
	struct config want = { .media = media, .user = user, .name = name };
	struct config *c;
	uint8_t group[4] = { 239 };
	int i, errors, wrong = 0;
	FILE *f;

	for (i = 0; i < 20000; i++) {
		media[0] = '/';
		random_word(media + 1, 1 + random_below(100));
		random_word(user, 1 + random_below(30));
		random_word(name, 1 + random_below(60));
		group[1] = (uint8_t)random_below(255);	/* room above */
		group[2] = (uint8_t)random_u32();
		addr_of_bytes(&want.group, group, 4, PORTS_LIST);
		want.ttl = random_below(256);
		want.list_rate = 16000 + random_below(99984001);
		want.max_rate = 1000 * (int64_t)(1 + random_below(1000000));
		want.shared_group = (int)random_below(2);
		f = fmemopen(text, sizeof(text), "w");
		write_config(f, &want);
		fclose(f);
		c = parse(text, &errors);
		wrong += errors != 0 || strcmp(c->media, media) != 0 ||
		    strcmp(c->user, user) != 0 ||
		    strcmp(c->name, name) != 0 || c->ttl != want.ttl ||
		    c->list_rate != want.list_rate ||
		    c->max_rate != want.max_rate ||
		    c->shared_group != want.shared_group ||
		    !addr_is_same_host(&c->group, &want.group);
		config_free(c);
	}
	is(wrong, 0, "20000 configurations written down are read so");
}

/* Whether key = value is refused with these words. */
static void
refused(const char *line, const char *words)
{
	char want[512];
	int errors;
	struct config *c = parse(line, &errors);

	snprintf(want, sizeof(want), "x.conf:1: %s\n", words);
	if (!ok(errors == 1 && strcmp(said, want) == 0, "refused: %s", words))
		printf("#   said %s#   want %s", said, want);
	config_free(c);
}

static void
accepted(const char *line)
{
	int errors;
	struct config *c = parse(line, &errors);

	ok(errors == 0, "accepted: %s", line);
	config_free(c);
}

static void
test_refused(void)
{
	char words[80];

	refused("max-rat = 1", "max-rat: unknown key; did you mean max-rate?");
	refused("gruop = 1", "gruop: unknown key; did you mean group?");
	refused("nmae=", "nmae: unknown key; did you mean name?");
	refused("tt = 1", "tt: unknown key; did you mean ttl?");
	refused("zzz = 1", "zzz: unknown key");
	refused("verbose = 1", "verbose: unknown key");
	refused("media", "media: expected key = value");
	refused("= x", "expected a key before the =");
	refused("ttl =", "ttl: expected a value after the =");
	refused("ttl = 256", "ttl: expected a number from 0 to 255, not 256");
	refused("ttl = 1 # x",
	    "ttl: expected a number from 0 to 255, not 1 # x");
	refused("media = music",
	    "media: expected an absolute path of at most 4095 bytes, "
	    "not music");
	refused("rtcp = maybe", "rtcp: expected yes or no, not maybe");
	refused("join = maybe", "join: expected auto, yes or no, not maybe");
	refused("ipv6 = maybe", "ipv6: expected no, yes or only, not maybe");
	refused("dscp = 64", "dscp: expected a number from 0 to 63, not 64");
	refused("group6 = 239.1.1.1", "group6: expected an IPv6 multicast "
	    "address, as " PORTS_GROUP6_DEFAULT ", not 239.1.1.1");
	refused("send-to = 10.0.0.1", "send-to: expected the address of a "
	    "host, or broadcast, and up to 16 channels or ranges of them, as "
	    "192.0.2.7 1 4-6, not 10.0.0.1");
	refused("shared-group = maybe",
	    "shared-group: expected yes or no, not maybe");
	refused("sap = never", "sap: expected auto, yes or no, not never");
	refused("charset = klingon", "charset: expected auto or a character "
	    "set that iconv knows, as CP1251, not klingon");
	refused("interface = an-interface-too-long",
	    "interface: expected the name of an interface, 1 to 15 "
	    "characters, not an-interface-too-long");
	refused("interface = a b c d e f g h i",
	    "interface: expected at most 8 interfaces, not "
	    "a b c d e f g h i");
	snprintf(words, sizeof(words), "name: expected UTF-8 text of at most "
	    "%d bytes, not ?", PLIST_TEXT_MAX - 1);
	refused("name = \xff", words);
	refused("user = a:b", "user: expected the name of a user, not a:b");
	refused("x\033[2Jy = 1", "x?[2Jy: unknown key");
}

static void
test_groups(void)
{
	static const char *bad[] = { "192.168.1.1", "223.255.255.255",
	    "239.255.192.1", "240.0.0.0", "239.1.2", "fd00::1", "x" };
	char line[64], words[160];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "group = %s", bad[i]);
		snprintf(words, sizeof(words), "group: expected a "
		    "multicast address with room for 16383 more, as "
		    "239.255.64.0, not %s", bad[i]);
		refused(line, words);
	}
	accepted("group = 224.0.0.0");
	accepted("group = 239.255.192.0");
}

static void
rate(const char *value, int64_t want)
{
	char line[64];
	int errors;
	struct config *c;

	snprintf(line, sizeof(line), "max-rate = %s", value);
	c = parse(line, &errors);
	if (!ok(errors == (want == -2) && (want == -2 ||
	    c->max_rate == want), "max-rate = %s", value))
		printf("#   got %lld, %s\n", (long long)c->max_rate, said);
	config_free(c);
}

static void
test_rates(void)
{
	rate("auto", -1);
	rate("off", INT64_MAX);
	rate("1", 1);
	rate("512000", 512000);
	rate("512000 bit/s", 512000);
	rate("512 kbit/s", 512000);
	rate("512kbit/s", 512000);
	rate("0.5 Mbit/s", 500000);
	rate("2.048\tMbit/s", 2048000);
	rate("1 Gbit/s", 1000000000);
	rate("1000 Gbit/s", INT64_C(1000000000000));
	rate("1001 Gbit/s", -2);
	rate("99999999999999999999999", -2);
	rate("9999999999999 Gbit/s", -2);
	rate("0", -2);
	rate("-1", -2);
	rate("1.", -2);
	rate("1. Mbit/s", -2);
	rate(".5 Mbit/s", -2);
	rate("10 Mbyte/s", -2);
	rate("10 Mbit/s 3", -2);
	refused("list-rate = 1", "list-rate: expected a rate from 16 kbit/s "
	    "to 100 Mbit/s, as 512 kbit/s, not 1");
#define HTTP_EXPECTED "http: expected no, a port, or a numeric address and a " \
	"port as 192.0.2.1:8000 or [2001:db8::1]:8000, not "
	refused("http = 0", HTTP_EXPECTED "0");
	refused("http = radio:80", HTTP_EXPECTED "radio:80");
	refused("http = 192.0.2.1", HTTP_EXPECTED "192.0.2.1");
	refused("http = ::1:80", HTTP_EXPECTED "::1:80");
	refused("http = 239.1.1.1:80", HTTP_EXPECTED "239.1.1.1:80");
	refused("http-clients = 0", "http-clients: expected a number from 1 to "
	    "60000, not 0");
	refused("list-rate = off", "list-rate: expected a rate from "
	    "16 kbit/s to 100 Mbit/s, as 512 kbit/s, not off");
}

static void
test_all_errors(void)
{
	static const char nul[] = "ttl = 1\0\nttl = x\nttl=2\n";
	char longer[6000];
	int errors;
	struct config *c = parse("ttl = 1\nttl = 2\nfoo = 1\n\nbar\n"
	    "name = x\n", &errors);

	is(errors, 3, "all errors are named, not just the first");
	is_str(said, "x.conf:2: ttl: given twice, first in line 1\n"
	    "x.conf:3: foo: unknown key\n"
	    "x.conf:5: bar: expected key = value\n", "with their lines");
	config_free(c);
	c = malloc(sizeof(*c));
	config_defaults(c);
	is(parse_len(c, nul, sizeof(nul) - 1), 3, "NUL byte");
	is_str(said, "x.conf:1: NUL byte: this is no text file\n"
	    "x.conf:2: ttl: expected a number from 0 to 255, not x\n"
	    "x.conf:3: ttl: given twice, first in line 2\n", "is an error");
	memset(longer, 'x', sizeof(longer));
	memcpy(longer + sizeof(longer) - 7, "\nttl=x\n", 7);
	is(parse_len(c, longer, sizeof(longer)), 2, "overlong line");
	is_str(said, "x.conf:1: line of 5993 bytes: expected at most 4200\n"
	    "x.conf:2: ttl: expected a number from 0 to 255, not x\n",
	    "is an error, and the next line is read");
	config_free(c);
}

/*
 * What config_load makes of a command line, in a child as root or nobody:
 * its exit code, 0 also when it returned; shown and said are set.
 */
static int
load(int as_root, const char *arg, ...)
{
	char *argv[16] = { (char[]){"netradiod"} };
	int argc = 1, out[2], err[2], status;
	struct config *c;
	ssize_t n;
	va_list ap;
	pid_t pid;

	va_start(ap, arg);
	for (; arg != NULL; arg = va_arg(ap, const char *))
		argv[argc++] = strdup(arg);
	va_end(ap);
	fflush(stdout);
	if (pipe(out) == -1 || pipe(err) == -1 || (pid = fork()) == -1)
		return -1;
	if (pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		if (!as_root && geteuid() == 0 && (setgid(65534) == -1 ||
		    setuid(65534) == -1))
			_exit(99);
		c = config_load(argc, argv);
		printf("media=%s state=%s pidfile=%s user=%s file=%s n=%u "
		    "ttl=%u v=%d%d%d%d", c->media, c->state,
		    c->pidfile != NULL ? c->pidfile : "-",
		    c->user != NULL ? c->user : "-",
		    c->file != NULL ? c->file : "-", c->nifaces, c->ttl,
		    c->foreground, c->check, c->json, c->verbose);
		fflush(stdout);
		config_free(c);
		_exit(0);
	}
	close(out[1]);
	close(err[1]);
	n = read(out[0], shown, sizeof(shown) - 1);
	shown[n > 0 ? n : 0] = '\0';
	n = read(err[0], said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	close(out[0]);
	close(err[0]);
	waitpid(pid, &status, 0);
	while (argc > 1)
		free(argv[--argc]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF) {
		printf("Bail out! %s cannot be written\n", path);
		exit(1);
	}
}

static void
test_user_rules(void)
{
	char want[512], dir[256];

	setenv("HOME", "/nonexistent/me", 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	is(load(0, "-m", "/nonexistent/m", NULL), 0, "ordinary user, -m");
	is_str(shown, "media=/nonexistent/m "
	    "state=/nonexistent/me/.local/state/netradio "
	    "pidfile=/nonexistent/me/.local/state/netradio/netradiod.pid "
	    "user=- file=- n=0 ttl=1 v=0000", "his defaults");
	is(load(0, "-fvvn", "--json", "-m/nonexistent/m", "-i", "a", "-ib",
	    "--ttl=3", NULL), 0, "options in every form");
	is_str(shown, "media=/nonexistent/m "
	    "state=/nonexistent/me/.local/state/netradio pidfile=- user=- "
	    "file=- n=2 ttl=3 v=1112", "no pidfile with -f");
	setenv("XDG_STATE_HOME", "/nonexistent/state", 1);
	is(load(0, "-m", "m/./", "-f", NULL), 0, "relative -m");
	if (getcwd(dir, sizeof(dir)) == NULL)
		dir[0] = '\0';
	snprintf(want, sizeof(want), "media=%s/m state=/nonexistent/state/"
	    "netradio pidfile=- user=- file=- n=0 ttl=1 v=1000", dir);
	is_str(shown, want, "is made absolute; $XDG_STATE_HOME counts");
	setenv("XDG_STATE_HOME", "relative", 1);
	is(load(0, "-m", "/nonexistent/m", "-f", NULL), 0, "relative $XDG");
	ok(strstr(shown, "state=/nonexistent/me/.local/state/netradio ") !=
	    NULL, "is ignored");
	is(load(0, NULL), 64, "no -m");
	ok(strstr(said, "give -m dir") != NULL &&
	    strstr(said, "\nusage: netradiod [-") != NULL, "says so");
	is(load(0, "-m", "/x", "-u", "daemon", NULL), 64, "-u without root");
	is(load(0, "-m", "/x", "-s", "/x/state", NULL), 78,
	    "state in the library");
	is(load(0, "-m", "/x/y", "-s", "/x", NULL), 78, "library in state");
	is(load(0, "-m", "/x", "-s", "/x/", NULL), 78, "both the same");
	is(load(0, "-m", "/x", "-s", "/xx", NULL), 0, "a name alike is fine");
}

static void
test_root_rules(void)
{
	if (geteuid() != 0) {
		ok(1, "root's defaults # SKIP not root");
		return;
	}
	/* The machine's own file would count. */
	write_file("empty.conf", "");
	is(load(1, "-c", "empty.conf", NULL), 0, "root needs no -m");
	ok(strncmp(shown, "media=/srv/netradio state=/var/lib/netradio "
	    "pidfile=/run/netradio/netradiod.pid user=netradio ", 94) == 0,
	    "his defaults");
	is(load(1, "-f", "-u", "daemon", "-c", "empty.conf", NULL), 0, "-u");
	ok(strstr(shown, "pidfile=/run/netradio/netradiod.pid user=daemon ")
	    != NULL, "and a pidfile also with -f");
}

static void
test_usage(void)
{
	is(load(0, "-h", NULL), 0, "-h");
	ok(strncmp(shown, config_usage(), strlen(config_usage())) == 0 &&
	    strstr(shown, "--foreground") != NULL && said[0] == '\0',
	    "prints the usage on stdout");
	is(load(0, "-V", NULL), 0, "-V");
	is_str(shown, "netradiod " VERSION "\n", "prints the version");
	is_str(config_usage(), "usage: netradiod [-fhnVv] [--json] [-c file] "
	    "[-g group] [--http [addr:]port] [-i interface] [-m dir] [-p file] "
	    "[-s dir] [-t ttl] [-u user]", "the usage line");
	is(load(0, "-m", "/x", "--nonsense", NULL), 64, "unknown option");
	ok(strncmp(said, "netradio: --nonsense: unknown option\nusage: ",
	    44) == 0, "says which");
	is(load(0, "-x", NULL), 64, "unknown letter");
	ok(strncmp(said, "netradio: -x: unknown option\n", 29) == 0,
	    "says which");
	is(load(0, "-m", NULL), 64, "no value");
	ok(strncmp(said, "netradio: -m: needs a value\n", 28) == 0,
	    "says so");
	is(load(0, "--check=3", NULL), 64, "a value too many");
	ok(strncmp(said, "netradio: --check=3: takes no value\n", 36) == 0,
	    "says so");
	is(load(0, "-m", "/x", "jazz", NULL), 64, "an operand");
	is(load(0, "-m", "/x", "-t", "300", NULL), 64, "bad value");
	ok(strncmp(said, "netradio: -t: expected a number from 0 to 255, not "
	    "300\n", 55) == 0, "says what was expected");
	is(load(0, "-m", "/x", "--json", NULL), 64, "--json without -n");
}

static void
test_file(void)
{
	is(load(0, "-c", "/nonexistent/x.conf", NULL), 78, "-c missing");
	ok(strstr(said, "/nonexistent/x.conf: no such file\n") != NULL,
	    "says so");
	is(load(0, "-c", ".", "-m", "/x", NULL), 78, "-c directory");
	write_file("a.conf", "media = /nonexistent/file\nttl = 9\n"
	    "interface = eth7 eth8\n");
	is(load(0, "-f", "-c", "a.conf", NULL), 0, "-c relative");
	ok(strstr(shown, "media=/nonexistent/file ") != NULL &&
	    strstr(shown, "/a.conf n=2 ttl=9 ") != NULL, "is read");
	is(load(0, "-fca.conf", "-t", "2", "-i", "lo", NULL), 0, "options");
	ok(strstr(shown, " n=1 ttl=2 ") != NULL, "go before the file");
	write_file("b.conf", "media = /nonexistent/file\nttl = 900\nx = 1\n");
	is(load(0, "-n", "-c", "b.conf", NULL), 78, "errors in the file");
	ok(strstr(said, "b.conf:2: ttl: expected") != NULL &&
	    strstr(said, "b.conf:3: x: unknown key\n") != NULL, "all named");
	write_file("u.conf", "media = /nonexistent/file\nuser = daemon\n");
	is(load(0, "-c", "u.conf", NULL), 78, "user in the file, not root");
	is(load(0, "-nc", "u.conf", NULL), 0, "may be checked by anybody");
}

/* Reload in place; what it says goes to stderr. */
static void
test_reload(void)
{
	char *argv[] = { (char[]){"netradiod"}, (char[]){"-c"},
	    (char[]){"r.conf"}, (char[]){"-f"}, NULL };
	struct config *c, *d;
	char *log;
	FILE *f;
	int saved = dup(STDERR_FILENO);
	char dir[256];

	write_file("r.conf", "media = /nonexistent/one\nttl = 4\n"
	    "state = /nonexistent/state\nmax-rate = 1 Mbit/s\n");
	c = config_load(4, argv);
	ok(c != NULL && c->ttl == 4, "loaded");
	if (getcwd(dir, sizeof(dir)) == NULL || chdir("/") == -1 ||
	    freopen("/dev/null", "w", stderr) == NULL)
		dir[0] = '\0';
	log = malloc(strlen(dir) + 16);
	snprintf(log, strlen(dir) + 16, "%s/log", dir);
	f = freopen(log, "w", stderr);
	snprintf(said, sizeof(said), "%s/r.conf", dir);
	write_file(said, "media = /nonexistent/two\nttl = 5\n"
	    "interface = eth9\nstate = /nonexistent/other\n"
	    "max-rate = off\ngroup = 239.9.0.0\n");
	d = config_reload(4, argv, c);
	ok(d != NULL, "reload finds the relative file from another place");
	is_str(d->media, "/nonexistent/two", "media is taken over");
	ok(d->max_rate == INT64_MAX, "max-rate is taken over");
	is(d->ttl, 4, "ttl stays");
	is(d->nifaces, 0, "interface stays");
	is_str(d->state, "/nonexistent/state", "state stays");
	ok(addr_is_same_host(&d->group, &c->group), "group stays");
	write_file(said, "media = /nonexistent/three\nttl = \n");
	ok(config_reload(4, argv, d) == NULL, "an error: nothing of it");
	write_file(said, "media = /nonexistent/state/x\n"
	    "state = /nonexistent/elsewhere\n");
	ok(config_reload(4, argv, d) == NULL,
	    "a library in the state directory that stays");
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	f = fopen(log, "r");
	memset(said, 0, sizeof(said));
	if (f != NULL && fread(said, 1, sizeof(said) - 1, f) > 0)
		fclose(f);
	ok(strstr(said, "configuration: interface, group, ttl, state: needs "
	    "restart") != NULL, "one warning names what needs a restart");
	ok(strstr(said, "r.conf:2: ttl: expected a value") != NULL,
	    "the error is logged");
	if (chdir(dir) == -1)
		ok(0, "back");
	free(log);
	config_free(c);
	config_free(d);
}

int
main(void)
{
	char dir[] = "/tmp/test_config.XXXXXX";
	static const char *files[] = { "empty.conf", "a.conf", "b.conf",
	    "u.conf", "r.conf", "log" };
	size_t i;

	if (mkdtemp(dir) == NULL || chmod(dir, 0755) == -1 ||
	    chdir(dir) == -1) {
		printf("Bail out! no temporary directory\n");
		return 1;
	}
	random_seed(6);
	test_defaults();
	test_values();
	test_round_trip();
	test_refused();
	test_groups();
	test_rates();
	test_all_errors();
	test_user_rules();
	test_root_rules();
	test_usage();
	test_file();
	test_reload();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	if (chdir("/") == -1 || rmdir(dir) == -1)
		ok(0, "the test leaves nothing behind");
	return tap_end();
}
