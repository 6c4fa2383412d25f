/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc perf produce: what a message costs at full speed.
 */
#include "tools/kafc/perf.h"

enum { PARTITIONS = 4, COUNT = 1000000, LOOK = 4096 };

static void on_delivery(void *ctx, const kafc_report *r)
{
    perf_count(ctx, r);
}

/* As many as were taken. */
static uint64_t send_all(struct perf *p, uint64_t count)
{
    kafc_message m = { 0 };
    kafc_error err;
    uint64_t i;

    m.key.len = LOAD_KEY;
    m.value.len = (int32_t)p->load.size;
    for (i = 0; i < count && !tool_stop; i++) {
        m.key.p = load_key(&p->load, i);
        m.value.p = load_value(&p->load);
        if (kafc_writer_send(p->writer, &m, NULL, -1, &err)) {
            (void)tool_fail(0, "message %llu was not taken: %s", (unsigned long long)i,
                            err.message);
            break;
        }
        if (i % LOOK == 0)
            perf_progress(p, i);
    }
    return i;
}

int tool_perf_produce(const struct tool_options *options)
{
    static struct perf p;
    struct tool_options o = *options;
    struct load_span span;
    kafc_writer_options wo;
    uint64_t sent;
    int status, judged;

    o.count = o.count < 0 ? COUNT : o.count;
    kafc_writer_options_init(&wo);
    if (tool_acks("--acks", o.acks, &wo.acks) || tool_codec("--codec", o.codec, &wo.compression))
        return TOOL_USAGE;
    wo.idempotence = o.idempotent ? KAFC_ON : KAFC_OFF;
    wo.linger_ms = o.linger_ms ? (int32_t)o.linger_ms : KAFC_ZERO;
    wo.batch_bytes = (int32_t)o.batch_bytes;
    wo.on_delivery = on_delivery;
    status = perf_open(&p, &o, &wo, o.partitions ? (int32_t)o.partitions : PARTITIONS);
    if (status == TOOL_OK) {
        load_begin(&span);
        sent = send_all(&p, (uint64_t)o.count);
        status = perf_flush(&p);
        load_end(&span);
        judged = perf_judge(&p, sent);
        status = status ? status : judged;
        load_print(&span, p.acknowledged, (double)p.acknowledged * (double)p.load.size);
        puts("}");
    }
    perf_close(&p);
    return status;
}
