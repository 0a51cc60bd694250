/* SPDX-License-Identifier: ISC */
/*
 * What the daemon was told: command line over configuration file over
 * defaults.  Read whole, checked whole, and only then used.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <net/if.h>
#include <stdint.h>
#include <stdio.h>

#include "announce.h"
#include "os/addr.h"
#include "report.h"
#include "sendto.h"

#define CONFIG_IFACES_MAX	8

enum config_ipv6 { CONFIG_IPV6_NO, CONFIG_IPV6_YES, CONFIG_IPV6_ONLY };

struct config {
	char *file;		/* configuration file read; NULL: none */
	char *media;		/* library's root, absolute; NULL: not given */
	char *state;		/* state directory, absolute */
	char *pidfile;		/* NULL: none */
	char *user;		/* NULL: stay who we are */
	char *charset;		/* of tags: "auto" or an iconv name */
	char *name;		/* server's name in the list; default: host's */
	char ifaces[CONFIG_IFACES_MAX][IF_NAMESIZE];
	unsigned nifaces;	/* 0: the one of the route */
	struct addr group;	/* base group, port of the list */
	struct addr group6;	/* the same of IPv6 */
	enum config_ipv6 ipv6;
	unsigned ttl;		/* 0 to 255 */
	unsigned dscp;		/* 0 to 63 */
	struct sendto sendto[SENDTO_MAX];	/* who else gets channels */
	unsigned nsendto;
	int64_t max_rate;	/* bit/s of all channels; -1: by the link;
				 * INT64_MAX: off */
	int64_t list_rate;	/* bit/s of the program list */
	int watch;		/* WATCH_AUTO, WATCH_OFF, or seconds */
	enum announce_mode sap;	/* announce to other players */
	int rtcp;		/* send and take RTCP reports */
	enum report_join join;	/* be a member of the groups, too */
	int has_http;		/* serve over HTTP, at http */
	struct addr http;	/* address and port; :: is all, of IPv4 too */
	unsigned http_clients;	/* connections at a time, */
	unsigned http_clients_each;	/* and of one address */
	int shared_group;	/* start although another server is there */
	int foreground;
	int check;		/* -n */
	int json;
	int verbose;		/* how many -v */
	int privileged;		/* started by root: root's defaults apply */
	char *cwd;		/* where we were started: what a relative path
				 * on the command line starts from */
	int no_memory;		/* a text is missing: not to be used */
};

/*
 * Read the command line and the file it names (or the default one).
 * -h and -V print on stdout and exit 0; a usage error ends with the sentence
 * and the usage line on stderr, exit 64; any error in the file is said with
 * file, line and what was expected (all of them, not just the first), and
 * ends with 78.  Heap; lives as long as the process.
 */
struct config *config_load(int argc, char **argv);
/*
 * Read the same command line and file again, for HUP.  NULL if the file has an
 * error (said in the log, nothing of it is applied).  Options that need a
 * restart (group, ttl, interface, state, user) keep the values of old, each
 * change of them named in one warning.
 */
struct config *config_reload(int argc, char **argv, const struct config *old);
void config_free(struct config *c);

/* How often each packet of a channel is sent: over both families, and to
 * others.  For budget.h. */
unsigned config_copies(const void *config, unsigned channel);

/* Fill c, whatever was in it, with what holds for everybody; media, state,
 * pidfile and user depend on who we are and stay NULL. */
void config_defaults(struct config *c);
/* Parse text as the file called name into c; errors go to err, one line each;
 * their number is returned, and if there are any c is not to be used. */
int config_parse(struct config *c, const char *name, const char *text,
    size_t len, FILE *err);

/* The usage line, as in the manual's SYNOPSIS. */
const char *config_usage(void);

#endif
