/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options by the Java client's names, from a file and from the command line:
 * properties FILE [name=value]…
 */
#include <stdio.h>
#include <string.h>

#include <kafc/kafc.h>

static bool set(kafc_properties *p, const char *arg, kafc_error *err)
{
    char name[128];
    const char *eq = strchr(arg, '=');

    if (!eq || (size_t)(eq - arg) >= sizeof name)
        return false;
    memcpy(name, arg, (size_t)(eq - arg));
    name[eq - arg] = 0;
    return kafc_properties_set(p, name, eq + 1, err) == KAFC_OK;
}

int main(int argc, char **argv)
{
    kafc_error err = { .message = "usage: properties FILE [name=value]…" };
    kafc_properties *p = kafc_properties_new();
    kafc_metadata *m = NULL;
    kafc_client *c = NULL;
    bool ok = p && argc > 1 && kafc_properties_load(p, argv[1], &err) == KAFC_OK;

    for (int i = 2; ok && i < argc; i++)
        ok = set(p, argv[i], &err);
    if (ok)
        c = kafc_client_open(KAFC_CLIENT(.properties = p), &err);
    if (c && kafc_client_metadata(c, NULL, KAFC_ALL_TOPICS, 10000, &m, &err) == KAFC_OK)
        printf("%d brokers, %d topics\n", m->nbrokers, m->ntopics);
    else
        fprintf(stderr, "%s\n", err.message);
    kafc_metadata_free(m);
    kafc_client_free(c);
    kafc_properties_free(p);
    return m ? 0 : 1;
}
