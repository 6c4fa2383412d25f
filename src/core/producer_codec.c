/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which codec a topic's batches go through: the writer's, or its own. Written
 * when the producer is made, read by any thread.
 */
#include "base/log.h"
#include "base/mem.h"
#include "core/producer_internal.h"

static kafc_err check_one(kafc_compression id, int32_t level, kafc_error *err)
{
    const struct kafc_codec *codec = kafc__codec((int)id);
    if (!codec)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no compression %d", (int)id);
    if (id == KAFC_NONE)
        return KAFC_OK;
    kafc_err rc = kafc__codec_check(codec, err);
    return rc == KAFC_OK ? kafc__codec_check_level(codec, level, err) : rc;
}

static kafc_err check_topic(const struct kafc_producer_config *cfg, int32_t i, kafc_error *err)
{
    const kafc_writer_topic *t = &cfg->topics[i];
    kafc_error why;
    if (!t->topic)
        return kafc__error(err, KAFC_ERR_USAGE, "topics[%d] has no name", (int)i);
    for (int32_t k = 0; k < i; k++)
        if (strcmp(cfg->topics[k].topic, t->topic) == 0)
            return kafc__error(err, KAFC_ERR_USAGE, "topics names \"%.249s\" twice", t->topic);
    for (size_t k = 0; k < sizeof(t->reserved) / sizeof(t->reserved[0]); k++)
        if (t->reserved[k])
            return kafc__error(err, KAFC_ERR_USAGE,
                               "topic %.249s: this library knows no such option", t->topic);
    if (check_one(t->compression, t->compression_level, &why) == KAFC_OK)
        return KAFC_OK;
    return kafc__error(err, why.code, "topic %.249s: %s", t->topic, why.message);
}

kafc_err kafc__producer_codecs_check(const struct kafc_producer_config *cfg, kafc_error *err)
{
    kafc_err rc = check_one(cfg->compression, cfg->level, err);
    if (rc == KAFC_OK && (cfg->ntopics < 0 || (cfg->ntopics && !cfg->topics)))
        rc = kafc__error(err, KAFC_ERR_USAGE, "%d topics%s", (int)cfg->ntopics,
                         cfg->topics ? "" : " at NULL");
    for (int32_t i = 0; i < cfg->ntopics && rc == KAFC_OK; i++)
        rc = check_topic(cfg, i, err);
    return rc;
}

static const struct kafc_codec *codec_of(kafc_compression id)
{
    return id == KAFC_NONE ? NULL : kafc__codec((int)id);
}

bool kafc__producer_codecs_init(struct kafc_producer *p, const struct kafc_producer_config *cfg)
{
    p->cfg.topics = NULL;
    p->cfg.ntopics = 0;
    if (!cfg->ntopics)
        return true;
    p->topic_codec = kafc__zalloc_array(&cfg->mem, (size_t)cfg->ntopics, sizeof(*p->topic_codec));
    for (int32_t i = 0; p->topic_codec && i < cfg->ntopics; i++) {
        struct kafc_topic_codec *t = &p->topic_codec[p->cfg.ntopics];
        t->topic = kafc__strdup(&cfg->mem, cfg->topics[i].topic);
        if (!t->topic)
            return false;
        t->zip.codec = codec_of(cfg->topics[i].compression);
        t->zip.level = cfg->topics[i].compression_level;
        p->cfg.ntopics++;
    }
    return p->topic_codec != NULL;
}

void kafc__producer_codecs_fini(struct kafc_producer *p)
{
    for (int32_t i = 0; p->topic_codec && i < p->cfg.ntopics; i++) {
        kafc__batch_codec_fini(&p->topic_codec[i].zip);
        kafc__free(&p->cfg.mem, p->topic_codec[i].topic);
    }
    kafc__free(&p->cfg.mem, p->topic_codec);
}

struct kafc_batch_codec *kafc__producer_codec_of(struct kafc_producer *p, const char *topic)
{
    struct kafc_batch_codec *zip = &p->pool.zip;
    for (int32_t i = 0; i < p->cfg.ntopics; i++)
        if (strcmp(p->topic_codec[i].topic, topic) == 0)
            zip = &p->topic_codec[i].zip;
    return zip->codec ? zip : NULL;
}
