#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Who may include whom: the layers of docs/ARCHITECTURE.md. base and compress stand on the system, core and io do not
# see each other and meet in client, the mock stands beside the client, and users see only include/kafc.
set -u
cd "$(dirname "$0")/../.." || exit 2
git ls-files '*.c' '*.h' | xargs grep -nHE '^[[:space:]]*#[[:space:]]*include' | awk '
# what a layer may include, by layers; itself always. The SCRAM of the mock hashes by OpenSSL: it is to check src/sasl
BEGIN {
    may["include"]   = ""
    may["base"]      = ""
    may["compress"]  = "base protocol/record"
    may["sasl"]      = "base"
    may["tls"]       = "base"
    may["protocol"]  = "base"
    may["core"]      = "base protocol sasl"
    may["io"]        = "base"
    may["client"]    = "base protocol core io sasl tls compress"
    may["mock"]      = "base protocol compress io"
    any["tools"]; any["tests"]; any["bench"]; any["fuzz"]
}
function layer(p) {
    if (p ~ /^src\//) { sub(/^src\//, "", p) }
    if (p ~ /^protocol\/record\//) return "protocol/record"
    sub(/\/.*/, "", p)
    return p
}
function say(why) { print $0 ": " why; bad = 1 }
{
    file = $0; sub(/:.*/, "", file)
    what = $0; sub(/^[^:]*:[0-9]*:[[:space:]]*#[[:space:]]*include[[:space:]]*/, "", what)
    from = layer(file)
    if (file ~ /^examples\// && what !~ /^</) { say("an example includes only <kafc/...> and the system"); next }
    if (what ~ /^<kafc\//) {
        h = what; sub(/^<kafc\//, "", h); sub(/>.*/, "", h)
        if (from == "include" || from == "client" || from == "mock" || from == "examples" || from in any) next
        if (h == "base.h" || h == "error.h" || h == "message.h" || h == "protocol.h") next
        if (h == "security.h" && (from == "tls" || from == "sasl" || from == "core")) next
        if (from == "core" && h ~ /^(options|writer|transaction|reader|client|conn|stats|hooks)\.h$/) next
        say("a layer below client includes only kafc/{base,error,message}.h"); next
    }
    if (what ~ /^</) {
        if ((from == "core" || from ~ /^protocol/) &&
            what !~ /^<sys\/(uio|types)\.h>/ && what ~ /^<(sys\/|unistd|time|pthread|poll|fcntl|netdb|netinet|arpa|signal|threads)/)
            say("no system headers in " from)
        if (from != "base" && from != "tls" && from != "sasl" && from != "compress" && from != "io" && !(from in any) &&
            file != "mock/scram.c" && what ~ /^<(openssl|zlib|zstd|lz4|snappy)/)
            say("third-party headers only in their own layer")
        if (what ~ /^<pthread/ && from != "base" && !(from in any) && from != "examples")
            say("pthread only in base/sync")
        next
    }
    gsub(/"/, "", what); sub(/[[:space:]].*/, "", what)
    if (from in any) next
    if (from == "include") { say("a public header includes only <kafc/...> and the system"); next }
    if (what == "config.h") {
        if (from != "base" && from != "io" && from != "compress" && from != "tls" && from != "sasl" && file != "mock/scram.c") say("config.h only in base, io, compress, tls, sasl")
        next
    }
    if (what !~ /\//) { say("an include of ours has its directory: \"base/mem.h\""); next }
    if (what ~ /schema_rows\.h$/ && file !~ /^protocol\/(api|blob|schema)/) say("schema_rows.h only in protocol/api")
    to = layer(what)
    top = to; sub(/\/.*/, "", top)
    ftop = from; sub(/\/.*/, "", ftop)
    if (top == ftop) next
    ok = 0
    n = split(may[ftop], m, " ")
    for (i = 1; i <= n; i++) if (m[i] == to || m[i] == top) ok = 1
    if (!ok) say(ftop " may not include " to)
}
END { exit bad }'
