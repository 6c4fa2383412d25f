/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What transaction.c needs of a writer. Application threads.
 */
#ifndef KAFC_CLIENT_WRITER_H
#define KAFC_CLIENT_WRITER_H

#include "client/client.h"
#include <kafc/writer.h>

struct kafc_producer;

/* The door of a call that waits. */
kafc_err kafc__writer_enter(const kafc_writer *w, kafc_error *err);
kafc_client *kafc__writer_client(const kafc_writer *w);
struct kafc_producer *kafc__writer_producer(const kafc_writer *w);
/* One thread at a time: claims (false: another thread has it), or gives it back. */
bool kafc__writer_claim(kafc_writer *w, bool claim);
/* Until over() says so: asked whenever the producer has an event. KAFC_OK, or KAFC_ERR_TIMED_OUT, KAFC_ERR_INTERRUPTED
 * with a sentence about `what`. */
kafc_err kafc__writer_await(kafc_writer *w, bool (*over)(void *arg), void *arg, int timeout_ms,
                            const char *what, kafc_error *err);

#endif
