// Owns the names of OpenSSL's verification errors. It must not know when they happen.
#ifndef BERKELEY_TLS_VERIFY_CODES_H
#define BERKELEY_TLS_VERIFY_CODES_H

#include <node_api.h>

// By number, without the prefix X509_V_ERR_. Null when the runtime refuses.
napi_value verify_codes_object(napi_env env);

#endif
