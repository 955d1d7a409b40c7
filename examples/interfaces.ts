// Asks the kernel for its network interfaces and their addresses over netlink (rtnetlink(7)), and prints one line each, or
// JSON with the word `json`. A dump comes in several datagrams, each with several messages of attributes.
//
//   node build/examples/interfaces.js [json]

import { constants } from 'berkeley';
import { socket } from 'berkeley/sync';
import { endianness } from 'node:os';

const { RTM_GETLINK, RTM_GETADDR, NLM_F_REQUEST, NLM_F_DUMP, NLMSG_ERROR, NLMSG_DONE } = constants as Record<
  string,
  number
>;
// Attributes are an enum, so they are not among the constants.
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFF_UP = 1;

interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly hardware: string;
  readonly addresses: string[];
}

const little = endianness() === 'LE';
using netlink = socket('netlink', 'raw', constants.NETLINK_ROUTE);
netlink.bind({ family: 'netlink' }); // the kernel gives us a port id

const links = new Map<number, Link>();
// struct ifinfomsg: family, pad, type, index, flags, change.
for (const { view, attributes } of dump(RTM_GETLINK!, 16)) {
  const index = view.getInt32(4, little);
  links.set(index, {
    index,
    name: text(attributes.get(IFLA_IFNAME)),
    up: (view.getUint32(8, little) & IFF_UP) !== 0,
    mtu: attributes.get(IFLA_MTU)?.[little ? 'readUInt32LE' : 'readUInt32BE'](0) ?? 0,
    hardware: (attributes.get(IFLA_ADDRESS)?.toString('hex').match(/../g) ?? []).join(':'),
    addresses: [],
  });
}
// struct ifaddrmsg: family, prefixlen, flags, scope, index.
for (const { view, attributes } of dump(RTM_GETADDR!, 8)) {
  const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (address !== undefined) links.get(view.getUint32(4, little))?.addresses.push(`${ip(address)}/${view.getUint8(1)}`);
}

if (process.argv[2] === 'json') console.log(JSON.stringify([...links.values()]));
else
  for (const { index, name, up, mtu, hardware, addresses } of links.values())
    console.log(`${index}: ${name} ${up ? 'up' : 'down'} mtu ${mtu} ${hardware} ${addresses.join(' ')}`);

interface Message {
  /** The fixed part. */
  readonly view: DataView;
  readonly attributes: Map<number, Buffer>;
}

/** Asks for everything of one kind, and yields the answers. */
function* dump(type: number, fixed: number): Generator<Message> {
  const request = Buffer.alloc(16 + fixed);
  const head = viewOf(request); // struct nlmsghdr: len, type, flags, seq, pid
  head.setUint32(0, request.length, little);
  head.setUint16(4, type, little);
  head.setUint16(6, NLM_F_REQUEST! | NLM_F_DUMP!, little);
  head.setUint32(8, type, little);
  netlink.sendTo(request, { family: 'netlink' }); // port id 0 is the kernel
  for (;;) {
    const answer = netlink.recvFrom(64 * 1024, { timeout: '5s' });
    if (answer === null || answer.truncated) throw new Error('the answer was cut off');
    // Anybody may send to a netlink socket; the kernel is 0.
    if (!answer.from.address.startsWith('0:')) continue;
    const { data } = answer;
    for (let at = 0; at + 16 <= data.length;) {
      const view = viewOf(data);
      const length = view.getUint32(at, little);
      const kind = view.getUint16(at + 4, little);
      if (kind === NLMSG_DONE) return;
      if (kind === NLMSG_ERROR) throw new Error(`netlink: errno ${-view.getInt32(at + 16, little)}`);
      yield read(data.subarray(at + 16, at + length), fixed);
      at += (length + 3) & ~3;
    }
  }
}

/** struct rtattr: len, type, and the value; each begins at a multiple of four. */
function read(body: Buffer, fixed: number): Message {
  const view = viewOf(body);
  const attributes = new Map<number, Buffer>();
  for (let at = fixed; at + 4 <= body.length;) {
    const length = view.getUint16(at, little);
    attributes.set(view.getUint16(at + 2, little) & 0x3fff, body.subarray(at + 4, at + length));
    at += (Math.max(length, 4) + 3) & ~3;
  }
  return { view, attributes };
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function text(bytes: Buffer | undefined): string {
  return (bytes?.toString() ?? '').replace(/\0$/, '');
}

function ip(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(':');
}
