/* SPDX-License-Identifier: ISC */
#include "os/sysctl.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/text.h"
#include "os/file.h"

#define PATH_BYTES	256
#define NUMBER_BYTES	32
#define NETSTAT_BYTES	32768

int
sysctl_get(const char *name, int64_t *value)
{
	char path[PATH_BYTES], text[NUMBER_BYTES + 1], why[64];

	if (text_format(path, sizeof(path), "/proc/sys/%s", name) == -1 ||
	    file_slurp(path, text, NUMBER_BYTES) == -1)
		return -1;
	text[strcspn(text, "\n")] = '\0';
	return num_parse(text, INT64_MIN, INT64_MAX, value, why, sizeof(why));
}

/* The next word of a line, NULL at its end; its length in *n. */
static const char *
next_word(const char *s, size_t *n)
{
	s += strspn(s, " ");
	*n = strcspn(s, " \n");
	return *n > 0 ? s : NULL;
}

/* Two lines each: "Table: name name ...", "Table: number number ...". */
int
sysctl_netstat_parse(const char *text, const char *table, const char *name,
    int64_t *value)
{
	const char *names, *numbers, *word, *number;
	size_t len = strlen(table), n, k;

	for (names = text; names != NULL && *names != '\0'; ) {
		if ((numbers = strchr(names, '\n')) == NULL)
			return -1;
		numbers++;
		if (strncmp(names, table, len) == 0 && names[len] == ':' &&
		    strncmp(numbers, table, len) == 0 && numbers[len] == ':')
			break;
		names = strchr(numbers, '\n');
		names = names != NULL ? names + 1 : NULL;
	}
	if (names == NULL || *names == '\0')
		return -1;
	word = next_word(names + len + 1, &n);
	number = next_word(numbers + len + 1, &k);
	while (word != NULL && number != NULL) {
		if (n == strlen(name) && strncmp(word, name, n) == 0) {
			*value = strtoll(number, NULL, 10);
			return 0;
		}
		word = next_word(word + n, &n);
		number = next_word(number + k, &k);
	}
	return -1;
}

int
sysctl_netstat(const char *table, const char *name, int64_t *value)
{
	char text[NETSTAT_BYTES + 1];

	if (file_slurp("/proc/net/netstat", text, NETSTAT_BYTES) == -1)
		return -1;
	return sysctl_netstat_parse(text, table, name, value);
}
