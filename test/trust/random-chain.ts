// Owns certificate chains from a seed: each begins as a good one, and then a few things are done to it. It must not know what
// anybody says of it.

import { daysFromNow } from '../support/pki.js';
import type { Draw } from './draw.js';
import {
  certificateDer,
  extension,
  Key,
  listDer,
  pemOf,
  purpose,
  usage,
  type Certificate,
  type Extension,
  type GeneralName,
} from './x509-maker.js';

export interface Chain {
  /** What was done, in words. */
  readonly story: string;
  /** PEM: what the server sends, its own first; its own alone; its key; whom the client trusts; revocation lists. */
  readonly sent: string;
  readonly leaf: string;
  readonly key: string;
  readonly ca: string;
  readonly crl: readonly string[] | undefined;
  /** What the client wants to speak to, as it is checked. */
  readonly name: string;
  /** TLS 1.2 measures the key's usage by itself, before anybody looks at the certificate. */
  readonly only13: boolean;
  /** A wildcard for a part of a label: `openssl verify` cannot be told to refuse it. */
  readonly partial: boolean;
}

/** Keys are made once, because RSA takes a tenth of a second. */
const pool = {
  root: new Key('P-256'),
  leaf: [new Key('P-256'), new Key('P-256'), new Key('P-384'), new Key('RSA 2048')],
  authorities: [new Key('P-256'), new Key('P-384'), new Key('RSA 2048'), new Key('P-256'), new Key('Ed25519')],
  weak: new Key('RSA 1024'),
  stranger: new Key('P-256'),
  rsa: new Key('RSA 2048'),
};

const V4 = Buffer.from([192, 0, 2, 1]);
const V6 = Buffer.from('20010db8000000000000000000000001', 'hex');

/** Everything of a chain while it is made: certificates from the leaf to the root. */
interface Draft {
  readonly certificates: Certificate[];
  names: GeneralName[];
  name: string;
  trusted: Certificate[];
  extra: Certificate[];
  missing: Set<Certificate>;
  shuffled: boolean;
  twice: boolean;
  rootSent: boolean;
  lists: 'none' | 'all';
  listDefect: { at: number; what: 'missing' | 'expired' | 'future' | 'stranger' | 'revoked' } | null;
  only13: boolean;
  partial: boolean;
}

export function randomChain(draw: Draw): Chain {
  const draft = good(draw);
  const story: string[] = [`${draft.certificates.length - 2} intermediates`];
  for (let left = draw.pick([0, 1, 1, 1, 1, 2, 2, 3]); left > 0; left--) {
    const [what, change] = draw.pick(changes);
    const at = change(draft, draw);
    story.push(at === undefined ? what : `${what} (${at})`);
  }
  return finished(draft, draw, story.join(', '));
}

function good(draw: Draw): Draft {
  const count = draw.pick([0, 1, 1, 1, 2, 3]);
  const certificates: Certificate[] = [];
  let above: Certificate | null = null;
  for (let level = count + 1; level >= 0; level--) {
    const key =
      level === 0 ? draw.pick(pool.leaf) : above === null ? pool.root : pool.authorities[(level + draw.below(2)) % 5]!;
    const one: Certificate = {
      subject: level === 0 ? 'a server' : above === null ? 'Root' : `Authority ${level}`,
      issuer: above?.subject ?? 'Root',
      key,
      signer: above?.key ?? key,
      digest: draw.pick(['sha256', 'sha256', 'sha384']),
      notBefore: daysFromNow(-2),
      notAfter: daysFromNow(30),
      serial: draw.between(1, 0x7fff_ffff),
      version: 3,
      extensions: level === 0 ? leafExtensions(key) : authorityExtensions(key),
    };
    if (above !== null) one.extensions.push(extension.authorityKeyId(above.key));
    certificates.unshift(one);
    above = one;
  }
  return {
    certificates,
    names: [{ dns: 'host.test' }],
    name: 'host.test',
    trusted: [certificates.at(-1)!],
    extra: [],
    missing: new Set(),
    shuffled: false,
    twice: false,
    rootSent: draw.percent(20),
    lists: 'none',
    listDefect: null,
    only13: false,
    partial: false,
  };
}

function leafExtensions(key: Key): Extension[] {
  return [
    extension.basicConstraints(false),
    extension.keyUsage(usage.digitalSignature),
    extension.extendedKeyUsage(purpose.server),
    extension.subjectKeyId(key),
  ];
}

function authorityExtensions(key: Key): Extension[] {
  return [
    extension.basicConstraints(true),
    extension.keyUsage(usage.keyCertSign, usage.crlSign),
    extension.subjectKeyId(key),
  ];
}

type Change = (draft: Draft, draw: Draw) => string | number | undefined;

const changes: readonly (readonly [what: string, change: Change])[] = [
  ['expired', (d, r) => anyOne(d, r, (one) => Object.assign(one, { notAfter: daysFromNow(-1) }))],
  ['not valid yet', (d, r) => anyOne(d, r, (one) => Object.assign(one, { notBefore: daysFromNow(1) }))],
  ['a damaged signature', (d, r) => anyOne(d, r, (one) => Object.assign(one, { damaged: true }))],
  ['signed by an impostor', (d, r) => anyOne(d, r, (one) => Object.assign(one, { signer: pool.stranger }))],
  ['another issuer by name', (d, r) => anyOne(d, r, (one) => Object.assign(one, { issuer: 'Somebody' }))],
  ['no key identifiers', (d, r) => anyOne(d, r, (one) => without(one, '2.5.29.14', '2.5.29.35'))],
  ['version 1', (d, r) => anyOne(d, r, (one) => Object.assign(one, { version: 1 }))],
  [
    'a weak digest',
    (d, r) =>
      anyOne(d, r, (one) => {
        const rsa = one.signer.private.asymmetricKeyType === 'rsa';
        one.digest = rsa ? r.pick(['sha1', 'md5']) : 'sha1';
      }),
  ],
  ['a weak key', (d) => withKey(d, 0, pool.weak)],
  ['a weak key', (d, r) => withKey(d, r.between(1, d.certificates.length - 1), pool.weak)],
  ['an unknown extension', (d, r) => anyOne(d, r, (one) => void one.extensions.push(extension.unknown(r.percent(60))))],
  ['no authority by its word', (d, r) => authority(d, r, (one) => replace(one, extension.basicConstraints(false)))],
  ['says nothing of being an authority', (d, r) => authority(d, r, (one) => without(one, '2.5.29.19'))],
  ['may not sign certificates', (d, r) => authority(d, r, (one) => replace(one, extension.keyUsage(usage.crlSign)))],
  ['nothing about usage', (d, r) => authority(d, r, (one) => without(one, '2.5.29.15'))],
  [
    'a path length',
    (d, r) => authority(d, r, (one) => replace(one, extension.basicConstraints(true, r.pick([0, 0, 1, 2])))),
  ],
  [
    'an authority for a purpose',
    (d, r) =>
      authority(d, r, (one) =>
        replace(one, extension.extendedKeyUsage(...r.pick([[purpose.client], [purpose.server], [purpose.any]]))),
      ),
  ],
  ['constraints', (d, r) => authority(d, r, (one) => replace(one, randomConstraints(r)))],
  ['constraints', (d, r) => authority(d, r, (one) => replace(one, randomConstraints(r)))],
  [
    'a purpose',
    (d, r) => {
      const purposes = r.pick([[purpose.client], [purpose.email], [purpose.server, purpose.client], [purpose.any]]);
      replace(d.certificates[0]!, extension.extendedKeyUsage(...purposes));
    },
  ],
  ['no purpose', (d) => without(d.certificates[0]!, '2.5.29.37')],
  [
    'a usage',
    (d, r) => {
      d.only13 = true;
      const bits = r.pick([[usage.keyCertSign], [usage.keyEncipherment], [usage.digitalSignature, usage.keyCertSign]]);
      replace(d.certificates[0]!, extension.keyUsage(...bits));
    },
  ],
  ['a server that is an authority', (d) => replace(d.certificates[0]!, extension.basicConstraints(true))],
  ['names', randomNames],
  ['names', randomNames],
  ['names', randomNames],
  ['a missing intermediate', (d, r) => intermediate(d, r, (one) => void d.missing.add(one))],
  ['a trusted intermediate', (d, r) => intermediate(d, r, (one) => void (d.trusted = [one]))],
  ['an intermediate that is known besides', (d, r) => intermediate(d, r, (one) => void d.trusted.push(one))],
  ['a stranger is trusted', (d) => void (d.trusted = [selfSigned('Root', pool.stranger)])],
  ['a stranger of the same name is trusted, too', (d) => void d.trusted.unshift(selfSigned('Root', pool.stranger))],
  [
    'a renewed root is trusted, too',
    (d) => void d.trusted.unshift({ ...d.certificates.at(-1)!, serial: 77, notAfter: daysFromNow(60) }),
  ],
  [
    'an intermediate of two issuers',
    (d, r) =>
      intermediate(d, r, (one) => {
        const extensions = [...one.extensions.filter(({ oid }) => oid !== '2.5.29.35')];
        extensions.push(extension.authorityKeyId(pool.stranger));
        d.extra.push({ ...one, issuer: 'Stranger', signer: pool.stranger, serial: 78, extensions });
        if (r.percent(50)) d.missing.add(one);
        if (r.percent(50)) d.trusted.push(selfSigned('Stranger', pool.stranger));
      }),
  ],
  [
    'an expired copy of an intermediate besides',
    (d, r) => intermediate(d, r, (one) => void d.extra.push({ ...one, serial: 79, notAfter: daysFromNow(-1) })),
  ],
  ['a stranger is sent, too', (d) => void d.extra.push(selfSigned('Stranger', pool.stranger))],
  ['another order', (d) => void (d.shuffled = true)],
  ['everything twice', (d) => void (d.twice = true)],
  [
    'signed by itself',
    (d, r) => {
      const own = d.certificates[0]!;
      Object.assign(own, { issuer: own.subject, signer: own.key });
      without(own, '2.5.29.35');
      if (r.percent(40)) d.trusted = [own];
    },
  ],
  ['revocation lists', (d) => void (d.lists = 'all')],
  ['revocation lists with a defect', withListDefect],
  ['revocation lists with a defect', withListDefect],
  ['a subject without anything', (d) => void (d.certificates[0]!.subject = '')],
];

function anyOne(d: Draft, draw: Draw, change: (one: Certificate) => unknown): string {
  // The leaf as often as all the others.
  const at = draw.percent(50) ? 0 : draw.below(d.certificates.length);
  change(d.certificates[at]!);
  return d.certificates[at]!.subject;
}

function authority(d: Draft, draw: Draw, change: (one: Certificate) => unknown): string {
  const at = draw.between(1, d.certificates.length - 1);
  change(d.certificates[at]!);
  return d.certificates[at]!.subject;
}

function intermediate(d: Draft, draw: Draw, change: (one: Certificate) => void): string {
  if (d.certificates.length === 2) return 'there is none';
  const one = d.certificates[draw.between(1, d.certificates.length - 2)]!;
  change(one);
  return one.subject;
}

function replace(one: Certificate, by: Extension): undefined {
  without(one, by.oid);
  one.extensions.push(by);
}

function without(one: Certificate, ...oids: string[]): undefined {
  one.extensions = one.extensions.filter(({ oid }) => !oids.includes(oid));
}

function withKey(d: Draft, at: number, key: Key): string {
  const one = d.certificates[at]!;
  for (const each of d.certificates) if (each.signer === one.key) each.signer = key;
  one.key = key;
  // The identifiers are for humans to be wrong about, too: they stay those of the old key.
  return one.subject;
}

function withListDefect(d: Draft, draw: Draw): string {
  d.lists = 'all';
  const what = draw.pick(['missing', 'expired', 'future', 'stranger', 'revoked', 'revoked'] as const);
  d.listDefect = { at: draw.between(1, d.certificates.length - 1), what };
  return `${what} ${d.listDefect.at}`;
}

function selfSigned(subject: string, key: Key): Certificate {
  return {
    ...{ subject, issuer: subject, key, signer: key, digest: 'sha256', serial: 80, version: 3 },
    notBefore: daysFromNow(-2),
    notAfter: daysFromNow(30),
    extensions: authorityExtensions(key),
  };
}

function randomNames(d: Draft, draw: Draw): string {
  const dns = (...names: string[]): GeneralName[] => names.map((name) => ({ dns: name }));
  const [wanted, names] = draw.pick<readonly [string, GeneralName[]]>([
    ['host.test', dns('other.test')],
    ['host.test', dns('other.test', 'host.test')],
    ['www.host.test', dns('*.host.test')],
    ['host.test', dns('*.host.test')],
    ['a.b.host.test', dns('*.host.test')],
    ['a.b.host.test', dns('*.*.host.test')],
    ['www.host.test', dns('w*.host.test')],
    ['www.host.test', dns('*w.host.test')],
    ['www.host.test', dns('www.*.test')],
    ['host.test', dns('*.test')],
    ['host.test', dns('*')],
    ['host.test', dns('HOST.test')],
    ['host.test', dns('host.test.')],
    ['host.test', dns('.host.test')],
    ['www.host.test', dns('.host.test')],
    ['host.test', dns('host.test\0.evil.test')],
    ['host.test', dns('')],
    ['xn--bcher-kva.test', dns('xn--bcher-kva.test')],
    ['xn--bcher-kva.test', dns('*.test')],
    ['xn--bcher-kva.host.test', dns('*.host.test')],
    ['xn--bcher-kva.host.test', dns('xn--*.host.test')],
    ['192.0.2.1', [{ ip: V4 }]],
    ['192.0.2.1', [{ ip: Buffer.from([192, 0, 2, 2]) }]],
    ['192.0.2.1', dns('192.0.2.1')],
    ['192.0.2.1', dns('*.0.2.1')],
    ['2001:db8::1', [{ ip: V6 }]],
    ['2001:db8::1', [{ ip: V4 }]],
    ['host.test', [{ ip: V4 }]],
    ['host.test', [{ email: 'somebody@host.test' }]],
    ['host.test', []],
    ['www.host.test', []],
    ['192.0.2.1', []],
  ]);
  d.name = wanted;
  d.names = names;
  d.partial = names.some((name) => 'dns' in name && /\*[^.]|[^.]\*/.test(name.dns));
  // The common name counts where there are no names.
  if (draw.percent(50)) d.certificates[0]!.subject = draw.pick(['host.test', '*.host.test', 'other.test', '192.0.2.1']);
  return `${wanted} of ${JSON.stringify(names.map((name) => Object.values(name).toString()))} and ${d.certificates[0]!.subject}`;
}

function randomConstraints(draw: Draw): Extension {
  const some = (): GeneralName[] =>
    draw.pick<GeneralName[]>([
      [{ dns: 'host.test' }],
      [{ dns: '.host.test' }],
      [{ dns: 'test' }],
      [{ dns: 'other.test' }],
      [{ dns: '' }],
      [{ dns: 'HOST.TEST' }, { dns: 'other.test' }],
      [{ ip: Buffer.from([192, 0, 2, 0, 255, 255, 255, 0]) }],
      [{ ip: Buffer.from([192, 0, 2, 1, 255, 255, 255, 255]) }, { dns: 'host.test' }],
      [{ ip: Buffer.concat([V6, Buffer.alloc(16, 255)]) }],
      [{ email: 'host.test' }],
    ]);
  const which = draw.below(3);
  return extension.constraints(which === 1 ? [] : some(), which === 0 ? [] : some());
}

function finished(d: Draft, draw: Draw, story: string): Chain {
  const [own, ...above] = d.certificates;
  if (d.names.length > 0) own!.extensions.push(extension.names(d.names, own!.subject === '' && draw.percent(50)));
  const pem = (one: Certificate): string => pemOf('CERTIFICATE', made(one));
  const mades = new Map<Certificate, Buffer>();
  // A signature differs each time.
  const made = (one: Certificate): Buffer => {
    const known = mades.get(one) ?? certificateDer(one);
    mades.set(one, known);
    return known;
  };
  let rest = above.filter((one, i) => !d.missing.has(one) && (i < above.length - 1 || d.rootSent));
  rest = draw.percent(50) ? [...rest, ...d.extra] : [...d.extra, ...rest];
  if (d.twice) rest = [...rest, own!, ...rest];
  if (d.shuffled) rest.reverse();
  return {
    story,
    sent: [own!, ...rest].map(pem).join(''),
    leaf: pem(own!),
    key: own!.key.pem,
    ca: d.trusted.map(pem).join(''),
    crl: d.lists === 'none' ? undefined : lists(d),
    name: d.name,
    only13: d.only13,
    partial: d.partial,
  };
}

function lists({ certificates, listDefect }: Draft): string[] {
  const strangers = { issuer: 'Stranger', signer: pool.stranger, serials: [] };
  const other = listDer({ ...strangers, thisUpdate: daysFromNow(-3), nextUpdate: daysFromNow(5) });
  const own = certificates.slice(1).flatMap((issuer, i) => {
    const what = listDefect?.at === i + 1 ? listDefect.what : null;
    if (what === 'missing') return [];
    const list = {
      issuer: issuer.subject,
      signer: what === 'stranger' ? pool.stranger : issuer.key,
      thisUpdate: daysFromNow(what === 'future' ? 1 : -3),
      nextUpdate: daysFromNow(what === 'expired' ? -1 : 5),
      serials: what === 'revoked' ? [5, certificates[i]!.serial] : [5],
    };
    return [pemOf('X509 CRL', listDer(list))];
  });
  return [pemOf('X509 CRL', other), ...own];
}
