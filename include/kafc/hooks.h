/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hooks: functions of the application's that are told what a client or a
 * kafc_conn does, for tracing, audits and metrics of its own. What kafc counts
 * by itself stands in kafc/stats.h; what became of a message is told by the
 * writer's on_delivery (kafc/writer.h).
 *
 * Threads: on_connection, on_request, on_response and on_throttle run on the
 * thread that drives the client, its loop's if it has one, one at a time; those
 * of a kafc_conn on the thread that calls it. What ends with the client ends
 * inside kafc_client_free(), on its thread. on_send and on_consume run inside the calls that send and fetch, on
 * their threads, several at once.
 * A hook must not block: the loop waits for it, and with it all connections of
 * the client, which then miss heartbeats. No lock is held while one runs. Inside
 * one, calls that wait, open, close or ask are refused with
 * KAFC_ERR_IN_CALLBACK, on whatever handle, and free does nothing; what reads
 * statistics is allowed, and so is kafc_writer_send() with timeout 0 in those of
 * the loop. on_send and on_consume leave the writer or reader that runs them alone.
 * Whatever an event points to is valid during the call.
 * A hook that is NULL costs nothing. Times are those of stats.h: the loop looks
 * at the clock once for each turn.
 */
#ifndef KAFC_HOOKS_H
#define KAFC_HOOKS_H

#include <kafc/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each connection has OPENING first and, last of all that is told of it, one of the three that end it. */
typedef enum kafc_connection_state {
    KAFC_CONNECTION_OPENING = 1, /* the name is looked up, an address connected to */
    KAFC_CONNECTION_OPENED,      /* TCP is there */
    KAFC_CONNECTION_SECURED,     /* and TLS */
    KAFC_CONNECTION_LOGGED_IN,   /* the broker has accepted the login, or its renewal */
    KAFC_CONNECTION_READY,       /* the broker has said which versions it knows: requests are sent */
    KAFC_CONNECTION_FAILED,      /* ended before it was ready */
    KAFC_CONNECTION_LOST,        /* ended after that, and not by kafc's own wish */
    KAFC_CONNECTION_CLOSED       /* ended by it: idle, not needed any more, to greet an old broker in another way */
} kafc_connection_state;

typedef struct kafc_connection_event {
    kafc_connection_state state;
    uint32_t connection;   /* its number among those of the client or kafc_conn, never used again */
    int32_t broker;        /* node id; -1: one of the list that was given */
    int32_t port;
    const char *host;
    const char *purpose;   /* "control", "produce", "fetch", "fetch ahead", "calls", "transactions", "group", "conn" */
    int64_t time_us;       /* since OPENING */
    const kafc_error *why; /* of the three that end it; else NULL */
    void *reserved[2];
} kafc_connection_event;

/* A request on its way, and at its end. Error codes inside the answer are not looked at. */
typedef struct kafc_request_event {
    const char *name;      /* of the API: "Produce"; static */
    int16_t api, version;  /* version -1: a token of a login that travels bare (brokers before 1.0) */
    int32_t correlation;   /* the broker's log knows it by this; one for each connection */
    uint32_t connection;   /* the number that on_connection was told */
    int32_t broker;        /* node id, or -1 */
    size_t bytes_sent;     /* all of it */
    int64_t queue_us;      /* from when it was asked for until its first byte was handed to the system */
    /* of on_response: */
    size_t bytes_received; /* 0: no answer */
    int64_t write_us;      /* until the last one was */
    int64_t wait_us;       /* from there until the first byte of the answer came, or nobody waited any more */
    int64_t read_us;       /* until the last one came */
    kafc_err code;         /* KAFC_OK: answered, or sent with acks 0. KAFC_ERR_TIMED_OUT: not in time.
                            * KAFC_ERR_INTERRUPTED: whoever asked had given up before it ended. Else the loss of the
                            * connection, KAFC_ERR_DISCONNECTED and its like */
    const char *why;       /* with a code: one sentence */
    void *own;             /* what on_request puts here, on_response finds here: a span of a trace */
    void *reserved[2];
} kafc_request_event;

typedef struct kafc_throttle_event {
    const char *name;     /* of the API whose answer says so */
    int16_t api, version;
    int32_t broker;
    uint32_t connection;
    int32_t throttle_ms;
    bool waits;           /* requests on the connection wait for so long; false: this one has, at the broker */
    void *reserved[2];
} kafc_throttle_event;

typedef struct kafc_hooks {
    size_t size; /* set by KAFC_HOOKS() or kafc_hooks_init() */
    void (*on_connection)(void *ctx, const kafc_connection_event *e);
    /* The first bytes of a request were handed to the system. For each on_request there is one on_response. */
    void (*on_request)(void *ctx, kafc_request_event *e);
    /* It has been answered (whoever asked has not been told yet), or will not be. An answer that comes after
     * KAFC_ERR_TIMED_OUT is not told. */
    void (*on_response)(void *ctx, const kafc_request_event *e);
    void (*on_throttle)(void *ctx, const kafc_throttle_event *e);
    /* A message that a writer is given, once for each, before anything is done with it: it may still be refused, which
     * its sender is told. *m is a copy; key, value, headers, timestamp and to_partition may be changed. To add headers
     * point m->headers at a larger array, which must stay until the call that sends returns, with what it points to:
     * one of the thread's own (_Thread_local) does. Writers of a client, not kafc_conn_produce(). */
    void (*on_send)(void *ctx, kafc_message *m);
    /* A message that a reader, or a claim, gives out, just before it does. Who takes a kafc_batch sees its messages as
     * it steps through them: they are not told. */
    void (*on_consume)(void *ctx, const kafc_message *m);
    void *ctx;
} kafc_hooks;

/* .hooks = KAFC_HOOKS(.on_throttle = f): copied; ctx must last as long as the client. In C++ use the init function. */
#define KAFC_HOOKS(...) (&(kafc_hooks){ .size = sizeof(kafc_hooks), __VA_ARGS__ })
static inline void kafc_hooks_init(kafc_hooks *h)
{
    memset(h, 0, sizeof *h);
    h->size = sizeof *h;
}

#ifdef __cplusplus
}
#endif
#endif
