/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The ends of a kafc_conn: sockets that the application has connected, and the
 * addresses on both sides. The thread that dials; the addresses: any.
 */
#include "base/callback.h"
#include "client/conn.h"

int kafc__conn_ms_until(int64_t deadline)
{
    int64_t us = deadline - kafc__clock_mono_us();
    return us <= 0 ? 0 : us / 1000 < INT_MAX ? (int)((us + 999) / 1000) : INT_MAX;
}

kafc_err kafc__conn_take_socket(kafc_conn *c, const char *host, int port, const char *name, int64_t deadline,
                                kafc_error *err)
{
    struct kafc_sock_options so = { c->o.send_buffer_bytes, c->o.receive_buffer_bytes, NULL };
    char text[128] = "the connect function gave no socket";
    kafc_error why = { .code = KAFC_OK };
    int code;
    kafc__callback_enter();
    int fd = c->o.connect(c->o.ctx, host, port, kafc__conn_ms_until(deadline), &why);
    kafc__callback_leave();
    if (fd >= 0 && (code = kafc__sock_adopt(fd, &so)) != 0) {
        kafc__sock_error_text(code, text, sizeof(text));
        kafc__sock_close(fd);
        return kafc__error(err, KAFC_ERR_USAGE, "%s: what the connect function gave is no connected stream socket: %s",
                           name, text);
    }
    c->ch.fd = fd >= 0 ? fd : -1;
    if (fd >= 0)
        return KAFC_OK;
    why.message[sizeof(why.message) - 1] = '\0';
    return kafc__error(err, why.code != KAFC_OK ? why.code : KAFC_ERR_CONNECT, "%s cannot be reached: %.250s", name,
                       why.code != KAFC_OK && why.message[0] ? why.message : text);
}

void kafc__conn_note_ends(kafc_conn *c)
{
    struct kafc_addr a;
    c->local[0] = c->remote[0] = '\0';
    if (kafc__sock_local(c->ch.fd, &a))
        kafc__addr_text(&a, c->local, sizeof(c->local));
    if (kafc__sock_remote(c->ch.fd, &a))
        kafc__addr_text(&a, c->remote, sizeof(c->remote));
}

const char *kafc_conn_local_address(const kafc_conn *c)
{
    return c ? c->local : "";
}

const char *kafc_conn_remote_address(const kafc_conn *c)
{
    return c ? c->remote : "";
}
