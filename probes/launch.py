# Owns the start of a program as systemd does it (sd_listen_fds(3)): a listening socket is descriptor 3. It writes the port down for
# the peer, and becomes the program. It must not know what the program does.
#
#   python3 launch.py FOLDER COMMAND …

import os
import socket
import sys

folder, command = sys.argv[1], sys.argv[2:]
server = socket.create_server(("127.0.0.1", 0))
note = os.path.join(folder, "note")
with open(note, "w") as file:
    file.write(str(server.getsockname()[1]))
os.rename(note, os.path.join(folder, "adopt.port"))
if server.fileno() == 3:
    os.set_inheritable(3, True)
else:
    os.dup2(server.fileno(), 3, inheritable=True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(command[0], command)
