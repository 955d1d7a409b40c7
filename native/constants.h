// Owns the shape of the constant tables. It must not know their contents.
#ifndef BERKELEY_CONSTANTS_H
#define BERKELEY_CONSTANTS_H

#include <node_api.h>
#include <stdint.h>

struct Constant {
  const char* name;
  int64_t value;
};

// Each ended by a null name.
extern const Constant socket_constants[];
extern const Constant internet_constants[];
extern const Constant tcp_constants[];
extern const Constant tcp_state_constants[];
extern const Constant name_constants[];
extern const Constant poll_constants[];
extern const Constant link_constants[];
extern const Constant netlink_constants[];
extern const Constant errno_constants[];

// Null when the runtime refuses.
napi_value constants_object(napi_env env);
napi_value errnos_object(napi_env env);

// "EMFILE", or "EIO" for a number without a name.
const char* errno_name(int error);

#endif
