/* SPDX-License-Identifier: ISC */
/* The walk through a library's directories, with a file system that is mounted
 * in it; a link stands for the mount. */
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tap.h"
#include "tree.h"

#define NFS	0x6969
#define EXT4	0xef53

static char top[] = "/tmp/test_tree.XXXXXX";
static char other[] = "/dev/shm/test_tree.XXXXXX";
static dev_t far_device;	/* which is said to be a network's; 0: none */
static unsigned asked;

/* Instead of the C library's. */
int
fstatfs(int fd, struct statfs *fs)
{
	struct stat st;

	asked++;
	memset(fs, 0, sizeof(*fs));
	fs->f_type = fstat(fd, &st) == 0 && st.st_dev == far_device ? NFS :
	    EXT4;
	return 0;
}

static const char *
in(const char *dir, const char *path)
{
	static char text[2][128];
	static unsigned next;
	char *s = text[next++ % 2];

	snprintf(s, sizeof(text[0]), "%s/%s", dir, path);
	return s;
}

static void
test_remote(struct tree *t, dev_t here, dev_t there)
{
	is(tree_walk(t, NULL, NULL), 0, "one file system");
	ok(!t->has_remote, "which is none of a network");
	is(asked, 1, "is asked once");
	ok(symlink(other, in(top, "1-a/b/mount")) == 0, "(mounted)");
	asked = 0;
	tree_walk(t, NULL, NULL);
	ok(!t->has_remote && tree_has(t, "1-a/b/mount/c/d"),
	    "two, and none of a network");
	is(asked, 2, "each is asked once");
	far_device = there;
	tree_walk(t, NULL, NULL);
	ok(t->has_remote, "one of a network, below the library");
	unlink(in(top, "1-a/b/mount"));
	tree_walk(t, NULL, NULL);
	ok(!t->has_remote, "and when it is gone");
	far_device = here;
	tree_walk(t, NULL, NULL);
	ok(t->has_remote, "the library's own");
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

int
main(void)
{
	struct stat here, there;
	struct tree t;

	if (mkdtemp(top) == NULL || mkdtemp(other) == NULL ||
	    stat(top, &here) == -1 || stat(other, &there) == -1 ||
	    tree_init(&t, top) == -1)
		return 1;
	mkdir(in(top, "1-a"), 0755);
	mkdir(in(top, "1-a/b"), 0755);
	mkdir(in(top, "2-c"), 0755);
	mkdir(in(other, "c"), 0755);
	mkdir(in(other, "c/d"), 0755);
	if (here.st_dev == there.st_dev)
		tap_skip("there is one file system only");
	else
		test_remote(&t, here.st_dev, there.st_dev);
	tree_done(&t);
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	nftw(other, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return tap_end();
}
