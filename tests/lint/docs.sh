#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the documents say is there, is there: every name with kafc's prefix is one of the tree's, in the documents for
# those who use the library one of the public headers' (and of the APIs' rows); every kafc_admin_* call has its row in
# docs/ADMIN.md; links lead somewhere; programs of ours (behind "<!-- compiles -->", or "<!-- compiles: top -->" outside
# of a function) compile.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
words() { grep -ohE '\b(kafc|KAFC)_[A-Za-z0-9_]+' "$@" | sort -u; }
{
    words $(git ls-files 'include/kafc/*.h')
    sed -nE 's/^ *X\(([A-Z0-9_]+), .*/KAFC_ERR_\1/p' include/kafc/error.h
    sed -nE 's/^API(_PICK)?\((kafc_[a-z0-9_]+),.*/\2_api/p; s/^MESSAGE\((kafc_[a-z0-9_]+),.*/\1_schema/p' \
        $(git ls-files 'protocol/api/*.c')
} | sort -u > "$tmp/public"
{ cat "$tmp/public"; words scripts/* $(git ls-files 'src/*.h' 'protocol/*.h' 'mock/*.h' 'tests/*.h'); } | sort -u > "$tmp/all"
for doc in $(git ls-files README.md 'docs/*.md'); do
    case $doc in
        */ADMIN.md|*/COMING-FROM.md|*/OFFSETS.md) known=public ;;
        *) known=all ;;
    esac
    # kafc_x_… and kafc_x_* stand for several; kafc_<api> for any; $KAFC_X is the environment's
    sed 's/\$KAFC_[A-Z_]*//g' "$doc" | grep -oE '\b(kafc|KAFC)_[A-Za-z0-9_]*(…|\*|<)?' | grep -vE '(…|\*|<|_)$' | sort -u > "$tmp/said"
    out=$(comm -23 "$tmp/said" "$tmp/$known")
    [ -z "$out" ] || { echo "$doc: named, but not there: $out" | tr '\n' ' '; echo; bad=1; }
    for link in $(grep -oE '\]\([^)#: ]+' "$doc" | cut -c3-); do
        [ -e "$(dirname "$doc")/$link" ] || { echo "$doc: the link to $link leads nowhere"; bad=1; }
    done
done
for call in $(grep -E '^kafc_admin_' "$tmp/public"); do
    grep -q "\`$call\`" docs/ADMIN.md || { echo "docs/ADMIN.md: no row for $call"; bad=1; }
done
# What docs/SECURITY.md says that an error says: *x* stands for anything, "…" for a gap.
cat src/tls/words.c src/core/link*.c src/client/channel.c | tr -d '\n' | sed -E 's/" +"//g' > "$tmp/sentences"
while read -r part; do
    grep -qF -- "$part" "$tmp/sentences" || { echo "docs/SECURITY.md: no error says \"$part\""; bad=1; }
done < <(sed -n '/^| the sentence says/,/^$/p' docs/SECURITY.md | sed '1,2d; s/^| //; s/ |.*//' |
    sed -E 's/\*[A-Za-z]+\*|…|; |, /\n/g' | sed -E 's/^ +//; s/ +$//; /^.?$/d')
printf '%s\n' '#include <kafc/kafc.h>' '#include <pthread.h>' '#include <stdio.h>' \
    'bool handle(const kafc_message *m);' 'bool worth_another_try(const kafc_message *m);' \
    'bool hand_on(const kafc_message *m);' 'extern int run;' > "$tmp/head"
cat "$tmp/head" > "$tmp/programs.c"
n=$(awk -v out="$tmp/programs.c" '
    /^<!-- compiles/ { top = /top/; wanted = 1; next }
    wanted && /^```c$/ { inside = 1; wanted = 0; n++
        if (!top) print "void program_" n "(kafc_client *c, kafc_reader *r, kafc_message m, kafc_error err);\n" \
            "void program_" n "(kafc_client *c, kafc_reader *r, kafc_message m, kafc_error err)\n{" >> out
        print "#line " FNR + 1 " \"" FILENAME "\"" >> out; next }
    inside && /^```$/ { inside = 0; if (!top) print "}" >> out; next }
    inside { sub(/^kafc_client \*c = /, "c = "); sub(/^kafc_reader \*r = /, "r = "); print >> out }
    END { print n + 0 }' $(git ls-files 'docs/*.md'))
${CC:-cc} -std=c11 -Wall -Wextra -Wno-unused-parameter -Wno-unused-function -Werror -Iinclude -D_POSIX_C_SOURCE=200809L \
    -fsyntax-only "$tmp/programs.c" || bad=1
[ $bad -ne 0 ] || echo "$(wc -l < "$tmp/all") names, $n programs"
exit $bad
