/* SPDX-License-Identifier: ISC */
/* Run a fuzz target once on every file of the directories given. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX	(1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(const char *path)
{
	uint8_t *room = malloc(INPUT_MAX), *input;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (room == NULL || f == NULL) {
		perror(path);
		exit(1);
	}
	n = fread(room, 1, INPUT_MAX, f);
	fclose(f);
	/* In memory that ends where the input does. */
	input = realloc(room, n > 0 ? n : 1);
	LLVMFuzzerTestOneInput(input, n);
	free(input);
}

int
main(int argc, char **argv)
{
	char path[PATH_MAX];
	struct dirent *e;
	unsigned count = 0;
	DIR *d;
	int i;

	for (i = 1; i < argc; i++) {
		if ((d = opendir(argv[i])) == NULL) {
			perror(argv[i]);
			return 1;
		}
		while ((e = readdir(d)) != NULL) {
			if (e->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", argv[i],
			    e->d_name);
			replay(path);
			count++;
		}
		closedir(d);
	}
	printf("%u inputs\n", count);
	return count == 0;
}
