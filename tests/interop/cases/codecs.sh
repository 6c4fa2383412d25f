# SPDX-License-Identifier: BSD-2-Clause
# Every codec that the broker has, written by kafc, by kcat and by Java, read by all three, in the broker's
# format; both framings of snappy. A codec that it lacks is refused.
. "$(dirname "$0")/../lib.sh"

xerial=82534e4150505900 # what its framing begins with; librdkafka writes the block alone

for ((i = 0; i < 1000; i++)); do
    printf 'k%d:value %d of the same words again and again, again and again\n' $((i % 50)) "$i"
done > lines

# check TOPIC CODEC: all three read what was written, and the log really has the codec.
check()
{
    all_read_alike "$1"
    fields 5,7 "$1.kafc" | tr '\t' ':' > "$1.read"
    same lines "$1.read" "not what was written into $1"
    [ "$(log_format 1 "$1" 0)" = "$format_kept" ] || fail "the log of $1 has not format $format_kept"
    [ "$(log_codec 1 "$1" 0)" = "$2" ] || fail "the log of $1 has not codec $2"
}

format_kept=0
! has timestamps || format_kept=1
! has headers || format_kept=2
number=0
for codec in none gzip snappy lz4 zstd; do
    if ! has $codec; then
        topic=$CASE-kafc-$codec
        peer create "$topic" 1 1
        refused $codec produce -b "$BROKERS" -t "$topic" -K : -z $codec < lines
        empty "$topic"
        continue
    fi
    for writer in kafc kcat java; do
        topic=$CASE-$writer-$codec
        peer create "$topic" 1 1
        case $writer in
        # Batches of some size: one that does not gain by its codec goes without. The end of the input ends the wait.
        kafc) kafc produce -b "$BROKERS" -t "$topic" -K : -z "$codec" -X linger.ms=10000 < lines ;;
        kcat) kcat -P -b "$BROKERS" -t "$topic" -K : -z "$codec" -X linger.ms=1000 < lines ;;
        java)
            sed "s/^\([^:]*\):\(.*\)/$topic\t-\t-\t\1\t\2/" lines > records
            peer write "$WORK/records" compression.type="$codec" linger.ms=1000
            ;;
        esac
        check "$topic" "$number"
        if [ "$codec" = snappy ]; then
            begin=$(log_payload 1 "$topic" 0)
            case $writer in
            kcat) ! has keeps-batches || [ "$begin" != $xerial ] || fail "kcat wrote xerial frames: nothing is tested" ;;
            *) [ "$begin" = $xerial ] || fail "$writer did not write xerial frames but $begin" ;;
            esac
        fi
    done
    number=$((number + 1))
done

# What does not shrink is written as it is, whatever the codec, and read back by all. One record: what surrounds the
# records of a batch, with times that are alike, may be what shrinks.
{ head -c 400000 /dev/urandom | LC_ALL=C tr -dc '!-9;-~'; echo; } | sed 's/^/k:/' > lines
for codec in snappy lz4; do
    has $codec || continue
    topic=$CASE-noise-$codec
    peer create "$topic" 1 1
    kafc produce -b "$BROKERS" -t "$topic" -K : -z $codec < lines
    check "$topic" 0
done
