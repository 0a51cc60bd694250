/* SPDX-License-Identifier: ISC */
/*
 * Which channel is where: the one place that knows the plan of groups and
 * ports, so that a client can join by number without having heard the list.
 *
 *   list       base group + 0, port 1989
 *   channel n  base group + n, eight ports from P = 16384 + 8 ((n-1) mod 2048)
 *       P      RTP, MPEG audio, payload type 14     P+1  its RTCP
 *       P+2    FEC columns of P                     P+4  FEC rows of P
 *       P+6    RTP of the channel's other format    P+7  its RTCP
 *       P+3    FEC columns of P+6                   P+5  FEC rows of P+6
 */
#ifndef WIRE_PORTS_H
#define WIRE_PORTS_H

#include <stdint.h>

#define PORTS_LIST		1989
#define PORTS_CHANNEL_MAX	16383
#define PORTS_GROUP_DEFAULT	"239.255.64.0"
#define PORTS_GROUP6_DEFAULT	"ff15::efff:4000"

/* From the first port of a channel's block to that of its other format. */
#define PORTS_SECOND		6

/* The first of the eight ports of a channel (1 to PORTS_CHANNEL_MAX). */
static inline uint16_t
ports_of_channel(unsigned channel)
{
	return (uint16_t)(16384 + 8 * ((channel - 1) % 2048));
}

#endif
