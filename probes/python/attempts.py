import socket

from kit import check, peer, say

# In place of a name with two addresses.
found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, peer["port"])) for host in peer["hosts"]]
socket.getaddrinfo = lambda *_, **__: found
try:
    socket.create_connection(("two.example", peer["port"]), all_errors=True)
    check(False, "it is refused")
except BaseExceptionGroup as group:
    codes = [error.errno for error in group.exceptions]
    check(len(codes) == 2 and codes[0] == codes[1] == 111, str(codes))
    named = all(host in str(error) for host, error in zip(peer["hosts"], reversed(group.exceptions)))
    say(
        "yes" if named else "partly",
        "`create_connection(all_errors=True)`" + ("" if named else " has every error, but not its address"),
    )
