/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol/api: the tables themselves. A row that is forgotten, out of place
 * or without versions fails here by name.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/pick.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/walk.h"
#include "tests/protocol/message.h"
#include "tests/support/suite.h"

static size_t member_size(const struct kafc_field *f)
{
    static const size_t size[] = {
        [KAFC_BOOL] = sizeof(bool),
        [KAFC_I8] = 1,
        [KAFC_I16] = 2,
        [KAFC_I32] = 4,
        [KAFC_I64] = 8,
        [KAFC_U16] = 2,
        [KAFC_F64] = 8,
        [KAFC_UUID] = 16,
        [KAFC_STRING] = sizeof(kafc_str),
        [KAFC_BLOB] = sizeof(kafc_bytes),
        [KAFC_RECORDS] = sizeof(struct kafc_records),
        [KAFC_PTR] = sizeof(void *),
        [KAFC_ARR] = sizeof(KAFC_ARRAY(char)),
    };
    return f->kind == KAFC_STRUCT ? f->sub->size : size[f->kind];
}

static size_t member_align(const struct kafc_field *f)
{
    switch (f->kind) {
    case KAFC_BOOL:
    case KAFC_I8:
    case KAFC_UUID: return 1;
    case KAFC_I16:
    case KAFC_U16: return 2;
    case KAFC_I32: return 4;
    default: return 8;
    }
}

static size_t round_up(size_t n, size_t align)
{
    return (n + align - 1) / align * align;
}

/* The error, or an empty string. Every byte of the struct belongs to a row or is padding in front of one. */
static void walk_bytes(const struct kafc_schema *s, char *err, size_t cap)
{
    size_t at = 0;
    for (int i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        if (f->off != round_up(at, member_align(f))) {
            snprintf(err, cap,
                     "%s: a member before %s (bytes %zu..%d) has no row, or rows are out of order",
                     s->name, f->name, at, f->off);
            return;
        }
        at = f->off + member_size(f);
    }
    if (s->unknown != round_up(at, 8) || s->size != s->unknown + sizeof(struct kafc_tags))
        snprintf(err, cap, "%s: a member behind the last row (bytes %zu..%d) has no row", s->name,
                 at, s->unknown);
}

/* The member's name is Kafka's in snake_case: checked where the struct is spelled out, by the compiler; here the
 * ranges. */
static void check_field(const struct kafc_schema *s, const struct kafc_field *f, int flex)
{
    ck_assert_msg(f->on.hi > 0, "%s.%s: no versions given", s->name, f->name);
    ck_assert_msg(f->on.lo < f->on.hi, "%s.%s: versions the wrong way round", s->name, f->name);
    ck_assert_msg(f->name && isalpha((unsigned char)*f->name), "%s: a row without a name", s->name);
    if (f->tagged.hi) {
        ck_assert_msg(f->tagged.lo >= flex, "%s.%s: tagged before versions are flexible", s->name,
                      f->name);
        ck_assert_msg(f->tagged.lo == f->on.lo && f->tagged.hi == f->on.hi, "%s.%s: tagged in part",
                      s->name, f->name);
    }
    bool structs = f->kind == KAFC_STRUCT || f->kind == KAFC_PTR ||
                   (f->kind == KAFC_ARR && f->elem == KAFC_STRUCT);
    ck_assert_msg(structs == (f->sub != NULL), "%s.%s: sub-table", s->name, f->name);
    ck_assert_msg((f->kind == KAFC_ARR) == (f->elem != 0), "%s.%s: element kind", s->name, f->name);
}

static void check_schema(const struct kafc_schema *s, int flex)
{
    char err[256] = "";
    walk_bytes(s, err, sizeof(err));
    ck_assert_msg(!*err, "%s", err);
    unsigned tags = 0;
    ck_assert_msg(s->nfields <= KAFC_WALK_ROWS, "%s: more rows than the walkers take", s->name);
    for (int i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        check_field(s, f, flex);
        for (int j = 0; j < i; j++)
            ck_assert_msg(strcmp(f->name, s->field[j].name) != 0, "%s.%s: twice", s->name, f->name);
        if (f->tagged.hi) {
            ck_assert_msg(f->tag < 32 && !(tags & 1u << f->tag), "%s.%s: a tag twice", s->name,
                          f->name);
            tags |= 1u << f->tag;
        }
        if (f->sub) {
            ck_assert_msg(f->sub->key == -1 && f->sub->flex == -1, "%s: a message inside a message",
                          f->sub->name);
            check_schema(f->sub, flex);
        }
    }
}

START_TEST(every_byte_of_every_struct_has_its_row)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++) {
        check_schema(apis[i]->req, apis[i]->flex);
        check_schema(apis[i]->resp, apis[i]->flex);
    }
    const struct kafc_schema *const *data = kafc__data_schemas(&n);
    for (size_t i = 0; i < n; i++)
        check_schema(data[i], data[i]->flex);
}
END_TEST

START_TEST(the_walk_over_bytes_sees_a_forgotten_row)
{
    const struct kafc_schema *s = kafc_metadata_api.resp;
    struct kafc_field rows[16];
    struct kafc_schema cut = *s;
    cut.field = rows;
    cut.nfields = (uint16_t)(s->nfields - 1);
    for (int gone = 0; gone < s->nfields; gone++) {
        char err[256] = "";
        for (int i = 0, j = 0; i < s->nfields; i++)
            if (i != gone)
                rows[j++] = s->field[i];
        walk_bytes(&cut, err, sizeof(err));
        /* the last, an int16 in what would be padding, is out of its reach: the vectors find that one */
        if (gone < s->nfields - 1)
            ck_assert_msg(*err, "%s", s->field[gone].name);
    }
}
END_TEST

/* A default that is a struct of defaults points to shared zeros: they must be what its rows say. */
START_TEST(defaults_that_are_structs_are_zeros)
{
    size_t n, found = 0;
    const struct kafc_schema *const *data = kafc__data_schemas(&n);
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < data[i]->nfields; k++) {
            const struct kafc_field *f = &data[i]->field[k];
            char zero[64] = { 0 }, some[64];
            if (f->kind != KAFC_PTR || f->null_default)
                continue;
            found++;
            ck_assert_uint_le(f->sub->size, sizeof(zero));
            kafc__msg_defaults(f->sub, some);
            ck_assert(kafc__msg_equal(f->sub, zero, some));
        }
    ck_assert_uint_eq(found, 1);
}
END_TEST

/* A log key is read under two numbers, so its rows may not ask which; and everything that an array may hold is known
 * to all walkers. */
START_TEST(keys_of_logs_and_elements_suit_the_walkers)
{
    size_t aliases = 0;
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        for (int k = 0; k < s->nfields; k++)
            ck_assert_int_ne(s->field[k].elem, KAFC_RECORDS);
        if (!s->alias)
            continue;
        aliases++;
        ck_assert(s->min == 0 && s->max == 0 && s->alias > 0 && s->flex == 127);
        for (int k = 0; k < s->nfields; k++)
            ck_assert_msg(s->field[k].on.lo == 0 && s->field[k].on.hi == 127 && !s->field[k].sub,
                          "%s.%s", s->name, s->field[k].name);
    }
    ck_assert_uint_gt(aliases, 20);
}
END_TEST

/* A client waits from a version on that says how long. */
static void check_throttle(const struct kafc_api *a)
{
    int first = 127;
    for (int i = 0; i < a->resp->nfields; i++)
        if (!strcmp(a->resp->field[i].name, "ThrottleTimeMs"))
            first = a->resp->field[i].on.lo;
    ck_assert_msg(a->throttle_from >= first, "%s: throttled from %d, told from %d", a->name,
                  a->throttle_from, first);
    ck_assert_msg(a->throttle_from <= a->max || first == 127, "%s is never throttled", a->name);
}

START_TEST(apis_agree_with_their_tables)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++) {
        const struct kafc_api *a = apis[i];
        char name[64];
        ck_assert_ptr_eq(kafc__api(a->key), a);
        ck_assert(i == 0 || a->key > apis[i - 1]->key);
        snprintf(name, sizeof(name), "%sRequest", a->name);
        ck_assert_str_eq(a->req->name, name);
        snprintf(name, sizeof(name), "%sResponse", a->name);
        ck_assert_str_eq(a->resp->name, name);
        const struct kafc_schema *both[] = { a->req, a->resp };
        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(both[k]->key, a->key);
            ck_assert_int_eq(both[k]->min, a->min);
            ck_assert_int_eq(both[k]->max, a->max);
            ck_assert_int_eq(both[k]->flex, a->flex);
        }
        ck_assert(a->min <= a->pick_min && a->pick_min <= a->pick_max && a->pick_max <= a->max);
        check_throttle(a);
    }
    ck_assert_uint_eq(n, 93);
    ck_assert_int_eq(kafc_init_producer_id_api.pick_max, 5); /* 6 is not final */
    ck_assert_ptr_null(kafc__api(-1));
    ck_assert_ptr_null(kafc__api(999));
}
END_TEST

START_TEST(tables_print_themselves)
{
    const struct kafc_schema *s = kafc_metadata_api.req;
    char text[1024];
    size_t n = kafc__schema_text(s, text, sizeof(text));
    ck_assert_str_eq(text, "MetadataRequest api 3 versions 0-13 flexible 9+\n"
                           "  Topics []MetadataRequestTopic 0+ null 1+\n"
                           "    TopicId uuid 10+ ignorable\n"
                           "    Name string 0+ null 10+\n"
                           "  AllowAutoTopicCreation bool 4+ default true\n"
                           "  IncludeClusterAuthorizedOperations bool 8-10\n"
                           "  IncludeTopicAuthorizedOperations bool 8+\n");
    ck_assert_uint_eq(n, strlen(text));
    char few[20];
    ck_assert_uint_eq(kafc__schema_text(s, few, sizeof(few)), n);
    ck_assert_str_eq(few, "MetadataRequest api");
}
END_TEST

START_TEST(all_tables_print_themselves)
{
    char text[64 * 1024];
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        size_t n = kafc__schema_text(s, text, sizeof(text));
        ck_assert(n > 0 && n == strlen(text) && n < sizeof(text));
        ck_assert_msg(strncmp(text, s->name, strlen(s->name)) == 0, "%s", text);
        for (int k = 0; k < s->nfields; k++)
            ck_assert_msg(strstr(text, s->field[k].name) != NULL, "%s.%s", s->name,
                          s->field[k].name);
    }
    kafc__schema_text(kafc__schema_named("FetchRequest"), text, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "\n  ClusterId string 12+ null 12+ tag 0"));
    ck_assert_ptr_nonnull(strstr(text, "default null"));
}
END_TEST

START_TEST(everything_has_its_name)
{
    size_t n;
    const struct kafc_api *const *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++)
        ck_assert_ptr_eq(kafc__api_named(apis[i]->name), apis[i]);
    for (size_t i = 0; i < pick_count(); i++)
        ck_assert_ptr_eq(kafc__schema_named(pick_message(i)->name), pick_message(i));
    ck_assert_ptr_null(kafc__api_named("fetch"));
    ck_assert_ptr_null(kafc__schema_named("Fetch"));
}
END_TEST

/* No walker goes on with a version that the message does not have. */
START_TEST(versions_that_are_none_are_refused)
{
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        void *msg = message_new(s);
        kafc__msg_defaults(s, msg);
        for (int v = -2; v < 130; v++) {
            size_t n;
            struct kafc_rd r;
            struct kafc_wr w;
            uint8_t buf[8];
            kafc_error e;
            char want[100];
            if ((v >= s->min && v <= s->max) || (s->alias && v == s->alias))
                continue;
            snprintf(want, sizeof(want), "%s has versions %d %s %d, not %d", s->name, s->min,
                     s->alias ? "and" : "to", s->alias ? s->alias : s->max, v);
            kafc__rd_init(&r, "", 0);
            kafc__wr_init(&w, buf, sizeof(buf), NULL);
            MUST(kafc__msg_size(s, msg, (int16_t)v, &n, NULL, &e) == KAFC_ERR_UNSUPPORTED &&
                     kafc__msg_encode(&w, s, msg, (int16_t)v, NULL) == KAFC_ERR_UNSUPPORTED &&
                     kafc__msg_decode(&r, s, msg, (int16_t)v, NULL, NULL) == KAFC_ERR_UNSUPPORTED &&
                     strcmp(e.message, want) == 0,
                 "%s", want);
        }
        free(msg);
    }
}
END_TEST

SUITE_MAIN("protocol/tables", 30, every_byte_of_every_struct_has_its_row,
           the_walk_over_bytes_sees_a_forgotten_row, apis_agree_with_their_tables,
           defaults_that_are_structs_are_zeros, keys_of_logs_and_elements_suit_the_walkers,
           keys_of_logs_and_elements_suit_the_walkers, tables_print_themselves,
           all_tables_print_themselves, everything_has_its_name, versions_that_are_none_are_refused)
