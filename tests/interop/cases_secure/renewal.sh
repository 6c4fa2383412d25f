# SPDX-License-Identifier: BSD-2-Clause
# limit 240
# Logins that last ten seconds (connections.max.reauth.ms) under load for a minute (RENEWAL_SECONDS): each record once and in
# order, written and read at the same time by connections that log in anew, and none is lost for it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../secure_lib.sh"
has pem || exit 0

seconds=${RENEWAL_SECONDS:-60}
peer create "$CASE" 4 1
over SASL_SSL
login SCRAM-SHA-512 alice alice-secret
properties=()
for word in "${options[@]:2}" "${login[@]}"; do
    [ "$word" = -X ] || properties+=("$word")
done
"$KAFC" consume -t "$CASE" -o beginning -f '%p %k\n' "${options[@]}" "${login[@]}" > read 2> read.said &
reader=$!
trap 'kill $reader 2> /dev/null || true' EXIT
total=$("$TOOLS/flood" write "$SASL_SSL_BROKERS" "$CASE" 4 "$seconds" "${properties[@]}" buffer.memory=4000000) || fail "the writer"
arrived() { [ "$(wc -l < read)" -ge "$total" ]; }
until_true 60 arrived || fail "$(wc -l < read) of $total were read: $(tail -n 3 read.said)"
kill $reader
wait $reader || true
"$TOOLS/flood" check 4 "$total" < read || fail "what was read"
! grep -i "lost\|refuse" read.said || fail "a connection was lost"
echo "$total records in $seconds s while logins were renewed" > figures
