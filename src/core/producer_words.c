/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Why a batch failed, in words: the broker's, of the batch and of single
 * records (KIP-467). Reports point at them, so they are kept as long as the
 * producer; a bound on their number is the bound on what brokers can make it
 * hold. The driver's thread.
 */
#include "base/mem.h"
#include "core/producer_internal.h"

#include <stdio.h>

enum { WORDS_MAX = 256, WORDS_LEN = 240 };

const char *kafc__producer_words(struct kafc_producer *p, const char *text, size_t len)
{
    char line[WORDS_LEN + 1];
    if (!text || !len)
        return NULL;
    if (len > WORDS_LEN)
        for (len = WORDS_LEN; len > 1 && (text[len] & 0xc0) == 0x80; len--) {
        } /* between characters */
    for (size_t i = 0; i < len; i++)
        line[i] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
    line[len] = '\0';
    char *kept = kafc__map_get(&p->words, line, len);
    if (kept || p->nwords == WORDS_MAX)
        return kept;
    kept = kafc__strdup(&p->cfg.mem, line);
    if (kept && !kafc__map_put(&p->words, kept, len, kept)) {
        kafc__free(&p->cfg.mem, kept);
        return NULL;
    }
    p->nwords += kept != NULL;
    return kept;
}

void kafc__producer_words_free(struct kafc_producer *p)
{
    char *kept;
    size_t i = 0;
    while ((kept = kafc__map_next(&p->words, &i)))
        kafc__free(&p->cfg.mem, kept);
    kafc__map_fini(&p->words);
}

/* In ascending order, as brokers name them; what is out of it is left out. Without memory the batch fails as one. */
static void name_records(struct kafc_producer *p, struct kafc_batch_out *b,
                         const struct kafc_produce_resp_partition *a)
{
    int32_t n = a->record_errors.n < b->count ? a->record_errors.n : b->count;
    kafc__free(&p->cfg.mem, b->bad);
    b->nbad = 0;
    b->bad = n > 0 ? kafc__zalloc_array(&p->cfg.mem, (size_t)n, sizeof(*b->bad)) : NULL;
    for (int32_t i = 0; b->bad && i < n; i++) {
        const kafc_str *text = &a->record_errors.v[i].batch_index_error_message;
        int32_t record = a->record_errors.v[i].batch_index;
        if (record < 0 || record >= b->count || (b->nbad && record <= b->bad[b->nbad - 1].record))
            continue;
        const char *why = text->p ? kafc__producer_words(p, text->p, (size_t)text->len) : NULL;
        b->bad[b->nbad++] = (struct kafc_bad_record){ record, why ? why : b->why };
    }
}

/* What the others of the batch are told. Not which one it was: there would be new words for each batch. */
static void name_the_first(struct kafc_producer *p, struct kafc_batch_out *b)
{
    char line[WORDS_LEN + 64]; /* what is too long is cut between characters when it is kept */
    const struct kafc_bad_record *bad = b->bad;
    if (!b->nbad)
        return;
    int n = snprintf(line, sizeof(line), "another message of its batch was refused%s%s",
                     bad->why ? ": " : "", bad->why ? bad->why : "");
    b->why = n > 0 ? kafc__producer_words(p, line, strlen(line)) : NULL;
}

void kafc__producer_blame(struct kafc_producer *p, struct kafc_batch_out *b,
                          const struct kafc_outcome *o)
{
    if (o->why)
        b->why = o->why;
    if (!o->answer)
        return; /* a request that ran out of time says nothing new */
    const kafc_str *text = &o->answer->error_message;
    b->why = text->p ? kafc__producer_words(p, text->p, (size_t)text->len) : NULL;
    name_records(p, b, o->answer);
    name_the_first(p, b);
}

void kafc__batch_out_reason(const struct kafc_batch_out *b, int32_t record, kafc_report *r)
{
    r->code = b->code;
    r->why = b->why ? b->why : kafc_err_text(b->code);
    if (!b->nbad)
        return;
    int32_t at = 0, end = b->nbad;
    while (at < end) {
        int32_t mid = at + (end - at) / 2;
        if (b->bad[mid].record < record)
            at = mid + 1;
        else
            end = mid;
    }
    if (at == b->nbad || b->bad[at].record != record)
        r->code = KAFC_ERR_OTHER_RECORD_INVALID;
    else
        r->why = b->bad[at].why ? b->bad[at].why : kafc_err_text(b->code);
}
