/* SPDX-License-Identifier: ISC */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/text.h"

ssize_t
file_read_at(int fd, void *buf, size_t n, int64_t offset)
{
	char *p = buf;
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = pread(fd, p + done, n - done, offset + (int64_t)done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return done > 0 ? (ssize_t)done : -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int64_t
file_data_at(int fd, int64_t off, int64_t end, int64_t *full)
{
	off_t data = lseek(fd, (off_t)off, SEEK_DATA), hole;

	if (data == -1)		/* nothing but a hole, or it is not told */
		data = errno == ENXIO ? (off_t)end : (off_t)off;
	if (data > end)
		data = (off_t)end;
	hole = lseek(fd, data, SEEK_HOLE);
	*full = hole > data ? (int64_t)hole : end;
	return (int64_t)data;
}

ssize_t
file_slurp(const char *path, char *buf, size_t max)
{
	size_t done = 0;
	ssize_t got;
	int fd, saved;

	/* Non-blocking: a named pipe of that name must not hold us. */
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return -1;
	while (done < max) {
		got = read(fd, buf + done, max - done);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1) {
			saved = errno;
			close(fd);
			errno = saved;
			return -1;
		}
		if (got == 0)
			break;
		done += (size_t)got;
	}
	close(fd);
	buf[done] = '\0';
	return (ssize_t)done;
}

int
file_is_scarce(int error)
{
	return error == ENOMEM || error == EMFILE || error == ENFILE;
}

int
file_write(int fd, const void *buf, size_t n)
{
	const char *p = buf;
	ssize_t done;

	while (n > 0) {
		done = write(fd, p, n);
		if (done == -1 && errno == EINTR)
			continue;
		if (done == -1)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

int
file_is_remote(int fd)
{
	static const uint32_t types[] = {
		0x6969,			/* NFS */
		0x517b, 0xff534d42, 0xfe534d42,	/* SMB */
		0x65735546,		/* FUSE */
		0x01021997,		/* 9P */
		0x00c36400,		/* Ceph */
		0x5346414f,		/* AFS */
		0x0bd00bd0,		/* Lustre */
		0x01161970, 0x7461636f	/* GFS2, OCFS2 */
	};
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs) == -1)
		return 0;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if ((uint32_t)fs.f_type == types[i])
			return 1;
	return 0;
}

int
file_mkdirs(const char *path, mode_t mode)
{
	char part[PATH_MAX], *p;
	struct stat st;

	if (text_copy(part, sizeof(part), path) == -1) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (p = part; *p != '\0'; p++) {
		if (*p != '/' || p == part)
			continue;
		*p = '\0';
		if (mkdir(part, mode) == -1 && errno != EEXIST)
			return -1;
		*p = '/';
	}
	if (mkdir(part, mode) == 0)
		return 0;
	if (errno != EEXIST || stat(part, &st) == -1)
		return -1;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) ? 0 : -1;
}

int
file_trusts(const char *dir, const char *name, uid_t maker)
{
	char path[PATH_MAX];
	struct stat st;

	if (maker == 0 || maker == geteuid() ||
	    (stat(dir, &st) == 0 && st.st_uid == maker))
		return 1;
	return text_format(path, sizeof(path), "%s/%s", dir, name) == 0 &&
	    lstat(path, &st) == 0 && st.st_uid == maker;
}

/* $HOME, unless it is another one's, as it may be under sudo; one that is not
 * there is nobody else's. */
static const char *
home_of_user(void)
{
	const char *home = getenv("HOME");
	const struct passwd *pw;

	if (home != NULL && home[0] == '/' && (access(home, W_OK) == 0 ||
	    errno == ENOENT))
		return home;
	if ((pw = getpwuid(geteuid())) != NULL && pw->pw_dir[0] == '/')
		return pw->pw_dir;
	return home != NULL && home[0] == '/' ? home : NULL;
}

char *
file_user_dir(const char *variable, const char *under_home, const char *leaf)
{
	const char *base = getenv(variable), *home;
	int n;
	char *s;

	errno = ENOENT;
	/* The XDG specification: relative ones are to be ignored. */
	if (base != NULL && base[0] == '/')
		n = asprintf(&s, "%s/%s", base, leaf);
	else {
		if ((home = home_of_user()) == NULL)
			return NULL;
		n = asprintf(&s, "%s/%s/%s", home, under_home, leaf);
	}
	if (n != -1)
		return s;
	errno = ENOMEM;
	return NULL;
}
