/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kcat's JSON, by jansson.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/json_text.h"
#include "tools/kafc/tool.h"

json_t *tool_json_text(const void *bytes, int32_t len)
{
    const unsigned char *p = bytes;
    size_t n = len > 0 ? (size_t)len : 0, used = 0;
    char *out = malloc(n * 3 + 1);
    json_t *s;

    if (!out)
        return NULL;
    for (size_t i = 0; i < n;) {
        size_t k = (size_t)kafc__utf8_len(p + i, n - i);

        if (k)
            memcpy(out + used, p + i, k);
        else
            memcpy(out + used, "\xef\xbf\xbd", 3);
        used += k ? k : 3;
        i += k ? k : 1;
    }
    s = json_stringn_nocheck(out, used);
    free(out);
    return s;
}

static json_t *bytes_or_null(kafc_bytes b)
{
    return b.p ? tool_json_text(b.p, b.len) : json_null();
}

/* kcat's form: name, value, name, value, … */
static json_t *headers(const kafc_message *m)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < m->nheaders; i++) {
        (void)json_array_append_new(a, tool_json_text(m->headers[i].name.p, m->headers[i].name.len));
        (void)json_array_append_new(a, bytes_or_null(m->headers[i].value));
    }
    return a;
}

static bool print(FILE *out, json_t *o, size_t flags)
{
    bool ok = o && json_dumpf(o, out, flags) == 0;

    fputc('\n', out);
    json_decref(o);
    return ok;
}

bool tool_json_print(FILE *out, const kafc_message *m)
{
    static const char *const types[] = { NULL, "create", "logappend" };
    json_t *o = json_object();

    (void)json_object_set_new(o, "topic", json_string(m->topic));
    (void)json_object_set_new(o, "partition", json_integer(m->partition));
    (void)json_object_set_new(o, "offset", json_integer(m->offset));
    if (types[m->timestamp_type]) { /* else records of before 0.10, as kcat has it */
        (void)json_object_set_new(o, "tstype", json_string(types[m->timestamp_type]));
        (void)json_object_set_new(o, "ts", json_integer(m->timestamp));
    }
    if (m->nheaders)
        (void)json_object_set_new(o, "headers", headers(m));
    (void)json_object_set_new(o, "key", bytes_or_null(m->key));
    (void)json_object_set_new(o, "payload", bytes_or_null(m->value));
    return print(out, o, JSON_COMPACT);
}

static json_t *ids(const int32_t *v, int32_t n)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < n; i++)
        (void)json_array_append_new(a, json_pack("{si}", "id", v[i]));
    return a;
}

static json_t *topic(const kafc_topic *t)
{
    json_t *parts = json_array(), *o = json_pack("{ss}", "topic", t->name);

    for (int32_t i = 0; i < t->npartitions; i++) {
        const kafc_partition *p = &t->partitions[i];
        json_t *q = json_pack("{si si so so}", "partition", p->id, "leader", p->leader, "replicas",
                              ids(p->replicas, p->nreplicas), "isrs", ids(p->isr, p->nisr));

        if (p->err)
            (void)json_object_set_new(q, "error", json_string(kafc_err_name(p->err)));
        (void)json_array_append_new(parts, q);
    }
    if (t->err)
        (void)json_object_set_new(o, "error", json_string(kafc_err_name(t->err)));
    (void)json_object_set_new(o, "partitions", parts);
    return o;
}

bool tool_json_metadata(FILE *out, const kafc_metadata *m)
{
    json_t *brokers = json_array(), *topics = json_array(), *o;
    char name[512];

    for (int32_t i = 0; i < m->nbrokers; i++) {
        (void)snprintf(name, sizeof name, "%s:%d", m->brokers[i].host, m->brokers[i].port);
        (void)json_array_append_new(brokers,
                                    json_pack("{si ss}", "id", m->brokers[i].id, "name", name));
    }
    for (int32_t i = 0; i < m->ntopics; i++)
        (void)json_array_append_new(topics, topic(&m->topics[i]));
    o = json_pack("{ss? si so so}", "clusterid", m->cluster_id, "controllerid", m->controller,
                  "brokers", brokers, "topics", topics);
    return print(out, o, JSON_COMPACT);
}
