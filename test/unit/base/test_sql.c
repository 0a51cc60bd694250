/* SPDX-License-Identifier: ISC */
#include "base/sql.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static const char *
row_of(const char *a, const char *b)
{
	static char text[512];
	struct sql_row r;
	FILE *f = fmemopen(text, sizeof(text), "w");

	sql_begin(&r, f, "t");
	sql_number(&r, -7);
	sql_text(&r, a);
	sql_text(&r, b);
	sql_end(&r);
	fclose(f);
	return text;
}

static void
test_text(void)
{
	is_str(row_of("a.mp3", "x"), "INSERT INTO t VALUES (-7, 'a.mp3', 'x');"
	    "\n", "plain");
	is_str(row_of("", NULL), "INSERT INTO t VALUES (-7, NULL, NULL);\n",
	    "absent");
	is_str(row_of("it's", "'"), "INSERT INTO t VALUES (-7, 'it''s', "
	    "'''');\n", "quotes");
	is_str(row_of("a\\", "\xc3\xbc"), "INSERT INTO t VALUES (-7, "
	    "CAST(X'615c' AS CHAR), '\xc3\xbc');\n", "a backslash; UTF-8");
	is_str(row_of("\xff", "a\nb"), "INSERT INTO t VALUES (-7, "
	    "CAST(X'ff' AS CHAR /*!40101 CHARACTER SET binary */), "
	    "CAST(X'610a62' AS CHAR));\n",
	    "what is no text, and controls");
}

static FILE *
temporary(void)
{
	char path[] = "/tmp/test_sql.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	return fdopen(fd, "w+");
}

/* Have sqlite3 read in and write to out: its exit status, 127: none here. */
static int
run_sqlite(FILE *in, FILE *out)
{
	int status;
	pid_t pid;

	rewind(in);
	if ((pid = fork()) == 0) {
		dup2(fileno(in), STDIN_FILENO);
		dup2(fileno(out), STDOUT_FILENO);
		execlp("sqlite3", "sqlite3", ":memory:", (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	rewind(out);
	return WEXITSTATUS(status);
}

static void
hex_of(const char *s, char *out, size_t size)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += (size_t)snprintf(out + n, size - n, "%02X",
		    (unsigned)(unsigned char)*s);
	snprintf(out + n, size - n, " text\n");
}

/* What sqlite3 has in the end is what was written. */
static void
test_sqlite(void)
{
	static const char *const texts[] = { "plain", "it's; DROP TABLE t;--",
	    "back\\slash\\", "\xc3\xbc \xe4\xbd\xa0", "tab\there", "\"%s\"",
	    "\xff\xfe" };
	size_t i, n = sizeof(texts) / sizeof(texts[0]);
	FILE *in = temporary(), *out = temporary();
	char line[256], want[256];
	struct sql_row r;
	int status;

	sql_table(in, "t", "n INTEGER, x TEXT");
	for (i = 0; i < n; i++) {
		sql_begin(&r, in, "t");
		sql_number(&r, (int64_t)i);
		sql_text(&r, texts[i]);
		sql_end(&r);
	}
	fputs("SELECT hex(x) || ' ' || typeof(x) FROM t ORDER BY n;\n", in);
	fflush(in);
	if ((status = run_sqlite(in, out)) == 127) {
		ok(1, "# SKIP no sqlite3");
		return;
	}
	is(status, 0, "sqlite3 takes it");
	for (i = 0; i < n; i++) {
		hex_of(texts[i], want, sizeof(want));
		line[0] = '\0';
		ok(fgets(line, sizeof(line), out) != NULL, "row %zu", i);
		is_str(line, want, "comes out of it as it was");
	}
	fclose(in);
	fclose(out);
}

int
main(void)
{
	test_text();
	test_sqlite();
	return tap_end();
}
