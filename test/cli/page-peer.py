# The other end of the tasks in docs/command.md: one process with every server that they need, each on a port of the kernel's
# choice, and a client for the servers that the tasks start. It is told what to do by lines of its standard input.
import hashlib, json, os, socket, ssl, sys, threading, time

folder, cert, key = sys.argv[1:4]
lock = threading.Lock()


def say(**words):
    with lock:
        print(json.dumps(words), flush=True)


def read_all(s):
    got = b""
    while piece := s.recv(65536):
        got += piece
    return got


def server(serve, family=socket.AF_INET, where=("127.0.0.1", 0), tls=None):
    listener = socket.socket(family)
    listener.bind(where)
    listener.listen(64)

    def one(s):
        try:
            serve(tls.wrap_socket(s, server_side=True) if tls else s)
        except (OSError, ssl.SSLError):
            pass
        finally:
            s.close()

    def loop():
        while True:
            s, _ = listener.accept()
            threading.Thread(target=one, args=(s,), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1] if family == socket.AF_INET else 0


def echo(s):
    while piece := s.recv(65536):
        s.sendall(piece)
    if isinstance(s, ssl.SSLSocket):
        s.unwrap()


def record(s):
    got = read_all(s)
    say(event="got", bytes=len(got), sum=hashlib.sha256(got).hexdigest())


def smtp(s):
    s.sendall(b"220 mail ready\r\n")
    f = s.makefile("rb")
    f.readline()
    s.sendall(b"250-mail\r\n250 STARTTLS\r\n")
    f.readline()
    s.sendall(b"220 go\r\n")
    read_all(context.wrap_socket(s, server_side=True))


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
trusting = ssl.create_default_context()
trusting.check_hostname = False
trusting.verify_mode = ssl.CERT_NONE

datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))


def hear():
    while True:
        data, _ = datagrams.recvfrom(65536)
        say(event="got", bytes=len(data), sum=hashlib.sha256(data).hexdigest())


threading.Thread(target=hear, daemon=True).start()
server(echo, socket.AF_UNIX, os.path.join(folder, "app.sock"))
say(
    event="ready",
    ports={
        "7001": server(echo),
        "7004": server(record),
        "7007": server(read_all),
        "7010": server(echo, tls=context),
        "7016": server(smtp),
        "7018": datagrams.getsockname()[1],
    },
)


# Whoever is to listen there has only just been started.
def reach(port):
    end = time.monotonic() + 15
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 10)
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def talk(port, text, how):
    s = reach(port)
    if how == "tls":
        s = trusting.wrap_socket(s)
    s.sendall(text.encode())
    if how == "talk":
        s.shutdown(socket.SHUT_WR)
    got = b""
    try:
        while len(got) < len(text) and (piece := s.recv(65536)):
            got += piece
    except (ConnectionResetError, ssl.SSLError):
        pass
    s.close()
    say(event="said", text=got.decode())


for line in sys.stdin:
    word, port, text = line.rstrip("\n").split(" ", 2)
    try:
        if word == "datagram":
            datagrams.sendto(text.encode() + b"\n", ("127.0.0.1", int(port)))
            say(event="said", text="")
        else:
            talk(int(port), text, word)
    except OSError as error:
        say(event="said", text="failed: %s" % error)
