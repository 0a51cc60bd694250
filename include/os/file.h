/* SPDX-License-Identifier: ISC */
/* Files: whole reads, whole writes, directories. */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* pread until n bytes, end of file or an error; EINTR goes on.  Bytes read,
 * or -1 with errno. */
ssize_t file_read_at(int fd, void *buf, size_t n, int64_t offset);
/*
 * Where the next bytes from off on are that were ever written: off, or behind a
 * hole, but never behind end.  *full: from there on no hole is up to here.
 * Where the file system does not tell of holes there is none.
 */
int64_t file_data_at(int fd, int64_t off, int64_t end, int64_t *full);
/* At most max bytes of a small file into buf, NUL-ended (max + 1 room). */
ssize_t file_slurp(const char *path, char *buf, size_t max);
/* Whether errno tells of what every process lacks now and then (memory,
 * descriptors) and nothing of the file: to be tried again as it stands. */
int file_is_scarce(int error);
/* write until n bytes are out; EINTR goes on.  0, or -1 with errno. */
int file_write(int fd, const void *buf, size_t n);
/*
 * Whether something that says it belongs to that directory may be believed,
 * given who made it: root, we, or the owner of the directory or of the file of
 * that name in it.
 */
int file_trusts(const char *dir, const char *name, uid_t maker);
/* Whether an open file or directory is on a file system that other machines
 * change, too, of which the kernel does not tell. */
int file_is_remote(int fd);
/* Create a directory and its parents, those new ones with mode. */
int file_mkdirs(const char *path, mode_t mode);

/*
 * A directory of an ordinary user: leaf below $variable, if that is absolute,
 * else below his home and under_home, e.g. "XDG_STATE_HOME", ".local/state".
 * His home is $HOME if he may write to it, else what the system knows.
 * Heap; NULL with errno if he has no home (not ENOMEM) or memory is out.
 */
char *file_user_dir(const char *variable, const char *under_home,
    const char *leaf);

#endif
