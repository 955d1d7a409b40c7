# Owns the life of a real server: starts it, and ends it and everything that it has started when its own input ends,
# which it does however the test has ended. It must not know which server that is.
#
#   keeper.py SIGNAL USER PROGRAM WORD ...      SIGNAL asks the server to end; USER is "-" for ours

import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 5


def children():
    """Processes whose parent is this one, those included that lost theirs."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as file:
                    # The name of the program, in parentheses, may hold anything.
                    if int(file.read().rpartition(")")[2].split()[1]) == os.getpid():
                        found.append(int(name))
            except OSError:
                pass
    return found


def main():
    ask, user, *words = sys.argv[1:]
    # Ctrl-C goes to the whole group; the end of our input follows it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # A pipe, because /dev/stdout of a socket, which Node's own are, cannot be opened.
    reading, writing = os.pipe()
    extra = {} if user == "-" else {"user": user, "group": user, "extra_groups": []}
    server = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, preexec_fn=defaults, **extra
    )
    os.close(writing)
    threading.Thread(target=copy, args=(reading,), daemon=True).start()
    handle = os.pidfd_open(server.pid)
    poll = select.poll()
    poll.register(0, select.POLLIN)
    poll.register(handle, select.POLLIN)
    poll.poll()
    server.send_signal(getattr(signal, ask))
    if not select.select([handle], [], [], PATIENCE)[0]:
        print("keeper: the server did not end when it was asked to", file=sys.stderr, flush=True)
    # Those that the server leaves behind become ours, so that in the end there are none.
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                if time.monotonic() > until:
                    for pid in children():
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.01)
        except ChildProcessError:
            return


def copy(reading):
    try:
        while piece := os.read(reading, 65536):
            os.write(1, piece)
    except OSError:
        # Nobody hears any more; the server must not be stopped by a full pipe.
        while os.read(reading, 65536):
            pass


def defaults():
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


main()
