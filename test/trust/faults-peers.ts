// Owns the other end of what is done at fault points besides connections: Python, which counts what it gets. It must not know
// which calls fail.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';

/** What a feeding connection sends, and what stands in the file: more than a socket takes at once. */
export const MUCH = Buffer.alloc(
  5 * 65_521,
  Buffer.from(Array.from({ length: 65_521 }, (_, i) => (i * i + (i >> 3)) & 255)),
);
export const LITTLE = Buffer.from('a little in return');

const PEERS = `
import array, hashlib, queue, ssl, threading
cert, key, path, much, little = sys.argv[1:6]
much, little = open(much, 'rb').read(), little.encode()
heard = {}
def begin(run, *args): threading.Thread(target=run, args=args, daemon=True).start()
def serve(name, listener, talk):
    heard[name] = queue.Queue()
    def accept():
        while True: begin(talk, name, listener.accept()[0])
    begin(accept)
def talker(words, context=None):
    def talk(name, s):
        got, sending = [], None
        def send():
            try:
                if words: s.sendall(words)
                s.shutdown(socket.SHUT_WR)
            except OSError: pass
        try:
            if context: s = context.wrap_socket(s, server_side=True)
            else:
                sending = threading.Thread(target=send, daemon=True)
                sending.start()
            while True:
                piece = s.recv(65536)
                if not piece: break
                got.append(piece)
        except OSError: pass
        if sending: sending.join()
        s.close()
        heard[name].put(b''.join(got))
    return talk
def echo(name, s):
    try:
        while True:
            piece = s.recv(65536)
            if not piece: break
            s.sendall(piece)
    except OSError: pass
    s.close()
def give_back(name, s):
    try:
        while True:
            data, fds, flags, at = socket.recv_fds(s, 100, 4)
            if not data: break
            socket.send_fds(s, [data], fds)
            for fd in fds: os.close(fd)
    except OSError: pass
    s.close()
def tcp(): return socket.create_server(('127.0.0.1', 0), backlog=64)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
local = socket.socket(socket.AF_UNIX); local.bind(path); local.listen(64)
listeners = {'much': tcp(), 'little': tcp(), 'sink': tcp(), 'secure': tcp(), 'echo': tcp(), 'rights': local}
talks = {'much': talker(much), 'little': talker(little), 'sink': talker(b''), 'secure': talker(b'', context), 'echo': echo, 'rights': give_back}
# It takes little at once, so that those who send much to it have to wait.
listeners['sink'].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
for name in listeners: serve(name, listeners[name], talks[name])
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); datagrams.bind(('127.0.0.1', 0))
def answer():
    while True:
        data, peer = datagrams.recvfrom(65536)
        datagrams.sendto(data, peer)
begin(answer)
def ports(): return {**{name: one.getsockname()[1] for name, one in listeners.items() if name != 'rights'}, 'udp': datagrams.getsockname()[1]}
def told(name):
    got = heard[name].get(timeout=30)
    return [len(got), hashlib.sha256(got).hexdigest()]
dialled = []
def dial(port):
    dialled.append(socket.create_connection(('127.0.0.1', port)))
    dialled[-1].sendall(b'hello')
def hang_up():
    while dialled: dialled.pop().close()
`;

type Port = 'much' | 'little' | 'sink' | 'secure' | 'echo' | 'udp';

export interface Peers {
  /** The path of a Unix socket that gives descriptors back, and that of a file with `MUCH`. */
  readonly rights: string;
  readonly file: string;
  readonly ca: string;
  at(port: Port): string;
  /** How many bytes the next of these connections got to its end, and their hash. */
  told(port: Port): Promise<[number, string]>;
  dial(port: number): Promise<void>;
  hangUp(): Promise<void>;
}

export const digest = (bytes: Buffer): [number, string] => [
  bytes.length,
  createHash('sha256').update(bytes).digest('hex'),
];

/** Defines a first test that starts the other end, and gives a way to it; `ended` is to be the last test. */
export function onStage(): { readonly peers: () => Peers; readonly ended: () => void } {
  const steps: (() => void)[] = [];
  let peers: Peers | null = null;
  void test('the other end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
    steps.push(() => rmSync(folder, { recursive: true }));
    const [rights, file] = [join(folder, 'rights'), join(folder, 'file')];
    writeFileSync(file, MUCH);
    const { root, server } = pki();
    // It stays for all tests of the file.
    const kept = { after: (step: () => void) => steps.push(step) } as unknown as TestContext;
    const python = startPuppet(kept, PEERS, { args: [server.certFile, server.keyFile, rights, file, String(LITTLE)] });
    const ports = (await python.value('ports()')) as Record<Port, number>;
    peers = {
      ...{ rights, file, ca: root.cert },
      at: (port) => `${port === 'secure' ? 'localhost' : '127.0.0.1'}:${ports[port]}`,
      told: async (port) => (await python.value(`told('${port}')`)) as [number, string],
      dial: (port) => python.run(`dial(${port})`),
      hangUp: () => python.run('hang_up()'),
    };
  });
  return {
    peers: () => peers!,
    ended: () => void test('the other end has ended', () => steps.reverse().forEach((step) => step())),
  };
}
