# SPDX-License-Identifier: BSD-2-Clause
# limit 240
# TLS: a good certificate, each kind of wrong one, our own for brokers that want it, in each form; and two sides of which one
# speaks TLS.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"
has pem || exit 0

over SSL
peer create "$CASE" 4 1
round_trip "$CASE" "${options[@]}"
kafc metadata -b "$SSL_BROKERS" -X security.protocol=SSL -X ssl.truststore.location="$SECURE/ca.p12" \
    -X ssl.truststore.password=changeit > /dev/null || fail "authorities in PKCS#12"
kafc metadata "${options[@]}" -X ssl.truststore.location="$SECURE/other-ca.pem" \
    -X enable.ssl.certificate.verification=false > /dev/null || fail "verification turned off"

refused_soon "ssl.truststore.location" "${options[@]}" -X ssl.truststore.location="$SECURE/other-ca.pem"
over EXPIRED && refused_soon "expired" "${options[@]}"
over OTHER && refused_soon "other.example" "${options[@]}"
kafc metadata "${options[@]}" -X ssl.endpoint.identification.algorithm=none > /dev/null || fail "any name will do"
over NAMELESS && refused_soon "name" "${options[@]}"

# One side speaks TLS, the other does not.
refused_soon "security.protocol" -b "$SSL_BROKERS" "${quick[@]}"
refused_soon "security.protocol" -b "$BROKERS" "${quick[@]}" -X security.protocol=SSL "${tls[@]}"

# The broker wants our certificate.
over MUTUAL
refused_soon "certificate" "${options[@]}"
refused_soon "certificate" "${options[@]}" -X ssl.keystore.location="$SECURE/stranger.pem"
forms=0
for form in "ssl.keystore.location=$SECURE/client.pem" \
    "ssl.keystore.location=$SECURE/client.p12 -X ssl.keystore.password=changeit" \
    "ssl.certificate.location=$SECURE/client.crt -X ssl.key.location=$SECURE/client.key" \
    "ssl.certificate.location=$SECURE/client.crt -X ssl.key.location=$SECURE/client-secret.key"; do
    password=()
    [[ $form != *secret* ]] || password=(-X ssl.key.password="open sesame")
    # shellcheck disable=SC2086
    kafc metadata "${options[@]}" -X $form "${password[@]}" > /dev/null || fail "our certificate as $form"
    forms=$((forms + 1))
done
[ $forms = 4 ]
misused "password" "${options[@]}" -X ssl.certificate.location="$SECURE/client.crt" \
    -X ssl.key.location="$SECURE/client-secret.key" -X ssl.key.password=wrong
peer create "$CASE-mutual" 4 1
round_trip "$CASE-mutual" "${options[@]}" -X ssl.keystore.location="$SECURE/client.pem"
