/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies lines to a topic, tells every second on standard error what that
 * second was like, and writes a file for Prometheus (for its node exporter to
 * pick up; an HTTP server would answer with the same text).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <kafc/kafc.h>

static void tell(kafc_writer *w, kafc_stats_mark **mark)
{
    kafc_writer_stats s;
    s.size = sizeof(s);
    if (kafc_writer_stats_since(w, mark, &s, NULL) == KAFC_OK)
        fprintf(stderr, "%llu messages in %llu batches, acknowledged within %llu us (median) and %llu us (99 %%)\n",
                (unsigned long long)s.acknowledged, (unsigned long long)s.delivery_time_us.count,
                (unsigned long long)s.delivery_time_us.p50, (unsigned long long)s.delivery_time_us.p99);
}

static void write_file(const kafc_client *c, const char *path)
{
    size_t cap = kafc_stats_text(&c, 1, NULL, 0) + 4096; /* it may grow meanwhile */
    char *text = malloc(cap);
    char temporary[1024];
    FILE *f = NULL;
    if (snprintf(temporary, sizeof(temporary), "%s.new", path) < (int)sizeof(temporary))
        f = fopen(temporary, "w");
    if (f && text && kafc_stats_text(&c, 1, text, cap) < cap)
        (void)fputs(text, f);
    if (!f || fclose(f) || rename(temporary, path))
        perror(path);
    free(text);
}

int main(int argc, char **argv)
{
    char line[10000];
    kafc_error err;
    kafc_stats_mark *mark = NULL;
    time_t told = time(NULL);
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092"), &err);
    kafc_writer *w = c ? kafc_writer_open(c, KAFC_WRITER(.topic = "lines", .create_topics = KAFC_ON), &err) : NULL;

    while (w && fgets(line, sizeof(line), stdin)) {
        kafc_message m = { .value = KAFC_STR(line) };
        if (kafc_writer_send(w, &m, NULL, -1, &err)) /* waits for room, not for the network */
            fprintf(stderr, "%s\n", err.message);
        if (time(NULL) == told)
            continue;
        told = time(NULL);
        tell(w, &mark);
        write_file(c, "kafc.prom");
    }
    if (!w || kafc_writer_close(w, 10000, &err))
        fprintf(stderr, "%s\n", err.message);
    if (w)
        tell(w, &mark);
    if (c)
        write_file(c, "kafc.prom");
    kafc_stats_mark_free(mark);
    kafc_writer_free(w);
    kafc_client_free(c);
    return 0;
}
