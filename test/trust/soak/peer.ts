// Owns the Python at the other end of the soak: one process that serves whatever is asked of it by the first line of a
// connection, answers datagrams, and dials. It must not know what is measured.

import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../../support/launch.js';
import { pki } from '../../support/pki.js';
import { startPython, type Python } from '../../support/python.js';
import type { Watched } from './sample.js';

/**
 * The first line of a connection says what is to become of it: `tls` begins TLS, then comes another; `echo`; `http`, a request that is
 * answered with its body; `reset N`, a reset after N bytes; `stall`, nothing ever; `pour N`, N bytes and the end.
 */
const PROGRAM = `
import json, ssl, threading, traceback
given = json.loads(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(given['cert'], given['key'])

def words(s):
    text = b''
    while not text.endswith(b'\\n'):
        c = s.recv(1)
        if not c: raise EOFError('no line')
        text += c
    return text.decode().split()

def serve(s):
    try:
        s.settimeout(60)
        word, *more = words(s)
        if word == 'tls':
            s.sendall(b'+')
            s = context.wrap_socket(s, server_side=True, suppress_ragged_eofs=False)
            word, *more = words(s)
        if word == 'echo':
            while data := s.recv(65536): s.sendall(data)
        elif word == 'http':
            head = b''
            while not head.endswith(b'\\r\\n\\r\\n'): head += exactly(s, 1)
            lines = dict(line.split(': ', 1) for line in head.decode().split('\\r\\n') if ': ' in line)
            body = exactly(s, int(lines['Content-Length']))
            s.sendall(b'HTTP/1.1 200 Fine\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)
        elif word == 'reset':
            exactly(s, int(more[0]))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        elif word == 'stall':
            while s.recv(65536): pass
        elif word == 'pour':
            s.sendall(b'x' * int(more[0]))
        if word in ('echo', 'http', 'pour') and isinstance(s, ssl.SSLSocket): s = s.unwrap()
    except (OSError, EOFError): pass
    finally: s.close()

def accept(listener):
    while True:
        s = listener.accept()[0]
        threading.Thread(target=serve, args=(s,), daemon=True).start()

def answer(s):
    while True:
        data, peer = s.recvfrom(65536)
        s.sendto(data, peer)

def listening(family, at):
    s = socket.socket(family)
    s.bind(at)
    s.listen(128)
    threading.Thread(target=accept, args=(s,), daemon=True).start()
    return s.getsockname()

tcp4 = listening(socket.AF_INET, ('127.0.0.1', 0))[1]
tcp6 = listening(socket.AF_INET6, ('::1', 0))[1] if given['ipv6'] else 0
listening(socket.AF_UNIX, given['path'])
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(('127.0.0.1', 0))
threading.Thread(target=answer, args=(datagrams,), daemon=True).start()
say(json.dumps([tcp4, tcp6, datagrams.getsockname()[1]]))

def dial(port, secure, number, said):
    s = socket.create_connection(('127.0.0.1', port), 60)
    try:
        if secure:
            trusting = ssl.create_default_context(cafile=given['root'])
            s = trusting.wrap_socket(s, server_hostname='localhost', suppress_ragged_eofs=False)
        data = (b'%d,' % number) * 700
        s.sendall(data)
        said[number] = exactly(s, len(data)) == data
        if secure: s = s.unwrap()
    finally: s.close()

# PORT SECURE COUNT: so many clients at once; the answer is how many got back what they had sent. "threads": what each of them does.
for line in sys.stdin:
    if line.strip() == 'threads':
        say(json.dumps([traceback.format_stack(frame)[-3:] for frame in sys._current_frames().values()]))
        continue
    port, secure, count = map(int, line.split())
    said = [False] * count
    threads = [threading.Thread(target=dial, args=(port, secure, i, said)) for i in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    say(sum(said))
`;

export interface Peer {
  /** Where it serves streams. */
  readonly streams: readonly string[];
  /** Those that are TCP over IPv4, as host and port, for dialects. */
  readonly port: number;
  /** Where it answers datagrams. */
  readonly datagrams: string;
  /** Where it listens for TCP. */
  readonly ports: Watched;
  /** Has clients dial, and says how many got back what they had sent. One such call at a time goes on. */
  dial(port: number, secure: boolean, count: number): Promise<number>;
  /** What its threads are doing. */
  threads(): Promise<string>;
}

export async function startPeer(t: TestContext, ipv6: boolean): Promise<Peer> {
  const { server, root } = pki();
  const path = join(temporaryFolder(t), 'soak.sock');
  const given = { cert: server.certFile, key: server.keyFile, root: root.certFile, path, ipv6 };
  const python: Python = startPython(t, PROGRAM, { args: [JSON.stringify(given)] });
  const [tcp4, tcp6, datagrams] = JSON.parse(await python.line()) as [number, number, number];
  let last: Promise<unknown> = Promise.resolve();
  function said(words: string): Promise<string> {
    const next = last.then(() => {
      python.tell(words);
      return python.line();
    });
    last = next.catch(() => undefined);
    return next;
  }
  return {
    streams: [`127.0.0.1:${tcp4}`, ...(ipv6 ? [`[::1]:${tcp6}`] : []), `unix:${path}`],
    port: tcp4,
    datagrams: `127.0.0.1:${datagrams}`,
    ports: { tcp: tcp4, tcp6 },
    dial: async (port, secure, count) => Number(await said(`${port} ${Number(secure)} ${count}`)),
    threads: () => said('threads'),
  };
}
