# SPDX-License-Identifier: BSD-2-Clause
# Apache Kafka's own console consumer reads what kafc wrote.
. "$(dirname "$0")/../lib.sh"

folder=$("$interop/cluster" jars "$KAFKA_VERSION")
from=(--bootstrap-server "$BROKERS")
case $KAFKA_VERSION in
0.8.*)
    class=kafka.tools.ConsoleConsumer
    from=(--zookeeper "$ZOOKEEPER")
    ;;
[0-2].*) class=kafka.tools.ConsoleConsumer ;;
4.0.*)
    # kafka-tools is not to be had in this version; a later one's reads here as well.
    folder=$("$interop/cluster" jars 4.3.1)
    class=org.apache.kafka.tools.consumer.ConsoleConsumer
    ;;
*) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
esac

for ((i = 0; i < 500; i++)); do printf 'key %d:value %d\n' "$i" "$i"; done > lines
peer create "$CASE" 4 1
codecs='' total=0
for codec in snappy zstd; do
    has $codec || continue
    header=()
    ! has headers || header=(-H "codec=$codec")
    kafc produce -b "$BROKERS" -t "$CASE" -K : -z $codec "${header[@]}" < lines
    codecs+=" $codec" total=$((total + 500))
done
timeout 60 java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$folder/*" $class \
    "${from[@]}" --topic "$CASE" --from-beginning --max-messages $total \
    --property print.key=true --property print.headers=true --property key.separator=: > read 2> said ||
    fail "the console consumer: exit status $?: $(tail -n 5 said)"
for codec in $codecs; do
    if has console-headers; then sed "s/^/codec:$codec\t/" lines; else cat lines; fi
done | sort > expected
# Between headers and key stands key.separator or a tab, as the version has it; and some say something
# of their options first.
sed -n -e 's/^codec:\([a-z]*\)[:\t]/codec:\1\t/p' -e '/^key /p' read | sort > got
same expected got "the console consumer reads something else"
