# SPDX-License-Identifier: BSD-2-Clause
# From subscribe to the first message of a new group, on a quiet broker that does not wait for more members: under
# 50 ms, with connections, coordinator, join and all. The best of ten counts, or of a hundred, if none was: what others
# do on this machine does not.
. "$(dirname "$0")/../lib.sh"
. "$interop/group.sh"

has groups || exit 0

topic=$CASE
peer create "$topic" 1 1
some "$topic" 0 10
quick() { awk '$1 < 50000 { n++ } END { exit !n }' took; }
for ((i = 0; i <= 100; i++)); do # the first makes the topic of the offsets
    [ $i -le 10 ] || ! quick || break
    group=$CASE-$i
    join "member-$i" mark "$topic"
    first() { grep -q -P '\trecord\t' "member-$i.out"; }
    until_true 30 first || fail "nothing comes: $(tail -n 5 "member-$i.said")"
    leave "member-$i"
    [ $i = 0 ] || awk -F '\t' '$2 == "begin" { t = $1 } $2 == "record" { print $1 - t; exit }' "member-$i.out" >> took
done
sort -n took | awk '{ us[NR] = $1 } END { printf "best %.1f, median %.1f, worst %.1f ms\n", us[1] / 1000,
    us[int((NR + 1) / 2)] / 1000, us[NR] / 1000; exit us[1] >= 50000 }' > figures || fail "$(cat figures)"
