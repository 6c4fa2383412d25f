# SPDX-License-Identifier: BSD-2-Clause
# limit 240
# Each mechanism, in the clear and over TLS, with good and with bad credentials; a mechanism that the broker has not; a
# login where none is wanted, and none where one is.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"

mechanisms=PLAIN kinds=SASL_PLAINTEXT
! has pem || mechanisms="PLAIN SCRAM-SHA-256 SCRAM-SHA-512 OAUTHBEARER" kinds="SASL_PLAINTEXT SASL_SSL"
bad="refuses the login of 'alice'"
has authenticate || bad="during the login of 'alice'"

for kind in $kinds; do
    over $kind
    for mechanism in $mechanisms; do
        topic=$CASE-$kind-$mechanism
        peer create "$topic" 4 1
        login "$mechanism" alice alice-secret
        round_trip "$topic" "${options[@]}" "${login[@]}"
        if [ "$mechanism" = OAUTHBEARER ]; then
            misused "OAUTHBEARER" "${options[@]}" -X sasl.mechanism=OAUTHBEARER \
                -X sasl.oauthbearer.config="principal=alice lifeSeconds=0"
            refused_soon "refuses the login" "${options[@]}" -X sasl.mechanism=OAUTHBEARER \
                -X sasl.oauthbearer.config="principalClaimName=nobodys principal=alice" # a token without "sub"
        else
            login "$mechanism" alice wrong-secret
            refused_soon "$bad" "${options[@]}" "${login[@]}"
        fi
    done
done

topic=nothing
over SASL_PLAINTEXT
login SCRAM-SHA-512 alice alice-secret
has pem || refused_soon "does not offer sasl.mechanism SCRAM-SHA-512" "${options[@]}" "${login[@]}"
login PLAIN alice alice-secret
refused_soon "expects no login" -b "$BROKERS" "${quick[@]}" -X security.protocol=SASL_PLAINTEXT "${login[@]}"
refused_soon "wants a login" -b "$SASL_PLAINTEXT_BROKERS" "${quick[@]}"
if has pem; then
    refused_soon "wants a login" -b "$SASL_SSL_BROKERS" "${quick[@]}" -X security.protocol=SSL "${tls[@]}"
    # One side speaks TLS, the other does not.
    refused_soon "security.protocol" -b "$SASL_SSL_BROKERS" "${quick[@]}" -X security.protocol=SASL_PLAINTEXT "${login[@]}"
    over SASL_SSL
    refused_soon "security.protocol" "${options[@]}" "${login[@]}" -b "$SASL_PLAINTEXT_BROKERS"
    refused_soon "ssl.truststore.location" "${options[@]}" "${login[@]}" -X ssl.truststore.location="$SECURE/other-ca.pem"
fi

# In Java's words
cat > jaas.properties << END
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="alice-secret";
END
kafc metadata -b "$SASL_PLAINTEXT_BROKERS" -F jaas.properties > /dev/null || fail "the properties of Java"
