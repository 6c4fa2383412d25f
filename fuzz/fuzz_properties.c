/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: kafc_properties_set, kafc_properties_load,
 * kafc__options_resolve, the parser of bootstrap lists in kafc__core_new.
 *
 * The input is a properties file. What it sets must open or be refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/options.h"
#include "core/core.h"
#include "fuzz/fuzz.h"
#include <kafc/reader.h>
#include <kafc/writer.h>

static void must(int ok)
{
    if (!ok)
        abort();
}

static void open_core(const char *brokers)
{
    struct kafc_core_config cfg = { .brokers = brokers, .client_id = "f" };
    kafc_error err = { .message = "" };
    struct kafc_core *c = kafc__core_new(&cfg, 0, 0, &err);

    must(c || err.message[0]);
    kafc__core_free(c);
}

static void resolve_all(const kafc_properties *p)
{
    kafc_client_options c = { .size = sizeof c, .properties = p }, client;
    kafc_writer_options w = { .size = sizeof w, .properties = p }, writer;
    kafc_reader_options r = { .size = sizeof r, .properties = p }, reader;
    kafc_error err;

    if (kafc__options_resolve(&kafc__client_options, &c, &client, &err) == KAFC_OK && client.brokers)
        open_core(client.brokers);
    (void)kafc__options_resolve(&kafc__writer_options, &w, &writer, &err);
    (void)kafc__options_resolve(&kafc__reader_options, &r, &reader, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    kafc_properties *p = kafc_properties_new();
    kafc_error err = { .message = "" };
    FILE *f;

    (void)snprintf(path, sizeof path, "/tmp/kafc-fuzz-properties-%ld", (long)getpid());
    f = fopen(path, "wb");
    must(f && p);
    (void)fwrite(data, 1, size, f);
    (void)fclose(f);
    if (kafc_properties_load(p, path, &err) != KAFC_OK)
        must(err.message[0] != 0);
    resolve_all(p);
    kafc_properties_free(p);
    (void)unlink(path);
    return 0;
}
