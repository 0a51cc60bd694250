/* SPDX-License-Identifier: ISC */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static char dir[] = "/tmp/netradio-file.XXXXXX";

static const char *
in_dir(const char *name)
{
	static char path[2][128];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static void
make(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd == -1 || write(fd, text, strlen(text)) == -1)
		perror(path);
	close(fd);
}

static void
test_read_at(void)
{
	char buf[16];
	int fd, fds[2];

	make(in_dir("a"), "0123456789");
	fd = open(in_dir("a"), O_RDONLY);
	memset(buf, '.', sizeof(buf));
	is(file_read_at(fd, buf, 4, 3), 4, "four bytes at 3");
	ok(memcmp(buf, "3456.", 5) == 0, "and no more");
	is(file_read_at(fd, buf, 16, 6), 4, "fewer at the end");
	is(file_read_at(fd, buf, 16, 10), 0, "none at the very end");
	is(file_read_at(fd, buf, 16, 99), 0, "nor beyond it");
	is(file_read_at(fd, buf, 0, 0), 0, "nor if none are wanted");
	ok(file_read_at(fd, buf, 4, -1) == -1 && errno == EINVAL,
	    "a negative place is an error");
	close(fd);
	ok(file_read_at(fd, buf, 4, 0) == -1 && errno == EBADF,
	    "so is a closed file");
	if (pipe(fds) == -1)
		return;
	ok(file_read_at(fds[0], buf, 4, 0) == -1 && errno == ESPIPE,
	    "and a pipe");
	close(fds[0]);
	close(fds[1]);
	unlink(in_dir("a"));
}

static void
test_slurp(void)
{
	char buf[12];

	make(in_dir("a"), "0123456789");
	memset(buf, '.', sizeof(buf));
	is(file_slurp(in_dir("a"), buf, 11), 10, "a whole small file");
	is_str(buf, "0123456789", "as a string");
	memset(buf, '.', sizeof(buf));
	is(file_slurp(in_dir("a"), buf, 4), 4, "no more than asked for");
	ok(memcmp(buf, "0123\0..", 7) == 0, "and one byte for the end");
	is(file_slurp(in_dir("a"), buf, 0), 0, "none if none");
	make(in_dir("a"), "");
	ok(file_slurp(in_dir("a"), buf, 11) == 0 && buf[0] == '\0',
	    "an empty file");
	unlink(in_dir("a"));
	ok(file_slurp(in_dir("a"), buf, 11) == -1 && errno == ENOENT,
	    "none: errno says so");
	ok(file_slurp(dir, buf, 11) == -1 && errno == EISDIR,
	    "a directory is none");
	mkfifo(in_dir("a"), 0600);
	is(file_slurp(in_dir("a"), buf, 11), 0,
	    "a named pipe without a writer does not hold us");
	unlink(in_dir("a"));
}

static void
test_scarce(void)
{
	ok(file_is_scarce(ENOMEM) && file_is_scarce(EMFILE) &&
	    file_is_scarce(ENFILE), "memory and descriptors run out");
	ok(!file_is_scarce(EIO) && !file_is_scarce(EACCES) &&
	    !file_is_scarce(ENOENT) && !file_is_scarce(0),
	    "what is wrong with a file is something else");
}

static void
test_mkdirs(void)
{
	struct stat st;
	char path[PATH_MAX + 8];

	umask(0);
	is(file_mkdirs(in_dir("x/y/z"), 0750), 0, "three at once");
	ok(stat(in_dir("x"), &st) == 0 && S_ISDIR(st.st_mode) &&
	    (st.st_mode & 0777) == 0750, "the first has the mode");
	ok(stat(in_dir("x/y/z"), &st) == 0 && S_ISDIR(st.st_mode) &&
	    (st.st_mode & 0777) == 0750, "so has the last");
	is(file_mkdirs(in_dir("x/y/z"), 0700), 0, "if they are there, fine");
	ok(stat(in_dir("x/y"), &st) == 0 && (st.st_mode & 0777) == 0750,
	    "and they keep their mode");
	is(file_mkdirs(in_dir("x//y/w/"), 0700), 0, "slashes do not count");
	ok(stat(in_dir("x/y/w"), &st) == 0 && S_ISDIR(st.st_mode), "there");
	is(file_mkdirs("/", 0700), 0, "the root is there");
	make(in_dir("f"), "file");
	is(file_mkdirs(in_dir("f/g"), 0700), -1, "not below a file");
	is(file_mkdirs(in_dir("f"), 0700), -1,
	    "a file in its place is no directory");
	is(file_mkdirs("", 0700), -1, "an empty path is none");
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	ok(file_mkdirs(path, 0700) == -1 && errno == ENAMETOOLONG,
	    "one that is too long is said to be");
	unlink(in_dir("f"));
	rmdir(in_dir("x/y/z"));
	rmdir(in_dir("x/y/w"));
	rmdir(in_dir("x/y"));
	rmdir(in_dir("x"));
}

static void
test_trusts(void)
{
	is(file_trusts("/", "f", geteuid()), 1, "what we made is ours");
	is(file_trusts("/", "f", 0), 1, "what root made is to be trusted");
	is(file_trusts("/", "f", 54321), 0, "what anybody made is not");
	make(in_dir("f"), "file");
	if (chown(in_dir("f"), 54321, (gid_t)-1) == 0)
		is(file_trusts(dir, "f", 54321), 1,
		    "but what the file's owner made");
	unlink(in_dir("f"));
}

static void
is_user_dir(const char *want, const char *what)
{
	char *got = file_user_dir("NETRADIO_TEST_HOME", ".state", "leaf");

	is_str(got != NULL ? got : "(none)", want, what);
	free(got);
}

static void
test_user_dir(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	char want[PATH_MAX];

	unsetenv("NETRADIO_TEST_HOME");
	setenv("HOME", dir, 1);
	snprintf(want, sizeof(want), "%s/.state/leaf", dir);
	is_user_dir(want, "below the home");
	setenv("NETRADIO_TEST_HOME", "relative", 1);
	is_user_dir(want, "a relative variable does not count");
	setenv("NETRADIO_TEST_HOME", "/absolute", 1);
	is_user_dir("/absolute/leaf", "an absolute one does");
	unsetenv("NETRADIO_TEST_HOME");
	setenv("HOME", "/nonexistent/home", 1);
	is_user_dir("/nonexistent/home/.state/leaf",
	    "a home that is not there is nobody else's");
	if (geteuid() == 0) {
		tap_skip("every home is root's");
		return;
	}
	setenv("HOME", "/", 1);
	snprintf(want, sizeof(want), "%s/.state/leaf", pw != NULL &&
	    pw->pw_dir[0] == '/' ? pw->pw_dir : "/");
	is_user_dir(want, "a home that is not ours does not count");
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 1;
	test_read_at();
	test_slurp();
	test_scarce();
	test_mkdirs();
	test_trusts();
	test_user_dir();
	ok(rmdir(dir) == 0, "nothing is left behind");
	return tap_end();
}
