/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the measuring commands share: the topic, the writer, who counts.
 */
#ifndef KAFC_TOOL_PERF_H
#define KAFC_TOOL_PERF_H

#include "tools/kafc/load.h"
#include "tools/kafc/tool.h"

struct perf {
    const struct tool_options *o;
    struct load load;
    kafc_client *client;
    kafc_writer *writer;
    int32_t partitions;                 /* of the topic */
    atomic_ullong acknowledged, failed; /* by the delivery reports */
    atomic_int failure;                 /* the first one's kafc_err */
    double told;                        /* when the progress line was written last */
    bool terminal, shown;               /* a progress line may be, was written */
};

/* Options, client, a broker that answers. on_stop: at a signal. Reports what fails. */
int perf_begin(struct perf *p, const struct tool_options *o, void (*on_stop)(void));
/* Waits for the topic's leaders; it must have as many partitions as the options say, if they do. */
int perf_find_topic(struct perf *p);
/* The same with load, topic and writer. Makes the topic with so many partitions. */
int perf_open(struct perf *p, const struct tool_options *o, kafc_writer_options *wo,
              int32_t partitions);
/* Waits for the last verdict. */
int perf_flush(struct perf *p);
/* Whether everything that was to be sent is acknowledged; reports what is not. */
int perf_judge(const struct perf *p, uint64_t sent);
void perf_close(struct perf *p);

/* Counts a report. From on_delivery alone. */
void perf_count(struct perf *p, const kafc_report *r);
/* Whether a progress line is due: on a terminal, once a second. */
bool perf_shows(struct perf *p);
void perf_clear(const struct perf *p); /* takes it away */
/* Says on a terminal how far it is, once a second. */
void perf_progress(struct perf *p, uint64_t sent);

#endif
