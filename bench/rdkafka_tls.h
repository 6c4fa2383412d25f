/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS for librdkafka, where the environment's BENCH_CA says whom to trust.
 */
#ifndef KAFC_BENCH_RDKAFKA_TLS_H
#define KAFC_BENCH_RDKAFKA_TLS_H

#include <stdbool.h>
#include <stdlib.h>

#include <librdkafka/rdkafka.h>

/* false: why, of 256 bytes, says it. */
static inline bool rdkafka_tls(rd_kafka_conf_t *conf, char *why)
{
    const char *ca = getenv("BENCH_CA");
    return !ca ||
           (rd_kafka_conf_set(conf, "security.protocol", "ssl", why, 256) == RD_KAFKA_CONF_OK &&
            rd_kafka_conf_set(conf, "ssl.ca.location", ca, why, 256) == RD_KAFKA_CONF_OK &&
            rd_kafka_conf_set(conf, "ssl.endpoint.identification.algorithm", "https", why, 256) ==
                RD_KAFKA_CONF_OK); /* as kafc does */
}

#endif
