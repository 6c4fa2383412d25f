/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc schema: the tables of messages as text.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/kafc/codec.h"

static int print_message(const struct kafc_schema *s)
{
    size_t n = kafc__schema_text(s, NULL, 0);
    char *text = malloc(n + 1);

    if (!text)
        return tool_fail(TOOL_FAILED, "out of memory");
    (void)kafc__schema_text(s, text, n + 1);
    fputs(text, stdout);
    free(text);
    return TOOL_OK;
}

static void print_api(const struct kafc_api *api)
{
    static const char *const to[] = {
        [KAFC_TO_ANY] = "any broker",
        [KAFC_TO_CONTROLLER] = "the controller",
        [KAFC_TO_LEADER] = "each partition's leader",
        [KAFC_TO_GROUP] = "the group's coordinator",
        [KAFC_TO_TXN] = "the transactional id's coordinator",
        [KAFC_TO_SHARE] = "the share group partition's coordinator",
        [KAFC_TO_ALL] = "all brokers",
        [KAFC_TO_RESOURCE] = "the broker that it is about, or any",
        [KAFC_TO_BROKER] = "the broker that it is about",
        [KAFC_TO_QUORUM] = "controllers and brokers, from each other",
    };

    printf("%s api %d versions %d-%d, negotiated %d-%d, goes to %s\n", api->name, api->key,
           api->min, api->max, api->pick_min, api->pick_max, to[api->route]);
}

/* The first line of its text. */
static void list_message(const struct kafc_schema *s)
{
    char line[160];

    (void)kafc__schema_text(s, line, sizeof line);
    line[strcspn(line, "\n")] = 0;
    puts(line);
}

static int list_all(void)
{
    size_t napis, ndata;
    const struct kafc_api *const *apis = kafc__apis(&napis);
    const struct kafc_schema *const *data = kafc__data_schemas(&ndata);

    for (size_t i = 0; i < napis; i++) {
        list_message(apis[i]->req);
        list_message(apis[i]->resp);
    }
    for (size_t i = 0; i < ndata; i++)
        list_message(data[i]);
    return TOOL_OK;
}

static int unknown(const char *name)
{
    struct tool_near near;

    tool_near_begin(&near, name);
    codec_near_apis(&near);
    codec_near_messages(&near);
    if (near.best)
        return tool_fail(TOOL_USAGE, "there is no message \"%s\"; did you mean \"%s\"?", name,
                         near.best);
    return tool_fail(TOOL_USAGE, "there is no message \"%s\"; \"kafc schema\" lists all", name);
}

int tool_schema(const struct tool_options *o)
{
    const struct kafc_schema *s;
    const struct kafc_api *api;
    int status;

    if (o->nwords > 1)
        return tool_fail(TOOL_USAGE, "\"%s\" is too much: schema takes one name", o->words[1]);
    if (!o->nwords)
        return list_all();
    api = kafc__api_named(o->words[0]);
    s = api ? api->req : kafc__schema_named(o->words[0]);
    if (!s)
        return unknown(o->words[0]);
    if (s->key >= 0)
        print_api(kafc__api(s->key));
    status = print_message(s);
    return api && status == TOOL_OK ? print_message(api->resp) : status;
}
