# Owns what every probe in Python needs: the same as kit.mjs, for the other language. It must not know what is probed.

import json
import os
import sys
import time

A_WHILE = 0.15
peer = json.loads(os.environ.get("PROBE_PEER", "{}"))
folder = os.environ.get("PROBE_FOLDER", ".")


def say(verdict, why):
    print(json.dumps({"verdict": verdict, "why": why}), flush=True)
    os._exit(0)


def check(holds, what):
    if not holds:
        raise AssertionError(f"the probe failed: {what}")


def until(is_so):
    while not is_so():
        time.sleep(0.005)


def rows_at(port):
    suffix = f":{port:04X}"
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(name) as table:
            for row in (line.split() for line in list(table)[1:]):
                if row[1].endswith(suffix):
                    yield row


def listeners_of(port):
    return sum(row[3] == "0A" for row in rows_at(port))


def open_sockets():
    found = 0
    for fd in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{fd}").startswith("socket:")
        except OSError:
            pass
    return found
