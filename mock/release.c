/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which versions are there: those of the present, or of a former release.
 */
#include "mock/state.h"
#include "protocol/registry.h"

/* In the order of kafc_mserve.had. The first two close the connection over ApiVersions. */
static const char *const releases[KAFC_MOCK_RELEASES] = { "0.8",  "0.9", "0.10.0", "0.10.1",
                                                          "0.11", "1.1", "2.1",    "2.8" };

static void present(const struct kafc_mserve *s, struct kafc_mapi *to)
{
    const struct kafc_api *api = kafc__api(s->key);

    to->min = s->removed;
    to->max = api && api->max < s->max ? api->max : s->max;
}

kafc_err kafc__cluster_set_release(struct kafc_cluster *c, const char *release)
{
    const struct kafc_mserve *s;
    size_t r = 0;

    while (release && r < KAFC_MOCK_RELEASES && strcmp(releases[r], release) != 0)
        r++;
    if (r == KAFC_MOCK_RELEASES)
        return KAFC_ERR_USAGE;
    c->features = c->verifies = !release;
    for (int i = 0; (s = kafc__mock_serve_at(i)) != NULL; i++)
        if (!release)
            present(s, &c->api[i]);
        else {
            c->api[i].min = s->had[r] ? 0 : -1;
            c->api[i].max = (int16_t)(s->had[r] - 1);
        }
    return KAFC_OK;
}
