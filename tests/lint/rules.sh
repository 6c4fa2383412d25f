#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# House rules that a regular expression can check. Comments and strings are blanked first, so words in them are free.
# A line that has a reason to break a rule says it in a comment: lint: RULE because ...
set -u
cd "$(dirname "$0")/../.." || exit 2
{
    git ls-files '*.c' '*.cpp' '*.h'
} | xargs awk '
function say(rule, text) {
    if (raw !~ ("lint: " rule)) { print FILENAME ":" FNR ": " rule ": " text; bad = 1 }
}
function columns(t) { gsub(/[\200-\277]/, "", t); return length(t) }
# blanks comments, string and character literals; `inc` is true inside a block comment
function code(s,   out, c, d, i, n) {
    out = ""; n = length(s)
    if (!inc && s !~ /["\047]|\/[*\/]/) return s
    for (i = 1; i <= n; i++) {
        c = substr(s, i, 1); d = substr(s, i, 2)
        if (inc) { if (d == "*/") { inc = 0; i++ } }
        else if (d == "/*") { inc = 1; i++ }
        else if (d == "//") break
        else if (c == "\"" || c == "\047") {
            out = out c
            for (i++; i <= n && substr(s, i, 1) != c; i++) if (substr(s, i, 1) == "\\") i++
            out = out c
        } else out = out c
    }
    return out
}
BEGIN { W = "(^|[^A-Za-z0-9_])" }
FNR == 1 {
    inc = 0; fn = ""; raw = $0
    lib = FILENAME ~ /^(src|protocol|mock)\//
    if ($0 !~ /^\/\* SPDX-License-Identifier: BSD-2-Clause/) say("spdx", "line 1 is the licence")
}
{
    raw = $0
    if (raw ~ /[ \t]$/) say("space", "space at the end of the line")
    if (raw ~ /\t/) say("tab", "a tab")
    if (length(raw) > 120 && columns(raw) > 120) say("width", "over 120 columns")
    if (raw ~ /TODO|FIXME|XXX/ && raw !~ /(TODO|FIXME) #[0-9]+/) say("todo", "without the number of an issue")
    s = code(raw)
    if (s ~ (W "(strcpy|strcat|sprintf|vsprintf|gets|alloca|strtok)[ ]*[(]")) say("unsafe", "strcpy, strcat, sprintf, alloca, strtok")
    if (s ~ (W "goto ") && s !~ (W "goto out;")) say("goto", "only to the label out")
    if (!lib) next
    if (FILENAME !~ /^src\/base\/mem\.[ch]$/ && s ~ /(^|[^>.[:alnum:]_*])(malloc|calloc|realloc|free|strdup|strndup)[ ]*\(/)
        say("malloc", "memory comes from base/mem")
    if (FILENAME !~ /^src\/base\/(clock|rand|sync)\.[ch]$/ &&
        s ~ /(^|[^>.[:alnum:]_])(time|clock_gettime|gettimeofday|rand|random|srand|arc4random|getrandom)[ ]*\(/)
        say("clock", "time and chance come from base/clock and base/rand")
    if (FILENAME !~ /^src\/base\/(sync|thread)\.[ch]$/ && s ~ (W "pthread_[a-z_]+[ ]*[(]")) say("pthread", "only in base/sync")
    if (FILENAME !~ /^src\/(io|base|compress|tls|sasl)\/|^mock\/scram.c$/ && s ~ /^[ ]*#[ ]*(if|ifdef|ifndef|elif)[ (]/ &&
        s !~ /#[ ]*ifndef KAFC_[A-Z0-9_]*_H_?$/ && s !~ /__cplusplus/)
        say("ifdef", "only in base, io, compress, tls, sasl")
    if (s ~ (W "assert[ ]*[(].*([+][+]|--|[^=!<>]=[^=])")) say("assert", "with a side effect")
    if (FILENAME ~ /^src\/core\//) {
        if (s ~ (W "default[ ]*:")) say("default", "a switch in core lists every case")
        if (s ~ /(^|[^>.[:alnum:]_])(read|write|send|recv|socket|close|poll|printf|fprintf|getenv)[ ]*\(/)
            say("system", "core makes no system calls")
    }
    # the function we are in, for the rule on machines
    if (raw ~ /^[a-z].*[a-z0-9_]\(/ && raw !~ /;[ ]*$/) { fn = raw; sub(/\(.*/, "", fn); sub(/.*[ *]/, "", fn) }
    if (raw ~ /^}/) fn = ""
    if (FILENAME ~ /^src\/core\// && s ~ /->state[ ]*=[^=]/ && fn !~ /(step|init|new|to)$/)
        say("state", "->state is assigned only by the step function of the machine (in " fn ")")
}
END { exit bad }' || bad=1
# scripts say their licence too, in line 2
for f in $(git ls-files scripts tests/run tests/install tests/headers tests/lint .ci Makefile configure.ac '*.cmake.in'); do
    head -3 "$f" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' || { echo "$f:1: spdx: no licence"; bad=1; }
    grep -nHE '[[:space:]]+$' "$f" && bad=1
done
exit ${bad:-0}
