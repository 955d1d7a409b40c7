import ssl
import sys

from kit import check, say

check(not any(name in sys.stdlib_module_names for name in ("quic", "http3")), "a module for QUIC")
check(not any("quic" in name.lower() for name in dir(ssl)), "an interface for QUIC")
say("no", "the standard library has none")
