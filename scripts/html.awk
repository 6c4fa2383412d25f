# SPDX-License-Identifier: BSD-2-Clause
#
# One page of scripts/html, from standard input: mode header (a public header), guide (HTML of a Markdown file) or
# source (any file in C). page: its path in the tree; title; names: a file of "name header line"; files: those that have
# pages; wrong: a file for what is wrong.

function escape(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); return s }
function html_of(file) { return file ~ /\.md$/ ? substr(file, 1, length(file) - 3) ".html" : file ".html" }
function to_name(name) { return (header[name] == page ? "" : root html_of(header[name])) "#" name }
function a(to, text) { return "<a href=\"" to "\">" text "</a>" }

# Escaped text without tags: what has a page or a declaration becomes a link. mark: names that are declared in this line
# become the place that links lead to.
function linked(s, line,   r, w, f) {
    for (r = ""; match(s, /[A-Za-z0-9_][A-Za-z0-9_\/.-]*/); s = substr(s, RSTART + RLENGTH)) {
        w = substr(s, RSTART, RLENGTH)
        r = r substr(s, 1, RSTART - 1)
        f = w; sub(/[.]+$/, "", f)
        if (f ~ /^kafc\/[a-z_]+\.h$/) f = "include/" f
        sub(/^kafc\/protocol/, "protocol", f)
        if (f in has_page && f != page) {
            sub(/[.]+$/, "", w); RLENGTH = length(w)
            r = r a(root html_of(f), w)
            continue
        }
        match(w, /^[A-Za-z0-9_]+/)
        match(s, /[A-Za-z0-9_]+/) # the same place, the word alone
        w = substr(s, RSTART, RLENGTH)
        id = line && at["KAFC_ERR_" w] == line && page ~ /\/error\.h$/ ? "KAFC_ERR_" w : w # X(NAME, ...)
        if (!(id in header) || (id != w && id in placed)) r = r w
        else if (line && header[id] == page && at[id] == line && !(id in placed)) {
            placed[id]
            r = r "<b id=\"" id "\">" w "</b>"
        }
        else r = r a(to_name(w), w)
    }
    return r s
}

function top() {
    print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    print "<meta name=\"viewport\" content=\"width=device-width\">"
    print "<title>" escape(title) "</title><link rel=\"stylesheet\" href=\"" root "style.css\"></head><body>"
    if (page != "index.md") print "<nav>" a(root "index.html", "kafc") " / " escape(page) "</nav>"
}
function bottom() { print "</body></html>" }

BEGIN {
    while ((getline line < names) > 0) { split(line, f, " "); header[f[1]] = f[2]; at[f[1]] = f[3] }
    n = split(files, f, " ")
    for (i = 1; i <= n; i++) has_page[f[i]] = 1
    root = page; gsub(/[^\/]+\//, "../", root); sub(/[^\/]*$/, "", root)
    dir = page; if (!sub(/\/[^\/]*$/, "/", dir)) dir = ""
    top()
    if (mode == "source") { print "<h1>" escape(title) "</h1>\n<pre class=\"source\">" }
}

# ---- a source ----

mode == "source" { print linked(escape($0)) }

# An anchor of a heading, as GitHub makes it.
function slug(s) {
    gsub(/<[^>]*>|&[a-z]+;/, "", s); s = tolower(s); gsub(/[^a-z0-9 _-]/, "", s); gsub(/ /, "-", s)
    return s
}

# ---- a guide: headings get GitHub's ids, links lead to pages, names to their declarations ----

function once(s) { return used[s]++ ? s "-" (used[s] - 1) : s }
# Where a link of the guide leads: to a page of ours, or to the index for a folder.
function retarget(to,   hash, f, part, n, i, r) {
    if (to ~ /^(https?|mailto):/ || to ~ /^#/) return to
    hash = index(to, "#") ? substr(to, index(to, "#")) : ""
    f = to; sub(/#.*/, "", f)
    n = split(dir f, part, "/"); r = ""
    for (i = 1; i <= n; i++)
        if (part[i] == "..") sub(/[^\/]+\/$/, "", r)
        else if (part[i] != "") r = r part[i] "/"
    sub(/\/$/, "", r)
    if (r in has_page) return root html_of(r) hash
    if (r == "include/kafc" || r == "examples") return root "index.html#" (r == "examples" ? r : "headers")
    return to
}
mode == "guide" {
    s = $0; r = ""
    if (match(s, /^<h[1-6]>.*<\/h[1-6]>$/))
        s = substr(s, 1, 3) " id=\"" once(slug(s)) "\"" substr(s, 4)
    while (match(s, /<[^>]*>/)) {
        text = substr(s, 1, RSTART - 1); tag = substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH)
        r = r (in_a ? text : linked(text))
        if (tag ~ /^<a /) {
            in_a = 1
            match(tag, /href="[^"]*"/)
            tag = "<a href=\"" retarget(substr(tag, RSTART + 6, RLENGTH - 7)) "\">"
        }
        if (tag == "</a>") in_a = 0
        r = r tag
    }
    print r (in_a ? s : linked(s))
}

# ---- a header ----

# The text of a comment, without its frame, as paragraphs; what is indented stands as it is.
function prose(comment,   line, n, i, r, inside, t) {
    n = split(comment, line, "\n"); r = ""; inside = ""
    for (i = 1; i <= n; i++) {
        t = line[i]
        sub(/[ ]*\*\/[ ]*$/, "", t)
        if (!sub(/^\/\*[ ]?/, "", t)) sub(/^ \*[ ]?/, "", t)
        if (t ~ /^SPDX-License-Identifier/) continue
        kind = t ~ /^[ ]*$/ ? "" : t ~ /^  / ? "pre" : "p"
        if (kind == "" && inside == "pre" && line[i + 1] ~ /^ \*   ./) kind = "pre"
        if (kind != inside) r = r shut(inside) (kind == "" ? "" : "<" kind ">")
        inside = kind
        if (kind != "") r = r linked(escape(t)) "\n"
    }
    return r shut(inside)
}
function shut(kind) { return kind == "" ? "" : "</" kind ">\n" }

# Comments wait for what they stand above; what follows at once shares them.
function flush_entry(   text, head, n, i, f) {
    if (declared == "" && comment == "") return
    if (match(comment, /^\/\* --- [^\n]*/)) { # a new part of the header
        head = substr(comment, 8, RLENGTH - 7); sub(/[ -]*(\*\/)?$/, "", head)
        contents = contents "</p>\n<p>" a("#" slug(head), escape(head)) ": "
        head = "<h2 id=\"" slug(head) "\">" escape(head) "</h2>\n"
        comment = "/*" substr(comment, RLENGTH + 1)
    }
    text = prose(comment)
    if (!begun++) intro = text
    else if (declared == "") body = body head text
    else body = body head "<section>\n<pre>" declared "</pre>\n" text "</section>\n"
    if (functions != "" && text == "") print page ": no comment says what is promised by" functions >> wrong
    n = split(functions, f, " ")
    for (i = 1; i <= n; i++) contents = contents a("#" f[i], f[i]) " "
    declared = comment = functions = ""
}
mode == "header" {
    if (in_comment) {
        comment = comment "\n" $0
        if (/\*\//) in_comment = 0
        next
    }
    if (depth == 0 && !open && /^\/\*/) { # a comment of its own
        flush_entry()
        comment = $0
        in_comment = !/\*\//
        next
    }
    if (depth == 0 && !open &&
        /^(#(if|ifdef|ifndef|else|endif|include|undef)|extern "C" \{|}$|#define KAFC_[A-Z_]*_H$)/) next
    if (/^[ ]*$/ && depth == 0 && !open) { flush_entry(); next }
    declared = declared linked(escape($0), FNR) "\n"
    code = $0
    gsub(/\/\*([^*]|\*[^\/])*\*\//, "", code) # comments at the end of lines may hold anything
    sub(/\/\*.*/, "", code)
    gsub(/"[^"]*"/, "", code)
    if (match(code, /KAFC_API[^(;]* \**kafc_[a-z0-9_]+\(/)) {
        fn = substr(code, RSTART, RLENGTH - 1); sub(/.*[ *]/, "", fn)
        functions = functions " " fn
    }
    depth += gsub(/\{/, "{", code) - gsub(/\}/, "}", code)
    open = code ~ /\\$/ || (code !~ /^#/ && !continued && code !~ /[;}][ ]*$/)
    continued = code ~ /\\$/
    if (code ~ /^[ ]*\*/ || code ~ /^[ ]*$/) open = was_open # inside a long comment
    was_open = open
}
END {
    if (mode == "header") {
        flush_entry()
        print "<h1>&lt;" escape(title) "&gt;</h1>\n" intro "<div class=\"contents\"><p>" contents "</p></div>\n" body
    }
    if (mode == "source") print "</pre>"
    bottom()
}
