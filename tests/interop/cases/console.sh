# SPDX-License-Identifier: BSD-2-Clause
# Apache Kafka's own console consumer reads what kafc wrote.
. "$(dirname "$0")/../lib.sh"

folder=$("$interop/cluster" jars "$KAFKA_VERSION")
case $KAFKA_VERSION in
2.*) class=kafka.tools.ConsoleConsumer ;;
4.0.*)
    # kafka-tools is not to be had in this version; a later one's reads here as well.
    folder=$("$interop/cluster" jars 4.3.1)
    class=org.apache.kafka.tools.consumer.ConsoleConsumer
    ;;
*) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
esac

for ((i = 0; i < 500; i++)); do printf 'key %d:value %d\n' "$i" "$i"; done > lines
peer create "$CASE" 4 1
for codec in snappy zstd; do
    kafc produce -b "$BROKERS" -t "$CASE" -K : -z $codec -H "codec=$codec" < lines
done
java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$folder/*" $class \
    --bootstrap-server "$BROKERS" --topic "$CASE" --from-beginning --max-messages 1000 --timeout-ms 60000 \
    --property print.key=true --property print.headers=true --property key.separator=: > read 2> said ||
    { tail -n 5 said >&2; fail "the console consumer: exit status $?"; }
for codec in snappy zstd; do
    sed "s/^/codec:$codec\t/" lines
done | sort > expected
# Between headers and key stands key.separator or a tab, as the version has it; and some say something
# of their options first.
sed -n 's/^codec:\([a-z]*\)[:\t]/codec:\1\t/p' read | sort > got
same expected got "the console consumer reads something else"
