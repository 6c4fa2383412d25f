/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads what Assign.java prints and does the same: each subscription is read
 * and written again to the same bytes, and each assignment is to the byte the
 * one that Java makes. But where a member claims, of an older generation, what
 * it does not subscribe to any more: Java may move that back to it. Prints a
 * line for each difference, then the counts; exit status 1 if there is one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/assignor.h"
#include "protocol/blob/sticky.h"
#include "protocol/schema.h"
#include "protocol/wire.h"

enum { MOST = 512, LINE = 1 << 22 };

static struct kafc_arena arena;
static struct kafc_assign_topic topics[MOST];
static struct kafc_assign_member members[MOST];
static kafc_bytes sent[MOST], java[MOST];
static int32_t ntopics, nmembers;
static const struct kafc_assignor *assignor;
static int rounds, differ, astray, failed;

static void *room(size_t n, size_t size)
{
    void *p = kafc__arena_array(&arena, n, size);
    if (!p)
        abort();
    return p;
}

static kafc_bytes unhex(const char *s)
{
    size_t n = strlen(s) / 2;
    unsigned char *p = room(n + 1, 1);

    if (strcmp(s, "-") == 0)
        return (kafc_bytes){ NULL, 0 };
    for (size_t i = 0; i < n; i++) {
        unsigned v = 0;
        if (sscanf(s + 2 * i, "%2x", &v) != 1)
            abort();
        p[i] = (unsigned char)v;
    }
    return (kafc_bytes){ p, (int32_t)n };
}

static kafc_str name_of(const char *hex)
{
    kafc_bytes b = unhex(hex);
    return (kafc_str){ b.p, b.len };
}

static void read_racks(struct kafc_assign_topic *t, char *s)
{
    struct kafc_assign_partition *v = room((size_t)t->npartitions, sizeof(*v));
    char *each = s;

    for (int32_t p = 0; p < t->npartitions; p++) {
        char *end = each + strcspn(each, ";");
        kafc_str *names = room((size_t)(end - each) + 1, sizeof(*names));
        *end = 0;
        for (char *name = each; name < end && *name != '-'; name += strcspn(name, ",") + 1)
            names[v[p].nracks++] = (kafc_str){ kafc__arena_dup(&arena, name, strcspn(name, ",")),
                                               (int32_t)strcspn(name, ",") };
        v[p].racks = names;
        each = end + 1;
    }
    t->partitions = v;
}

/* What the member says, for it to be said again. */
static struct kafc_assign_self self_of(const struct kafc_assign_member *m)
{
    struct kafc_assign_self self = { .topics = m->sub.topics.v,
                                     .ntopics = m->sub.topics.n,
                                     .owned = m->sub.owned_partitions.v,
                                     .nowned = m->sub.owned_partitions.n,
                                     .generation = m->sub.generation_id,
                                     .rack = m->sub.rack_id };
    struct kafc_sticky_user_data d;
    struct kafc_rd rd;

    if (assignor->data != KAFC_ASSIGN_DATA_OWNED || !m->sub.user_data.p)
        return self;
    kafc__rd_init(&rd, m->sub.user_data.p, (size_t)m->sub.user_data.len);
    if (kafc__msg_decode(&rd, &kafc_sticky_user_data_schema, &d, 1, &arena, NULL))
        abort();
    struct kafc_consumer_subscription_topic *v = room((size_t)d.previous_assignment.n, sizeof(*v));
    for (int32_t i = 0; i < d.previous_assignment.n; i++) {
        v[i].topic = d.previous_assignment.v[i].topic;
        v[i].partitions.v = d.previous_assignment.v[i].partitions.v;
        v[i].partitions.n = d.previous_assignment.v[i].partitions.n;
    }
    self.owned = v;
    self.nowned = d.previous_assignment.n;
    return self;
}

static bool written_again(const struct kafc_assign_member *m, kafc_bytes as)
{
    struct kafc_assign_self self = self_of(m);
    kafc_bytes ours;

    return kafc__assign_subscribe(assignor, &self, &arena, &ours, NULL) == KAFC_OK &&
           ours.len == as.len && memcmp(ours.p, as.p, (size_t)as.len) == 0;
}

static bool subscribes(const struct kafc_assign_self *self, kafc_str name)
{
    for (int32_t i = 0; i < self->ntopics; i++)
        if (self->topics[i].len == name.len &&
            memcmp(self->topics[i].p, name.p, (size_t)name.len) == 0)
            return true;
    return false;
}

/* Somebody has unsubscribed from what it had in an older generation. */
static bool may_go_astray(void)
{
    int32_t max = -1;

    for (int32_t i = 0; i < nmembers; i++)
        max = members[i].sub.generation_id > max ? members[i].sub.generation_id : max;
    for (int32_t i = 0; i < nmembers; i++) {
        struct kafc_assign_self self = self_of(&members[i]);
        for (int32_t t = 0; self.generation < max && t < self.nowned; t++)
            if (!subscribes(&self, self.owned[t].topic))
                return true;
    }
    return false;
}

static void compare(void)
{
    struct kafc_assign_in in = { members, nmembers, topics, ntopics };
    struct kafc_assigned *got;
    kafc_bytes *ours;
    kafc_error err;
    bool same = true;

    if (kafc__assign(assignor, &in, &arena, &got, &err) ||
        kafc__assignments_write(&in, got, &arena, &ours, &err)) {
        printf("round %d, %s: %s\n", rounds, assignor->name, err.message);
        differ++;
        return;
    }
    for (int32_t i = 0; i < nmembers; i++) {
        if (!written_again(&members[i], sent[i])) {
            printf("round %d, %s: subscription %d is written otherwise\n", rounds, assignor->name,
                   i);
            differ++;
        }
        same = same && ours[i].len == java[i].len &&
               memcmp(ours[i].p, java[i].p, (size_t)java[i].len) == 0;
    }
    if (!same && !may_go_astray()) {
        printf("round %d, %s: %d members, %d topics: another assignment\n", rounds, assignor->name,
               nmembers, ntopics);
        differ++;
    }
    astray += !same && may_go_astray();
}

static void read_member(char *const *w)
{
    kafc_error err;

    sent[nmembers] = unhex(w[3]);
    java[nmembers] = unhex(w[4]);
    if (kafc__assign_member_read(&members[nmembers], name_of(w[1]), name_of(w[2]), sent[nmembers],
                                 &arena, &err)) {
        printf("round %d: %s\n", rounds, err.message);
        differ++;
    }
    nmembers++;
}

static void take(char *line)
{
    char *w[5] = { line };

    for (int i = 1; i < 5 && w[i - 1]; i++)
        if ((w[i] = strchr(w[i - 1], '\t')))
            *w[i]++ = 0;
    if (*line == 'A') {
        kafc__arena_reset(&arena);
        ntopics = nmembers = 0;
        assignor = kafc__assignor(w[1]);
    } else if (*line == 'T' && ntopics < MOST) {
        topics[ntopics] = (struct kafc_assign_topic){ name_of(w[1]), atoi(w[2]), NULL };
        read_racks(&topics[ntopics++], w[3]);
    } else if (*line == 'M' && nmembers < MOST) {
        read_member(w);
    } else if (*line == 'E') {
        compare();
        rounds++;
    } else if (*line == 'F') {
        failed++;
    } else {
        abort();
    }
}

int main(void)
{
    char *line = malloc(LINE);

    while (line && fgets(line, LINE, stdin)) {
        line[strcspn(line, "\n")] = 0;
        take(line);
    }
    free(line);
    kafc__arena_fini(&arena);
    printf("%d rounds, %d differ; Java astray in %d, failed in %d\n", rounds, differ, astray,
           failed);
    return differ != 0 || rounds == 0;
}
