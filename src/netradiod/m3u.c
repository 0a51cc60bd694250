/* SPDX-License-Identifier: ISC */
#include "m3u.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

void
m3u_init(struct m3u *m, const char *text, size_t len, int is_pls)
{
	m->is_pls = is_pls;
	m->p = text;
	m->end = text + len;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		m->p += 3;
}

/* What follows "File1=" in a line of PLS; NULL: it is none of these. */
static const char *
pls_file(const char *p, const char *end)
{
	if (end - p < 5 || strncasecmp(p, "file", 4) != 0)
		return NULL;
	for (p += 4; p < end && isdigit((unsigned char)*p); p++)
		;
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end || *p++ != '=')
		return NULL;
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p < end ? p : NULL;
}

int
m3u_next(struct m3u *m, char *out, size_t size)
{
	const char *p, *end;
	size_t n;

	while (m->p < m->end) {
		p = m->p;
		end = memchr(p, '\n', (size_t)(m->end - p));
		if (end == NULL)
			end = m->end;
		m->p = end < m->end ? end + 1 : end;
		while (p < end && isspace((unsigned char)*p))
			p++;
		while (end > p && isspace((unsigned char)end[-1]))
			end--;
		if (p == end || *p == '#' ||
		    (m->is_pls && (p = pls_file(p, end)) == NULL))
			continue;
		n = (size_t)(end - p);
		if (text_copyn(out, size, p, n) == -1 ||
		    memchr(p, '\0', n) != NULL)
			return -1;
		return 1;
	}
	return 0;
}

int
m3u_is_url(const char *entry)
{
	size_t n = strspn(entry, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 1 && isalpha((unsigned char)entry[0]) &&
	    strncmp(entry + n, "://", 3) == 0;
}

/* What of path follows the directory (n bytes), or NULL. */
static const char *
below(const char *path, const char *dir, size_t n)
{
	while (n > 0 && dir[n - 1] == '/')
		n--;
	if (strncmp(path, dir, n) != 0 || path[n] != '/')
		return NULL;
	return path + n + 1;
}

/* Length of the directory above. */
static size_t
parent_len(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash != NULL ? (size_t)(slash - dir) : 0;
}

int
m3u_path(const char *entry, const char *dir, int is_root, char *out,
    size_t size)
{
	unsigned ups = 0, ups_max = is_root ? 0 : 1;
	const char *p = entry;
	size_t n, len = 0, base;

	out[0] = '\0';
	if (*p == '/' && (p = below(entry, dir, strlen(dir))) == NULL) {
		if (is_root || dir[0] != '/' ||
		    (p = below(entry, dir, parent_len(dir))) == NULL)
			return -1;
		ups = 1;
	}
	for (; *p != '\0'; p += n, p += strspn(p, "/")) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.'))
			continue;
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			if (len == 0) {
				if (++ups > ups_max)
					return -1;
				continue;
			}
			while (len > 0 && out[len - 1] != '/')
				len--;
			if (len > 0)
				len--;
			continue;
		}
		if (len + (len > 0) + n + 1 > size)
			return -1;
		if (len > 0)
			out[len++] = '/';
		memcpy(out + len, p, n);
		len += n;
	}
	base = ups > 0 ? 3 : 0;
	if (len + base + 1 > size)
		return -1;
	memmove(out + base, out, len);
	memcpy(out, "../", base);
	out[base + len] = '\0';
	return 0;
}
