/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Apache Kafka's definitions. One thread.
 */
#include "tests/interop/definitions.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *current; /* the file that is read, for complaints */

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "tables: %s: %s: %s\n", current, what, why);
    exit(2);
}

static void *must(void *p)
{
    if (!p)
        die("malloc", "out of memory");
    return p;
}

/* Blanks comments, which begin outside of strings. */
static void strip(char *s)
{
    bool quoted = false;
    for (; *s; s++) {
        if (quoted && *s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quoted = !quoted;
        else if (!quoted && s[0] == '/' && s[1] == '/')
            for (; s[1] && s[1] != '\n'; s++)
                s[0] = ' ', s[1] = ' ';
    }
}

static json_t *load(const char *path)
{
    enum { LIMIT = 1 << 20 };
    static char text[LIMIT];
    json_error_t e;
    current = path;
    FILE *f = fopen(path, "r");
    if (!f)
        die("fopen", "cannot be read");
    size_t n = fread(text, 1, LIMIT - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    strip(text);
    json_t *j = json_loads(text, JSON_DISABLE_EOF_CHECK,
                           &e); /* 2.8 has one with a bracket too many */
    if (!j)
        die("JSON", e.text);
    return j;
}

/* "3", "0-4", "2+" or "none". */
static struct range range(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    char *end;
    if (!s || !strcmp(s, "none"))
        return (struct range){ 0, 0 };
    int lo = (int)strtol(s, &end, 10), hi = lo + 1;
    if (end == s)
        die(key, s);
    if (*end == '+')
        hi = 127;
    else if (*end == '-')
        hi = (int)strtol(end + 1, NULL, 10) + 1;
    return (struct range){ lo, hi };
}

static enum kafc_kind kind_of(const char *type)
{
    static const struct {
        const char *name;
        enum kafc_kind kind;
    } known[] = {
        { "bool", KAFC_BOOL },   { "int8", KAFC_I8 },         { "int16", KAFC_I16 },
        { "int32", KAFC_I32 },   { "int64", KAFC_I64 },       { "uint16", KAFC_U16 },
        { "float64", KAFC_F64 }, { "uuid", KAFC_UUID },       { "string", KAFC_STRING },
        { "bytes", KAFC_BLOB },  { "records", KAFC_RECORDS },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (!strcmp(type, known[i].name))
            return known[i].kind;
    if (type[0] < 'A' || type[0] > 'Z')
        die("an unknown type", type);
    return KAFC_STRUCT;
}

/* A JSON number or bool, or a string that holds one. Kafka's generator looks for text: a bare null is no default at
 * all to it, and an empty string is what strings have anyway. */
static void read_default(struct definition_field *f, const json_t *j)
{
    const char *s = json_string_value(j);
    if (s && !strcmp(s, "null"))
        f->null_default = true;
    else if (json_is_true(j) || (s && !strcmp(s, "true")))
        f->dflt = 1;
    else if (json_is_integer(j))
        f->dflt = json_integer_value(j);
    else if (s && *s && strcmp(s, "false") != 0) {
        char *end;
        f->dflt = strtoll(s, &end, 0);
        if (*end)
            die(f->name, s);
    }
}

static const char *text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    if (!s)
        die(key, "is missing");
    return s;
}

/* The fields of a struct that is spelled out elsewhere in the message. */
static const json_t *common(const json_t *message, const char *name)
{
    size_t i;
    const json_t *s;
    json_array_foreach(json_object_get(message, "commonStructs"), i,
                       s) if (!strcmp(text_of(s, "name"), name)) return json_object_get(s,
                                                                                        "fields");
    die("no such struct", name);
}

static struct definition_field *fields(const json_t *message, const json_t *list, size_t *n);

static void read_field(struct definition_field *f, const json_t *message, const json_t *j)
{
    const json_t *sub = json_object_get(j, "fields"),
                 *flex = json_object_get(j, "flexibleVersions"),
                 *dflt = json_object_get(j, "default"), *tag = json_object_get(j, "tag");
    f->name = text_of(j, "name");
    f->type = text_of(j, "type");
    f->array = !strncmp(f->type, "[]", 2);
    f->type += f->array ? 2 : 0;
    f->kind = kind_of(f->type);
    f->null = range(j, "nullableVersions");
    f->tagged = range(j, "taggedVersions");
    f->on = json_object_get(j, "versions") ? range(j, "versions") : f->tagged;
    f->tag = tag ? (int)json_integer_value(tag) : -1;
    f->ignorable = json_is_true(json_object_get(j, "ignorable"));
    f->plain = flex && !strcmp(json_string_value(flex), "none");
    if (dflt)
        read_default(f, dflt);
    if (f->kind == KAFC_STRUCT)
        f->sub = fields(message, sub ? sub : common(message, f->type), &f->nsub);
}

static struct definition_field *fields(const json_t *message, const json_t *list, size_t *n)
{
    size_t i;
    const json_t *j;
    *n = json_array_size(list);
    struct definition_field *f = must(calloc(*n + 1, sizeof(*f)));
    json_array_foreach(list, i, j) read_field(&f[i], message, j);
    return f;
}

static bool listens(const json_t *message, const char *name)
{
    size_t i;
    const json_t *j;
    json_array_foreach(json_object_get(message, "listeners"), i,
                       j) if (!strcmp(json_string_value(j), name)) return true;
    return false;
}

static void read_message(struct definition *d, const json_t *j)
{
    const json_t *key = json_object_get(j, "apiKey");
    const struct range flex = range(j, "flexibleVersions");
    d->name = text_of(j, "name");
    d->type = text_of(j, "type");
    d->key = key ? (int)json_integer_value(key) : -1;
    d->valid = range(j, "validVersions");
    d->flex = flex.hi ? flex.lo : 127;
    d->unstable = json_is_true(json_object_get(j, "latestVersionUnstable"));
    d->on_broker = listens(j, "broker");
    d->on_controller = listens(j, "controller");
    d->on_zookeeper = listens(j, "zkBroker");
    d->field = fields(j, json_object_get(j, "fields"), &d->n);
}

struct definitions definitions_read(const char *folder)
{
    struct definitions all = { NULL, 0 };
    struct dirent **name;
    current = folder;
    int n = scandir(folder, &name, NULL, alphasort);
    if (n < 0)
        die("scandir", "no such folder");
    all.v = must(calloc((size_t)n, sizeof(*all.v)));
    for (int i = 0; i < n; i++) {
        char path[4096];
        const char *dot = strrchr(name[i]->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0)
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", folder, name[i]->d_name);
        read_message(&all.v[all.n++], load(path));
    }
    if (!all.n)
        die("scandir", "holds no definition");
    return all;
}

const struct definition *definitions_find(const struct definitions *d, const char *name)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->v[i].name, name))
            return &d->v[i];
    return NULL;
}
