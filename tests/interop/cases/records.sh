# SPDX-License-Identifier: BSD-2-Clause
# The same records written by the library and by Java give the same log: null and empty keys and values,
# times of their own, headers of each; read back, all is as it was.
. "$(dirname "$0")/../lib.sh"

tab=$(printf '\t')
{
    cat << 'END'
0	1700000000000	\N	\N
0	1700000000001	\N	
0	1		\N
0	1500000000000		
0	1700000000002	key	value	h=1	h=2	h=\N	h=	=nameless	ключ=\xff\xfe
1	1700000000003	\xff\x01\x80	\xc3\x28
1	0	epoch	the first millisecond
1	1700000000004	k	v	h=\N
END
    for ((i = 0; i < 300; i++)); do
        printf -- '-\t%d\tkey %d\tvalue %d\tn=%d\n' $((1700000100000 + i * i)) $((i % 40)) "$i" "$i"
    done
} > plain

for codec in none gzip snappy lz4 zstd; do
    has $codec || continue
    for writer in ours java; do
        topic=$CASE-$writer-$codec
        peer create "$topic" 3 1
        sed "s/^/$topic$tab/" plain | fit > "records.$writer"
    done
    ours_write "records.ours" compression.type=$codec > where
    peer write "$WORK/records.java" compression.type=$codec
    all_read_alike "$CASE-ours-$codec"
    all_read_alike "$CASE-java-$codec"
    same "$CASE-java-$codec.java" "$CASE-ours-$codec.java" "$codec: not the log that Java writes"

    # The verdicts tell the truth.
    cut -d ' ' -f 2,3 where | tr ' ' '\t' | by_offset > said
    cut -f 1,2 "$CASE-ours-$codec.kafc" > are
    same are said "$codec: the places told are not those of the records"
done

# Into several topics in one call.
for n in 1 2 3; do peer create "$CASE-several-$n" 2 1; done
for ((i = 0; i < 90; i++)); do
    printf '%s-several-%d\t-\t-\tk%d\tvalue %d\n' "$CASE" $((i % 3 + 1)) $((i % 7)) "$i"
done > several
ours_write several > where
for n in 1 2 3; do
    all_read_alike "$CASE-several-$n"
    [ "$(wc -l < "$CASE-several-$n.kafc")" = 30 ] || fail "not 30 records in topic $n"
done
