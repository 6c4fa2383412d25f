/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sasl/jaas, token: Java's login modules, unsigned tokens, extensions as text.
 */
#include <stdlib.h>

#include "base/base64.h"
#include "tests/sasl/login.h"

#define PLAIN "org.apache.kafka.common.security.plain.PlainLoginModule required "
#define SCRAM "org.apache.kafka.common.security.scram.ScramLoginModule required "
#define OAUTH "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "

enum { NOW = 1234567 }; /* ms */

static char buf[4096];
static kafc_credentials c;
static kafc_error err;

static kafc_err jaas(const char *text, const char *mechanism)
{
    return kafc__sasl_jaas(text, mechanism, NOW, buf, sizeof(buf), &c, &err);
}

START_TEST(plain_and_scram)
{
    ck_assert_int_eq(jaas(PLAIN "username=\"alice\" password=\"alice-secret\";", "PLAIN"), KAFC_OK);
    ck_assert_str_eq(c.username, "alice");
    ck_assert_str_eq(c.password, "alice-secret");
    ck_assert_int_eq(c.nextensions, 0);
    ck_assert_int_eq(jaas(SCRAM "username='bob'\n\tpassword = b2b ; ", "SCRAM-SHA-512"), KAFC_OK);
    ck_assert_str_eq(c.username, "bob");
    ck_assert_str_eq(c.password, "b2b");
    ck_assert_int_eq(
        jaas(" shaded." SCRAM "username=u password=p tokenauth=\"true\";", "SCRAM-SHA-256"),
        KAFC_OK);
    ck_assert_int_eq(c.nextensions, 1);
    ck_assert_str_eq(c.extensions[0].name, "tokenauth");
    ck_assert_str_eq(c.extensions[0].value, "true");
    ck_assert_int_eq(jaas("PlainLoginModule required;", NULL), KAFC_OK);
    ck_assert_ptr_null(c.username);
}
END_TEST

START_TEST(quotes_and_escapes)
{
    ck_assert_int_eq(
        jaas(PLAIN "username=\"a\\\"b\\\\c\" password='\"\\'\\n\\101\\7x\\4567\\q';", "PLAIN"),
        KAFC_OK);
    ck_assert_str_eq(c.username, "a\"b\\c");
    ck_assert_str_eq(c.password, "\"'\nA\ax%67q"); /* \45 6 7: three digits would not be a byte */
    ck_assert_int_eq(jaas(PLAIN "username=\"\u00e4\" password=\";=\";", "PLAIN"), KAFC_OK);
    ck_assert_str_eq(c.username, "\u00e4");
    ck_assert_str_eq(c.password, ";=");
}
END_TEST

START_TEST(unsigned_tokens)
{
    char json[500];
    ck_assert_int_eq(
        jaas(OAUTH
             "unsecuredLoginStringClaim_sub=\"ad\\\"min\" unsecuredLoginExtension_traceId=\"1 2\" "
             "unsecuredLoginLifetimeSeconds=\"60\";",
             "OAUTHBEARER"),
        KAFC_OK);
    ck_assert_int_eq(c.expires_ms, NOW + 60000);
    ck_assert_str_eq(c.extensions[0].name, "traceId");
    ck_assert_str_eq(c.extensions[0].value, "1 2");
    const char *dot = strchr(c.token, '.');
    ck_assert_ptr_nonnull(dot);
    ptrdiff_t n = kafc__base64_decode(kafc__base64_url_digits, json, c.token,
                                      (size_t)(dot - c.token));
    json[n] = 0;
    ck_assert_str_eq(json, "{\"alg\":\"none\"}");
    n = kafc__base64_decode(kafc__base64_url_digits, json, dot + 1, strlen(dot + 1) - 1);
    json[n] = 0;
    ck_assert_str_eq(json, "{\"sub\":\"ad\\\"min\",\"iat\":1234.567,\"exp\":1294.567}");
    ck_assert_str_eq(dot + strlen(dot) - 1, ".");
    ck_assert_int_eq(kafc__sasl_unsecured(
                         " principal=admin  scope=a,b scopeClaimName=roles principalClaimName=azp "
                         "extension_x=y=z extension_y= ",
                         NOW, buf, sizeof(buf), &c, &err),
                     KAFC_OK);
    ck_assert_int_eq(c.expires_ms, NOW + 3600000);
    ck_assert_int_eq(c.nextensions, 2);
    ck_assert_str_eq(c.extensions[0].value, "y=z");
    ck_assert_str_eq(c.extensions[1].name, "y");
    ck_assert_str_eq(c.extensions[1].value, "");
    dot = strchr(c.token, '.');
    n = kafc__base64_decode(kafc__base64_url_digits, json, dot + 1, strlen(dot + 1) - 1);
    json[n] = 0;
    ck_assert_str_eq(
        json, "{\"azp\":\"admin\",\"iat\":1234.567,\"exp\":4834.567,\"roles\":[\"a\",\"b\"]}");
}
END_TEST

START_TEST(extensions_of_tokens)
{
    c = (kafc_credentials){ .token = "t" };
    ck_assert_int_eq(kafc__sasl_extensions("a=b,cd=e=f,g=", buf, sizeof(buf), &c, &err), KAFC_OK);
    ck_assert_str_eq(c.token, "t");
    ck_assert_int_eq(c.nextensions, 3);
    ck_assert_str_eq(c.extensions[1].name, "cd");
    ck_assert_str_eq(c.extensions[1].value, "e=f");
    ck_assert_str_eq(c.extensions[2].value, "");
    ck_assert_int_eq(kafc__sasl_extensions("", buf, sizeof(buf), &c, &err), KAFC_OK);
    ck_assert_int_eq(c.nextensions, 0);
    ck_assert_int_eq(kafc__sasl_extensions("a", buf, sizeof(buf), &c, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__sasl_extensions("a=b,,c=d", buf, sizeof(buf), &c, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__sasl_extensions("=b", buf, sizeof(buf), &c, &err), KAFC_ERR_USAGE);
}
END_TEST

START_TEST(what_is_wrong_is_told_without_the_secret)
{
    static const struct {
        const char *text, *mechanism, *why;
    } wrong[] = {
        { "", "PLAIN", "at character 1: a login module is missing" },
        { "com.example.Other required a=\"secret\";", "PLAIN",
          "at character 18: a login module is missing" },
        { "com.sun.security.auth.module.Krb5LoginModule required;", "GSSAPI", "Krb5LoginModule" },
        { PLAIN "username=u password=secret;", "SCRAM-SHA-256",
          "PlainLoginModule, which is for PLAIN, not for the mechanism SCRAM-SHA-256" },
        { "PlainLoginModule username=secret;", "PLAIN", "\"required\" is missing" },
        { PLAIN "username=u password=secret", "PLAIN", "';' at the end" },
        { PLAIN "username=u password=\"secret;", "PLAIN", "does not end" },
        { PLAIN "username=u password='secret\\", "PLAIN", "does not end" },
        { PLAIN "username=u password=\"secret\\0\";", "PLAIN", "NUL" },
        { PLAIN "username=u password;", "PLAIN", "name=\"value\"" },
        { PLAIN "username=u =secret;", "PLAIN", "name=\"value\"" },
        { PLAIN "username= ;", "PLAIN", "value is missing" },
        { PLAIN "username=u pass=secret;", "PLAIN",
          "at character 77: kafc does not know this option" },
        { PLAIN "username=u password=my secret=word;", "PLAIN", "does not know this option" },
        { "secret", "PLAIN", "a login module is missing" },
        { PLAIN "username=u tokenauth=true;", "PLAIN", "kafc does not know this option" },
        { PLAIN "username=u password=secret; x", "PLAIN", "one login module" },
        { OAUTH "clientId=secret;", "OAUTHBEARER", "callback" },
        { OAUTH ";", "OAUTHBEARER", "principal" },
        { OAUTH "unsecuredLoginStringClaim_sub=a unsecuredLoginLifetimeSeconds=0;", "OAUTHBEARER",
          "seconds" },
        { OAUTH "unsecuredLoginStringClaim_sub=a unsecuredLoginLifetimeSeconds=1x;", "OAUTHBEARER",
          "seconds" },
        { OAUTH
          "unsecuredLoginStringClaim_sub=a unsecuredLoginLifetimeSeconds=99999999999999999999;",
          "OAUTHBEARER", "seconds" },
        { OAUTH "unsecuredLoginStringClaim_sub=\"secret\\n\";", "OAUTHBEARER",
          "control character" },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_int_eq(jaas(wrong[i].text, wrong[i].mechanism), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(err.message, wrong[i].why) != NULL, "\"%s\" does not say \"%s\"",
                      err.message, wrong[i].why);
        ck_assert_ptr_null(strstr(err.message, "secret"));
    }
    static const char *const claims[] = { "",
                                          "principal",
                                          "principal=",
                                          "principal=a x",
                                          "principal=a who=secret",
                                          "principal=a lifeSeconds=",
                                          "principal=a lifeSeconds=-1" };
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        ck_assert_int_eq(kafc__sasl_unsecured(claims[i], NOW, buf, sizeof(buf), &c, &err),
                         KAFC_ERR_USAGE);
        ck_assert_ptr_null(strstr(err.message, "secret"));
    }
}
END_TEST

/* Any size of buffer is enough, or said to be too small; a sanitizer sees what goes beyond. */
START_TEST(buffers_of_every_size)
{
    static const char all[] = OAUTH
        "unsecuredLoginStringClaim_sub=\"a\" unsecuredLoginExtension_b=\"c\";";
    size_t fits[3] = { 0, 0, 0 };
    for (size_t cap = 0; cap < 600; cap++) {
        char *room = malloc(cap ? cap : 1);
        kafc_err code[] = { kafc__sasl_jaas(all, "OAUTHBEARER", NOW, room, cap, &c, &err),
                            kafc__sasl_unsecured("principal=a extension_b=c", NOW, room, cap, &c,
                                                 &err),
                            kafc__sasl_extensions("a=b,c=d", room, cap, &c, &err) };
        for (int i = 0; i < 3; i++) {
            ck_assert_int_eq(code[i], fits[i] || code[i] == KAFC_OK ? KAFC_OK : KAFC_ERR_TOO_LARGE);
            fits[i] = code[i] ? 0 : cap;
        }
        free(room);
    }
    for (int i = 0; i < 3; i++)
        ck_assert_uint_ne(fits[i], 0);
}
END_TEST

SUITE_MAIN("jaas", 10, plain_and_scram, quotes_and_escapes, unsigned_tokens, extensions_of_tokens,
           what_is_wrong_is_told_without_the_secret, buffers_of_every_size)
