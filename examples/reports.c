/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing from a loop of one's own: whatever can be read from standard input
 * becomes a message, and reports are waited for beside it, by one poll(2).
 */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <kafc/kafc.h>

static long told;

/* false: the writer is closed, and this was all. */
static bool collect(kafc_writer *w)
{
    kafc_report r[100];
    kafc_error err;
    int32_t n;
    kafc_err rc = kafc_writer_poll(w, r, 100, &n, 0, &err);

    for (int32_t i = 0; i < n; i++)
        if (r[i].code)
            fprintf(stderr, "message %ld: %s\n", (long)(uintptr_t)r[i].opaque, r[i].why);
    told += n;
    return rc != KAFC_ERR_CLOSED;
}

int main(int argc, char **argv)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);
    kafc_writer *w = c ? kafc_writer_open(c, KAFC_WRITER(.topic = "lines", .create_topics = KAFC_ON,
                                                         .reports = KAFC_REPORTS_ALL),
                                          &err)
                       : NULL;
    struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
                           { .fd = w ? kafc_writer_fd(w, &err) : -1, .events = POLLIN } };
    char text[1000];
    long sent = 0;

    while (p[1].fd >= 0 && poll(p, 2, -1) > 0) {
        ssize_t got = p[0].revents ? read(STDIN_FILENO, text, sizeof text) : 0;
        kafc_message m = { .value = { text, (int32_t)got } };

        if (got > 0 && kafc_writer_send(w, &m, (void *)(uintptr_t)++sent, 1000, &err))
            fprintf(stderr, "%s\n", err.message);
        if (p[0].revents && got <= 0) { /* the end: what is under way is waited for, its reports follow */
            p[0].fd = -1;
            if (kafc_writer_close(w, 10000, &err))
                fprintf(stderr, "%s\n", err.message);
        }
        if (p[1].revents && !collect(w))
            break;
    }
    if (p[1].fd < 0)
        fprintf(stderr, "%s\n", err.message);
    printf("%ld messages, %ld reports\n", sent, told);
    kafc_writer_free(w);
    kafc_client_free(c);
    return 0;
}
