/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc from C++: handles in unique_ptr, errors as exceptions, options by the
 * init functions (the macros KAFC_WRITER() and their like are C). Writes a
 * message for each word, and reads them back.
 *
 *   cpp BROKERS TOPIC WORD...
 */
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <vector>

#include <kafc/kafc.h>

template <typename T, void (*Free)(T *)> struct Freed {
    void operator()(T *p) const { Free(p); }
};
using Client = std::unique_ptr<kafc_client, Freed<kafc_client, kafc_client_free>>;
using Writer = std::unique_ptr<kafc_writer, Freed<kafc_writer, kafc_writer_free>>;
using Reader = std::unique_ptr<kafc_reader, Freed<kafc_reader, kafc_reader_free>>;

static void must(bool ok, const kafc_error &err)
{
    if (!ok)
        throw std::runtime_error(err.message);
}

static Client open_client(const char *brokers)
{
    kafc_error err;
    kafc_client_options o;

    kafc_client_options_init(&o);
    o.brokers = brokers;
    Client c(kafc_client_open(&o, &err));
    must(c != nullptr, err);
    return c;
}

static void write(kafc_client *c, const char *topic, const std::vector<const char *> &words)
{
    kafc_error err;
    kafc_writer_options o;
    std::vector<kafc_message> messages;

    kafc_writer_options_init(&o);
    o.topic = topic;
    o.create_topics = KAFC_ON;
    Writer w(kafc_writer_open(c, &o, &err));
    must(w != nullptr, err);
    for (const char *word : words) {
        kafc_message m = kafc_message();
        m.key = m.value = KAFC_STR(word);
        messages.push_back(m);
    }
    must(kafc_writer_write(w.get(), messages.data(), int32_t(messages.size()), 10000, &err) == KAFC_OK, err);
}

static void read(kafc_client *c, const char *topic)
{
    kafc_error err;
    kafc_message m;
    kafc_reader_options o;

    kafc_reader_options_init(&o);
    o.topic = topic;
    o.stop = KAFC_LAST;
    Reader r(kafc_reader_open(c, &o, &err));
    must(r != nullptr, err);
    while (kafc_reader_fetch(r.get(), &m, 10000, &err) == KAFC_OK)
        std::printf("%.*s\n", int(m.value.len), static_cast<const char *>(m.value.p));
    must(err.code == KAFC_ERR_END_OF_RANGE, err);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return std::fprintf(stderr, "cpp BROKERS TOPIC WORD...\n"), 2;
    try {
        Client c = open_client(argv[1]);
        write(c.get(), argv[2], std::vector<const char *>(argv + 3, argv + argc));
        read(c.get(), argv[2]);
    } catch (const std::exception &e) {
        return std::fprintf(stderr, "%s\n", e.what()), 1;
    }
}
