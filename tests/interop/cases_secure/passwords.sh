# SPDX-License-Identifier: BSD-2-Clause
# limit 240
# What is in a name and a password of SCRAM: quotes, backslashes and '=', and other scripts in any of Unicode's forms, as
# Kafka's own tool has hashed them: byte for byte, so that SASLprep (sasl.scram.saslprep) is for other brokers.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"
has pem || exit 0

jars=$("$interop/cluster" jars "$KAFKA_VERSION")
over SASL_PLAINTEXT

# user MECHANISM NAME PASSWORD: as kafka-configs makes one
user()
{
    LC_ALL=C.UTF-8 timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$jars/*" kafka.admin.ConfigCommand \
        --bootstrap-server "$BROKERS" --alter --entity-type users --entity-name "$2" \
        --add-config "$1=[iterations=8192,password=$3]" > said 2>&1 || fail "kafka-configs: $(tail -n 3 said)"
}

logs_in() { until_true 20 kafc metadata "${options[@]}" "${login[@]}" "$@" > /dev/null 2>> said; }

plain="p'w\"\\ =x" other=$'p\u00e4ss\u00ad\u2168e\u0301'
for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do
    user $mechanism 'a=b' "$plain"
    user $mechanism odd "$other"
    login $mechanism 'a=b' "$plain"
    logs_in || fail "quotes and the like by $mechanism: $(tail -n 1 said)"
    logs_in -X sasl.scram.saslprep=true || fail "SASLprep changes nothing in ASCII: $(tail -n 1 said)"
    login $mechanism odd "$other"
    logs_in || fail "other scripts by $mechanism: $(tail -n 1 said)"
    topic=nothing refused_soon "refuses the login of 'odd'" "${options[@]}" "${login[@]}" -X sasl.scram.saslprep=true
done

# The same in Java's words
cat > jaas.properties << 'END'
security.protocol=SASL_PLAINTEXT
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
    username="a=b" password="p'w\\"\\\\ =x";
END
kafc metadata -b "$SASL_PLAINTEXT_BROKERS" -F jaas.properties > /dev/null || fail "escapes in sasl.jaas.config"
