/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Any test on clients without a thread: with KAFC_TEST_DRIVEN=calls in the
 * environment each client that is opened is driven by the calls that wait,
 * with =beside also by a thread that polls as a program would (kafc/loop.h).
 * Linked with --wrap (Makefile); without the variable it changes nothing.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kafc/loop.h>

kafc_client *__real_kafc_client_open(const kafc_client_options *o, kafc_error *err);
void __real_kafc_client_free(kafc_client *c);
kafc_client *__wrap_kafc_client_open(const kafc_client_options *o, kafc_error *err);
void __wrap_kafc_client_free(kafc_client *c);

struct beside {
    struct beside *next;
    kafc_client *c;
    pthread_t thread;
    pid_t pid;
    int end[2]; /* closed at one end: end */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct beside *all;

static void *drive(void *arg)
{
    struct beside *b = arg;
    enum { MAX = 64 };
    struct pollfd p[MAX + 1] = { { .fd = b->end[0], .events = POLLIN } };

    do {
        int n = kafc_client_pollfds(b->c, p + 1, MAX, NULL);
        if (n < 0 || n > MAX || poll(p, (nfds_t)n + 1, kafc_client_timeout(b->c)) < 0)
            break;
    } while (!p[0].revents && kafc_client_process(b->c, NULL) == KAFC_OK);
    return NULL;
}

static void begin(kafc_client *c)
{
    struct beside *b = calloc(1, sizeof *b);

    if (!b || pipe(b->end) != 0)
        abort();
    b->c = c;
    b->pid = getpid();
    (void)pthread_mutex_lock(&lock);
    b->next = all;
    all = b;
    (void)pthread_mutex_unlock(&lock);
    if (pthread_create(&b->thread, NULL, drive, b) != 0)
        abort();
}

/* NULL: there is none, or it runs in another process, or it is the caller. */
static struct beside *take(const kafc_client *c)
{
    struct beside **at = &all, *b;

    (void)pthread_mutex_lock(&lock);
    while (*at && (*at)->c != c)
        at = &(*at)->next;
    b = *at;
    if (b && (b->pid != getpid() || pthread_equal(b->thread, pthread_self())))
        b = NULL;
    if (b)
        *at = b->next;
    (void)pthread_mutex_unlock(&lock);
    return b;
}

kafc_client *__wrap_kafc_client_open(const kafc_client_options *o, kafc_error *err)
{
    const char *how = getenv("KAFC_TEST_DRIVEN");
    kafc_client_options own;
    kafc_client *c;

    if (!how || !*how || !o || o->size != sizeof own || o->driven != KAFC_DEFAULT)
        return __real_kafc_client_open(o, err);
    own = *o;
    own.driven = KAFC_ON;
    c = __real_kafc_client_open(&own, err);
    if (c && strcmp(how, "beside") == 0)
        begin(c);
    return c;
}

void __wrap_kafc_client_free(kafc_client *c)
{
    struct beside *b = take(c);

    if (b) {
        (void)close(b->end[1]);
        (void)pthread_join(b->thread, NULL);
        (void)close(b->end[0]);
        free(b);
    }
    __real_kafc_client_free(c);
}
