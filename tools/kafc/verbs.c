/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commands with verbs.
 */
#include "tools/kafc/verbs.h"

#include <string.h>

int verbs_no_memory(void)
{
    return tool_fail(TOOL_FAILED, "out of memory");
}

int verbs_failed(const kafc_error *err)
{
    return tool_fail(err->code == KAFC_ERR_USAGE ? TOOL_USAGE : TOOL_FAILED, "%s", err->message);
}

int verbs_print(json_t *o)
{
    bool ok = o && json_dumpf(o, stdout, JSON_COMPACT) == 0;

    putchar('\n');
    json_decref(o);
    return ok || ferror(stdout) ? TOOL_OK : verbs_no_memory(); /* what cannot be written is main's to say */
}

json_t *verbs_text(const char *s)
{
    return s ? tool_json_text(s, (int32_t)strlen(s)) : json_null();
}

json_t *verbs_number(int64_t n)
{
    return n < 0 ? json_null() : json_integer(n);
}

int verbs_each(const struct verb_call *v, int (*one)(const struct verb_call *v, const char *name))
{
    int status = TOOL_OK;

    for (int i = 0; i < v->n; i++)
        status = verbs_status(status, one(v, v->names[i]));
    return status;
}

/* --- Which one, and what it takes ------------------------------------------------------------------ */

static const struct verb *find(const char *command, const char *name, const struct verb *verbs, int n)
{
    char known[200] = "";
    struct tool_near near;

    tool_near_begin(&near, name);
    for (int i = 0; i < n; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
        tool_near_try(&near, verbs[i].name);
        (void)snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s",
                       i == 0 ? "" : i < n - 1 ? ", " : " or ", verbs[i].name);
    }
    if (near.best)
        (void)tool_fail(0, "%s cannot \"%s\"; did you mean \"%s\"?", command, name, near.best);
    else
        (void)tool_fail(0, "%s cannot \"%s\": it is %s", command, name, known);
    return NULL;
}

static bool takes(const struct verb *v, int letter)
{
    for (const int *t = v->takes; t && *t; t++)
        if (*t == letter)
            return true;
    return strchr("bdFXJ", letter) != NULL;
}

/* An option that the verb does not take, but another one does. */
static int check_options(const struct tool_options *o, const struct verb *v, const struct verb *verbs, int n)
{
    for (int letter = 1; letter < TOOL_LETTERS; letter++) {
        const struct verb *other = verbs;

        if (!*o->given[letter] || takes(v, letter))
            continue;
        while (other < verbs + n - 1 && !takes(other, letter))
            other++;
        return tool_fail(TOOL_USAGE, "%s belongs to %s, not to %s", o->given[letter], other->name, v->name);
    }
    return TOOL_OK;
}

/* "a user", "an ACL", "no group" */
static int check_names(const struct verb_call *call, const struct verb *v, const char *command, const char *what)
{
    const char *a = strchr("aeioA", *what) ? "an" : "a";

    if (call->n < v->min)
        return tool_fail(TOOL_USAGE, "%s wants the name of %s %s", v->name, a, what);
    if (call->n > v->max)
        return tool_fail(TOOL_USAGE, "\"%s\" is too much: %s takes %s %s; see \"kafc help %s\"", call->names[v->max],
                         v->name, v->max ? "one" : "no", what, command);
    return TOOL_OK;
}

int verbs_run(const struct tool_options *o, const char *command, const char *what, const struct verb *verbs, int n)
{
    const struct verb *v = o->nwords ? find(command, o->words[0], verbs, n) : verbs;
    struct verb_call call = { .o = o, .names = (const char *const *)o->words + 1, .n = o->nwords ? o->nwords - 1 : 0 };
    int status;

    if (!v)
        return TOOL_USAGE;
    status = check_names(&call, v, command, what);
    if (!status)
        status = check_options(o, v, verbs, n);
    if (status)
        return status;
    call.client = tool_client(o);
    if (!call.client)
        return TOOL_USAGE;
    status = v->run(&call);
    kafc_client_free(call.client);
    return status;
}
