/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc users: who may log in by SCRAM. Passwords come from standard input, so
 * that no list of processes shows them.
 */
#include <limits.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <kafc/users.h>

#include "tools/kafc/verbs.h"

enum { MECHANISMS = 8 };

static const char *name_of(kafc_scram_mechanism m, char text[16])
{
    if (kafc_scram_mechanism_name(m))
        return kafc_scram_mechanism_name(m);
    (void)snprintf(text, 16, "%d", (int)m);
    return text;
}

/* --- list ------------------------------------------------------------------------------------------ */

static int user_json(const kafc_user *u)
{
    char text[16];
    json_t *a = json_array();

    for (int32_t i = 0; i < u->ncredentials; i++)
        (void)json_array_append_new(a, json_pack("{ss si}", "mechanism", name_of(u->credentials[i].mechanism, text),
                                                 "iterations", (int)u->credentials[i].iterations));
    return verbs_print(json_pack("{so so ss*}", "user", verbs_text(u->name), "credentials", a, "error",
                                 u->result ? kafc_err_name(u->result) : NULL));
}

static int user_text(const kafc_user *u)
{
    char text[16];

    if (u->result)
        return TOOL_OK;
    printf("%s:", u->name);
    for (int32_t i = 0; i < u->ncredentials; i++)
        printf("%s %s, %d iterations", i ? ";" : "", name_of(u->credentials[i].mechanism, text),
               (int)u->credentials[i].iterations);
    putchar('\n');
    return TOOL_OK;
}

static int list(const struct verb_call *v)
{
    kafc_user_list *l = NULL;
    kafc_error err;
    kafc_err rc = kafc_admin_describe_users(v->client, v->names, v->n, VERB_WAIT, &l, &err);
    int status = TOOL_OK;

    for (int32_t i = 0; l && i < l->nusers; i++)
        status = verbs_status(status, v->o->json ? user_json(&l->users[i]) : user_text(&l->users[i]));
    if (!rc && !l->nusers && !v->o->json)
        puts("no users");
    kafc_user_list_free(l);
    return rc ? verbs_failed(&err) : status;
}

/* --- What set and delete are told ------------------------------------------------------------------- */

/* One credential for each --mechanism; without it none. */
static int mechanisms(const struct verb_call *v, const char *user, kafc_scram_credential *q, int *n)
{
    const char *word;

    for (*n = 0; (word = tool_said(v->o, LONG_MECHANISM, *n)); ++*n) {
        kafc_scram_mechanism m = kafc_scram_mechanism_of(word);

        if (!m)
            return tool_fail(TOOL_USAGE, "\"%s\" is no mechanism: it is SCRAM-SHA-256 or SCRAM-SHA-512", word);
        if (*n == MECHANISMS)
            return tool_fail(TOOL_USAGE, "--mechanism \"%s\" is too much", word);
        q[*n] = (kafc_scram_credential){ .user = user, .mechanism = m };
    }
    return TOOL_OK;
}

static int done(const struct verb_call *v, const kafc_scram_credential *q, int n, const char *what, bool is_set)
{
    int status = TOOL_OK;

    for (int i = 0; i < n; i++)
        if (v->o->json)
            status = verbs_print(json_pack("{so ss sb}", "user", verbs_text(q[i].user), "mechanism",
                                           kafc_scram_mechanism_name(q[i].mechanism), "is_set", is_set));
        else
            printf("%s %s: %s\n", q[i].user, kafc_scram_mechanism_name(q[i].mechanism), what);
    return status;
}

/* --- set ---------------------------------------------------------------------------------------------- */

static void wipe(char *secret, size_t n)
{
    for (volatile char *p = secret; n; n--)
        *p++ = 0;
}

/* The first line; a terminal does not show it. */
static int read_password(const char *user, char *password, int room)
{
    struct termios as_it_was, silent;
    bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &as_it_was) == 0;
    bool ok;

    (void)setvbuf(stdin, NULL, _IONBF, 0); /* no copy of it in there */
    if (terminal) {
        silent = as_it_was;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent); /* first: it drops what is typed until then */
        fprintf(stderr, "Password of %s: ", user);
    }
    ok = fgets(password, room, stdin) != NULL;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &as_it_was);
        fputc('\n', stderr);
    }
    if (ok && !strchr(password, '\n') && !feof(stdin))
        return tool_fail(TOOL_USAGE, "the password is longer than %d bytes", room - 2);
    if (ok)
        password[strcspn(password, "\r\n")] = 0;
    return ok && *password ? TOOL_OK : tool_fail(TOOL_USAGE, "standard input has no password on its first line");
}

static int set(const struct verb_call *v)
{
    kafc_scram_credential q[MECHANISMS];
    const char *iterations = tool_said(v->o, LONG_ITERATIONS, 0);
    char password[1026];
    long long times = 0;
    kafc_error err;
    int n, status = mechanisms(v, v->names[0], q, &n);

    if (!status && !n) /* either will do */
        for (; n < 2; n++)
            q[n] = (kafc_scram_credential){ .user = v->names[0],
                                            .mechanism = n ? KAFC_SCRAM_SHA_512 : KAFC_SCRAM_SHA_256 };
    if (!status && iterations && !tool_number(iterations, 4096, 1000000, &times))
        status = tool_fail(TOOL_USAGE, "--iterations wants a number from 4096 to 1000000, not \"%s\"", iterations);
    if (!status)
        status = read_password(v->names[0], password, sizeof password);
    for (int i = 0; !status && i < n; i++) {
        q[i].iterations = (int32_t)times;
        q[i].password = password;
    }
    if (!status)
        status = kafc_admin_upsert_users(v->client, q, n, VERB_WAIT, &err) ? verbs_failed(&err)
                                                                           : done(v, q, n, "set", true);
    wipe(password, sizeof password);
    return status;
}

/* --- delete ------------------------------------------------------------------------------------------- */

/* What the user has. */
static int all_of(const struct verb_call *v, const char *user, kafc_scram_credential *q, int *n)
{
    kafc_user_list *l = NULL;
    kafc_error err;
    kafc_err rc = kafc_admin_describe_users(v->client, &user, 1, VERB_WAIT, &l, &err);

    for (int32_t i = 0; !rc && i < l->users->ncredentials && *n < MECHANISMS; i++)
        q[(*n)++] = (kafc_scram_credential){ .user = user, .mechanism = l->users->credentials[i].mechanism };
    kafc_user_list_free(l);
    if (rc == KAFC_ERR_RESOURCE_NOT_FOUND)
        return tool_fail(TOOL_FAILED, "there is no user \"%s\"", user);
    return rc ? verbs_failed(&err) : TOOL_OK;
}

static int delete_one(const struct verb_call *v, const char *user)
{
    kafc_scram_credential q[MECHANISMS];
    kafc_error err;
    int n, status = mechanisms(v, user, q, &n);

    if (!status && !n)
        status = all_of(v, user, q, &n);
    if (!status)
        status = kafc_admin_delete_users(v->client, q, n, VERB_WAIT, &err) ? verbs_failed(&err)
                                                                           : done(v, q, n, "deleted", false);
    return status;
}

static int delete(const struct verb_call *v)
{
    return verbs_each(v, delete_one);
}

static const int sets[] = { LONG_MECHANISM, LONG_ITERATIONS, 0 };
static const int deletes[] = { LONG_MECHANISM, 0 };
static const struct verb verbs[] = {
    { "list", list, 0, INT_MAX, NULL },
    { "set", set, 1, 1, sets },
    { "delete", delete, 1, INT_MAX, deletes },
};

int tool_users(const struct tool_options *o)
{
    return verbs_run(o, "users", "user", verbs, sizeof verbs / sizeof verbs[0]);
}
