/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sockets of a client's links, in the loop's poller. For loop.c alone, on
 * the loop thread.
 */
#ifndef KAFC_CLIENT_PLUGS_H
#define KAFC_CLIENT_PLUGS_H

#include "base/map.h"
#include "client/client.h"
#include "io/poller.h"

struct kafc_plugs {
    kafc_client *c;
    struct kafc_poller *poller; /* the loop's; the tags of sockets are not NULL */
    struct kafc_map by_link;
    struct kafc_list busy; /* whom kafc__plugs_step() looks at */
};

void kafc__plugs_init(struct kafc_plugs *s, kafc_client *c, struct kafc_poller *poller);
void kafc__plugs_close(struct kafc_plugs *s); /* every socket, without a word to the core */
void kafc__plugs_fini(struct kafc_plugs *s);

/* Does what the core wants done: opens, sends, closes. */
void kafc__plugs_act(struct kafc_plugs *s);
/* What the poller told of a socket. */
void kafc__plugs_event(struct kafc_plugs *s, const struct kafc_poll_event *e, int64_t now);
/* Dials that got a name's answer, or are at a deadline; handshakes at theirs; what is left to be read. */
void kafc__plugs_step(struct kafc_plugs *s, int64_t now);
/* When kafc__plugs_step() is due at the latest. */
int64_t kafc__plugs_deadline(const struct kafc_plugs *s);

#endif
