/* SPDX-License-Identifier: BSD-2-Clause
 *
 * In the place of what comes next; to be deleted with it.
 */
#include "sasl/sasl.h"
const kafc_sasl_mechanism *kafc__sasl_find(const char *n){(void)n;return NULL;}
void kafc__sasl_wipe(void *p, size_t n){memset(p,0,n);}
kafc_err kafc__sasl_jaas(const char *t,const char*m,int64_t w,char*b,size_t c,kafc_credentials*o,kafc_error*e){(void)t;(void)m;(void)w;(void)b;(void)c;(void)o;(void)e;return KAFC_OK;}
kafc_err kafc__sasl_unsecured(const char *t,int64_t w,char*b,size_t c,kafc_credentials*o,kafc_error*e){(void)t;(void)w;(void)b;(void)c;(void)o;(void)e;return KAFC_OK;}
kafc_err kafc__sasl_extensions(const char *t,char*b,size_t c,kafc_credentials*o,kafc_error*e){(void)t;(void)b;(void)c;(void)o;(void)e;return KAFC_OK;}
