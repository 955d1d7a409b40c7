// The man in the middle again, in both colours, with Python's TLS at the other end.

import { test, type TestContext } from 'node:test';
import { colours, Python } from '../net/kit.js';
import { pki } from '../support/pki.js';
import type { Draw } from './draw.js';
import { size } from './size.js';
import { clients, servers, type Visit } from './tls-mutated-ends.js';
import { underAttack, type Attack, type Kind, type Met } from './tls-mutated-loop.js';

const CONNECTIONS = size(104, 2600);

/** Answers {"serve": …} with a port, and serves; visits for {"visit": …}, and tells whether the answer was right. */
const script = `
import ssl, threading
cert, key, ca, own, own_key = sys.argv[1:]
versions = {'TLSv1.2': ssl.TLSVersion.TLSv1_2, 'TLSv1.3': ssl.TLSVersion.TLSv1_3}
sessions = {}
def prepared(context, order):
    context.minimum_version = context.maximum_version = versions[order['version']]
    context.load_verify_locations(ca)
    if order['full']: context.set_alpn_protocols(['bk-one'])
    return context
def exactly(s, n):
    data = b''
    while len(data) < n:
        piece = s.recv(n - len(data))
        if not piece: raise EOFError
        data += piece
    return data
def frame(s):
    head = exactly(s, 4)
    return head + exactly(s, struct.unpack('>I', head)[0])
def serve(l, context):
    while True:
        raw = l.accept()[0]
        raw.settimeout(60)
        try:
            with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as s:
                s.sendall(frame(s))
                s.unwrap()
        except (OSError, EOFError): pass
        finally: raw.close()
def server(order):
    context = prepared(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), order)
    context.load_cert_chain(cert, key)
    if order['full']: context.verify_mode = ssl.CERT_REQUIRED
    l = listener(backlog=64)
    threading.Thread(target=serve, args=(l, context), daemon=True).start()
    return l.getsockname()[1]
clients = {}
def visit(order):
    name = order['version'] + str(order['full'])
    if name not in clients:
        clients[name] = prepared(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), order)
        if order['full']: clients[name].load_cert_chain(own, own_key)
    raw = socket.create_connection(('127.0.0.1', order['visit']), 60)
    try:
        session = sessions.get(name) if order['resumes'] else None
        with clients[name].wrap_socket(raw, server_hostname='localhost', session=session, suppress_ragged_eofs=False) as s:
            data = bytes.fromhex(order['payload'])
            s.sendall(data)
            same = frame(s) == data
            if order['plain']: sessions[name] = s.session
            s.unwrap()
            return 'whole' if same else 'WRONG'
    except (OSError, EOFError): return 'failed'
    finally: raw.close()
for line in sys.stdin:
    order = json.loads(line)
    say(server(order) if 'serve' in order else visit(order))
`;

for (const [colour, net] of colours) {
  test(`${CONNECTIONS} connections of a client under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, attack(true), await clients(t, net, serverOf(pythonOf(t))));
  });
  test(`${CONNECTIONS} connections of a listener under attack are whole or fail (${colour})`, async (t) => {
    await underAttack(t, attack(false), await servers(t, net, visitOf(pythonOf(t))));
  });
}

const attack = (isClient: boolean): Attack => ({ isClient, connections: CONNECTIONS, payloadOf });

function serverOf(python: Python): (kind: Kind) => Promise<number> {
  return async (kind) => {
    python.say({ serve: 1, ...kind });
    return await python.hear<number>();
  };
}

function visitOf(python: Python): Visit {
  return (port, kind, payload, plain) => {
    python.say({ visit: port, ...kind, payload: payload.toString('hex'), plain });
    return () => python.hear<Met['other']>();
  };
}

function pythonOf(t: TestContext): Python {
  const { server, root, client } = pki();
  return new Python(t, script, server.certFile, server.keyFile, root.certFile, client.certFile, client.keyFile);
}

function payloadOf(length: number, random: Draw): Buffer {
  const payload = random.bytes(4 + length);
  payload.writeUInt32BE(length);
  return payload;
}
