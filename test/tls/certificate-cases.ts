// Owns the table of server certificates: what a server shows, whom the client trusts, the name it wants, and the verdict.
// It must not know who judges.

import type { Version } from './kit.js';
import { daysFromNow, pki, type Issued, type IssueOptions } from '../support/pki.js';

export interface CertificateCase {
  readonly title: string;
  /** What the server sends, its own certificate first, and its key. */
  readonly sends: Sent;
  /** Whom the client trusts, PEM. */
  readonly ca: string;
  /** What the client wants to speak to; false checks no name. */
  readonly name: string | false;
  /** The name in the form in which it is checked, where that is another one. */
  readonly checked?: string;
  readonly crl?: readonly string[];
  /** The versions of TLS in which a server can show it; both unless told. */
  readonly versions?: readonly Version[];
  /** OpenSSL's name of the verdict. */
  readonly code: string;
  /** Verdicts of others that are not the same, and why. */
  readonly differs?: { readonly openssl?: string; readonly python?: string; readonly why: string };
}

export interface Sent {
  readonly certFile: string;
  readonly leafFile: string;
  readonly keyFile: string;
}

type More = Partial<Omit<CertificateCase, 'title' | 'code' | 'sends'>>;

const HOST = 'host.test';
const OK = 'OK';
const UNKNOWN = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
const WRONG_HOST = 'HOSTNAME_MISMATCH';

/** Makes them all. */
export function certificateCases(): CertificateCase[] {
  return [
    chains(),
    dates(),
    names(),
    addresses(),
    usages(),
    signatures(),
    revocation(),
    constraints(),
    crossed(),
  ].flat();
}

function chains(): CertificateCase[] {
  const { root, intermediate } = pki();
  const good = leaf();
  const other = authority('Other root');
  const impostor = authority('Test root');
  const unnamed = { extensions: ['authorityKeyIdentifier = none', 'subjectKeyIdentifier = none'] };
  const alone = leaf({ issuer: 'self' });
  return [
    row('a leaf and its intermediate', OK, good),
    row('the whole chain, root and all', OK, sent(good, intermediate, root)),
    row('a leaf that the root signed itself', OK, leaf({ issuer: root })),
    row('a missing intermediate', UNKNOWN, sent(good)),
    row('a missing intermediate that the client has', OK, sent(good), { ca: root.leaf + intermediate.leaf }),
    row('an intermediate trusted without its root', 'UNABLE_TO_GET_ISSUER_CERT', good, { ca: intermediate.leaf }),
    row('certificates out of order, and one too many', OK, sent(good, other, root, intermediate)),
    row('a certificate that signed itself', 'DEPTH_ZERO_SELF_SIGNED_CERT', alone),
    row('a certificate that signed itself and is trusted', OK, alone, { ca: alone.leaf }),
    row('an unknown authority', UNKNOWN, leaf({ issuer: other })),
    row('an unknown root that is sent', 'SELF_SIGNED_CERT_IN_CHAIN', sent(leaf({ issuer: other }), other)),
    row('an impostor with the name of the root', UNKNOWN, leaf({ issuer: impostor })),
    row(
      'an impostor, and nothing tells its key from the real one',
      'CERT_SIGNATURE_FAILURE',
      leaf({ issuer: impostor, ...unnamed }),
    ),
  ];
}

function dates(): CertificateCase[] {
  const past = { notBefore: daysFromNow(-2), notAfter: daysFromNow(-1) };
  const future = { notBefore: daysFromNow(1), notAfter: daysFromNow(2) };
  const expired = 'CERT_HAS_EXPIRED';
  const oldRoot = authority('Old root', { issuer: 'self', ...past });
  const why = 'OpenSSL compares the name before it looks at the dates; here the chain comes first';
  return [
    row('an expired certificate', expired, leaf(past)),
    row('a certificate that is not valid yet', 'CERT_NOT_YET_VALID', leaf(future)),
    row('an expired intermediate', expired, leaf({ issuer: authority('Old', { issuer: pki().root, ...past }) })),
    row('an expired root', expired, leaf({ issuer: oldRoot }), { ca: oldRoot.leaf }),
    row('expired, and of an unknown authority', UNKNOWN, leaf({ issuer: authority('Other root'), ...past })),
    row('expired, and it signed itself', 'DEPTH_ZERO_SELF_SIGNED_CERT', leaf({ issuer: 'self', ...past })),
    row('expired, and for another host', expired, leaf({ name: 'other.test', ...past }), {
      differs: { openssl: WRONG_HOST, python: WRONG_HOST, why },
    }),
    row('expired, and for clients', 'INVALID_PURPOSE', leaf({ usage: 'client', ...past })),
    row(
      'for another host, and of an unknown authority',
      UNKNOWN,
      leaf({ name: 'other.test', issuer: authority('Other root') }),
    ),
  ];
}

function names(): CertificateCase[] {
  const wild = leaf({ san: ['DNS:*.wild.test'] });
  const partial = leaf({ san: ['DNS:h*.wild.test', 'DNS:*t.wild.test'] });
  const loud = leaf({ san: ['DNS:HOST.TEST'] });
  const idn = leaf({ san: ['DNS:xn--bcher-kva.test'] });
  const withNul = leaf({ san: [], extensions: [`subjectAltName = DER:${derName('host.test\0.evil.test')}`] });
  const many = leaf({ san: [...Array.from({ length: 300 }, (_, i) => `DNS:n${i}.test`), `DNS:${HOST}`] });
  const why = '`openssl verify` cannot be told to refuse wildcards inside a label';
  return [
    row('another host', WRONG_HOST, leaf({ name: 'other.test' })),
    row('another host when no name is checked', OK, leaf({ name: 'other.test' }), { name: false }),
    row('a host below the one that is named', WRONG_HOST, leaf(), { name: 'www.host.test' }),
    row('a host above the one that is named', WRONG_HOST, leaf({ name: 'www.host.test' })),
    row('the last of 301 names', OK, many),
    row('a wildcard', OK, wild, { name: 'a.wild.test' }),
    row('a wildcard two labels above', WRONG_HOST, wild, { name: 'a.b.wild.test' }),
    row('a wildcard for its own parent', WRONG_HOST, wild, { name: 'wild.test' }),
    row('a wildcard for an international name', OK, wild, { name: 'xn--bcher-kva.wild.test' }),
    row('a wildcard in the middle', WRONG_HOST, leaf({ san: ['DNS:a.*.test'] }), { name: 'a.wild.test' }),
    row('a wildcard that stands below nothing but a top-level domain', WRONG_HOST, leaf({ san: ['DNS:*.test'] })),
    row('a wildcard that stands alone', WRONG_HOST, leaf({ san: ['DNS:*'] }), { name: 'localhost' }),
    row('two wildcards', WRONG_HOST, leaf({ san: ['DNS:*.*.test'] }), { name: 'a.wild.test' }),
    row('a wildcard for the end of a label', WRONG_HOST, partial, {
      name: 'host.wild.test',
      differs: { openssl: OK, why },
    }),
    row('upper case in the certificate', OK, loud),
    row('upper case in the wanted name', OK, leaf(), { name: 'HoSt.TeSt', checked: HOST }),
    row('an international name', OK, idn, { name: 'bücher.test', checked: 'xn--bcher-kva.test' }),
    row('a trailing dot in the wanted name', OK, leaf(), { name: 'host.test.', checked: HOST }),
    row('a NUL behind the wanted name', WRONG_HOST, withNul),
    row('the name in the common name, where there are no names', OK, leaf({ san: [] })),
    row('the name in the common name, beside another name', WRONG_HOST, leaf({ san: ['DNS:other.test'] })),
    row('the name as an e-mail address', WRONG_HOST, leaf({ name: 'other.test', san: [`email:a@${HOST}`] })),
    row('the name as a URI', WRONG_HOST, leaf({ name: 'other.test', san: [`URI:https://${HOST}/`] })),
  ];
}

function addresses(): CertificateCase[] {
  const v4 = leaf({ san: ['IP:192.0.2.1', 'DNS:host.test'] });
  const v6 = leaf({ san: ['IP:2001:db8::1'] });
  const wrong = 'IP_ADDRESS_MISMATCH';
  return [
    row('an IPv4 address', OK, v4, { name: '192.0.2.1' }),
    row('another IPv4 address', wrong, v4, { name: '192.0.2.10' }),
    row('an IPv6 address', OK, v6, { name: '2001:db8::1' }),
    row('an IPv6 address written at length', OK, v6, { name: '2001:0DB8:0:0:0:0:0:1' }),
    row('another IPv6 address', wrong, v6, { name: '2001:db8::2' }),
    row('an address in the common name', wrong, leaf({ name: '192.0.2.1', san: [] }), { name: '192.0.2.1' }),
    row('an address as a DNS name', wrong, leaf({ san: ['DNS:192.0.2.1'] }), { name: '192.0.2.1' }),
    row('a wildcard for an address', wrong, leaf({ san: ['DNS:*.0.2.1'] }), { name: '192.0.2.1' }),
    row('a host, where only an address is named', WRONG_HOST, leaf({ name: 'other.test', san: ['IP:192.0.2.1'] })),
  ];
}

function usages(): CertificateCase[] {
  const { root } = pki();
  const wrong = 'INVALID_PURPOSE';
  const signing = { extensions: ['keyUsage = critical,keyCertSign'] };
  const noAuthority = pki().issue({ name: 'No authority', issuer: root, usage: 'none', ...signing });
  const clients = authority('Clients only', { issuer: root, usage: 'client' });
  const short = authority('Short root', { issuer: 'self', pathLength: 0 });
  const below = authority('Below', { issuer: short });
  return [
    row('for clients only', wrong, leaf({ usage: 'client' })),
    row('for servers and clients', OK, leaf({ usage: 'both' })),
    row('for anything', OK, leaf({ usage: 'none' })),
    row('for e-mail', wrong, leaf({ usage: 'email' })),
    row('a key that may only sign certificates', wrong, leaf(signing), { versions: ['TLSv1.3'] }),
    row('an authority for clients only', wrong, leaf({ issuer: clients })),
    row('an issuer that is no authority', 'INVALID_CA', leaf({ issuer: noAuthority })),
    row('an issuer that is just another server', 'INVALID_CA', leaf({ issuer: leaf({ name: 'other.test' }) })),
    row('a path that is too long', 'PATH_LENGTH_EXCEEDED', leaf({ issuer: below }), { ca: short.leaf }),
    row('a path that is just short enough', OK, leaf({ issuer: short }), { ca: short.leaf }),
    row(
      'a critical extension that nobody knows',
      'UNHANDLED_CRITICAL_EXTENSION',
      leaf({ extensions: ['1.2.3.4 = critical,DER:05:00'] }),
    ),
  ];
}

function signatures(): CertificateCase[] {
  const { root } = pki();
  const broken = 'CERT_SIGNATURE_FAILURE';
  const weak = 'CA_MD_TOO_WEAK';
  const rsa = authority('RSA root', { issuer: 'self', key: 'rsa2048' });
  const small = authority('Small root', { issuer: 'self', key: 'rsa1024' });
  const old = authority('SHA-1 root', { issuer: 'self', digest: 'sha1' });
  const edwards = authority('Ed25519 root', { issuer: 'self', key: 'ed25519' });
  const below = leaf({ issuer: authority('Broken', { issuer: root }) });
  return [
    row('a broken signature', broken, damaged(leaf())),
    row('an intermediate with a broken signature', broken, sent(below, damaged(below.issuer!))),
    row('RSA of 1024 bits', 'EE_KEY_TOO_SMALL', leaf({ key: 'rsa1024' })),
    row('an authority with RSA of 1024 bits', 'CA_KEY_TOO_SMALL', leaf({ issuer: small }), { ca: small.leaf }),
    row('a signature over SHA-1', weak, leaf({ digest: 'sha1' })),
    row(
      'an intermediate signed over SHA-1',
      weak,
      leaf({ issuer: authority('Weak', { issuer: root, digest: 'sha1' }) }),
    ),
    row('a root that signed itself over SHA-1', OK, leaf({ issuer: old }), { ca: old.leaf }),
    row('a signature over MD5', weak, leaf({ issuer: rsa, digest: 'md5' }), { ca: rsa.leaf }),
    row('RSA of 2048 bits', OK, leaf({ key: rsa, issuer: rsa }), { ca: rsa.leaf }),
    row('an RSASSA-PSS signature', OK, leaf({ issuer: rsa, pss: true }), { ca: rsa.leaf }),
    row('an RSASSA-PSS key', OK, leaf({ key: 'rsa-pss' })),
    row('Ed25519 from top to bottom', OK, leaf({ key: 'ed25519', issuer: edwards }), { ca: edwards.leaf }),
    row('P-384 and SHA-384', OK, leaf({ key: 'p384', digest: 'sha384' })),
  ];
}

function revocation(): CertificateCase[] {
  const { root, intermediate } = pki();
  const one = leaf();
  const past = { lastUpdate: daysFromNow(-3), nextUpdate: daysFromNow(-1) };
  const future = { lastUpdate: daysFromNow(1), nextUpdate: daysFromNow(2) };
  const list = (issuer: Issued, o = {}): string => pki().crl(issuer, o).content;
  const crl = [list(root), list(intermediate, { revoked: [pki().client] })];
  const withList = (mine: string, roots = list(root)): More => ({ crl: [roots, mine] });
  const other = { ...intermediate, ...keyOf(authority('Test intermediate', { issuer: authority('Other root') })) };
  return [
    row('revocation lists that name another', OK, one, { crl }),
    row('revoked', 'CERT_REVOKED', one, withList(list(intermediate, { revoked: [one] }))),
    row(
      'a revoked intermediate',
      'CERT_REVOKED',
      one,
      withList(list(intermediate), list(root, { revoked: [intermediate] })),
    ),
    row('no revocation list of the intermediate', 'UNABLE_TO_GET_CRL', one, { crl: [list(root)] }),
    row('no revocation list of the root', 'UNABLE_TO_GET_CRL', one, { crl: [list(intermediate)] }),
    row('an expired revocation list', 'CRL_HAS_EXPIRED', one, withList(list(intermediate, past))),
    row('a revocation list that is not valid yet', 'CRL_NOT_YET_VALID', one, withList(list(intermediate, future))),
    row('a revocation list by an impostor', 'UNABLE_TO_GET_CRL', one, withList(list(other))),
  ];
}

function constraints(): CertificateCase[] {
  const { root } = pki();
  const limited = (nameConstraints: string): Issued => authority('Limited', { issuer: root, nameConstraints });
  const inside = limited('permitted;DNS:host.test');
  const outside = limited('excluded;DNS:host.test,excluded;IP:192.0.2.0/255.255.255.0');
  const address = leaf({ issuer: outside, name: 'other.test', san: ['IP:192.0.2.1'] });
  return [
    row('a permitted name', OK, leaf({ issuer: inside, san: [`DNS:${HOST}`, `DNS:www.${HOST}`] })),
    row(
      'a name that is not permitted',
      'PERMITTED_VIOLATION',
      leaf({ issuer: inside, san: [`DNS:${HOST}`, 'DNS:other.test'] }),
    ),
    row('an excluded name', 'EXCLUDED_VIOLATION', leaf({ issuer: outside })),
    row('an excluded address', 'EXCLUDED_VIOLATION', address, { name: '192.0.2.1' }),
    row('a name that is not excluded', OK, leaf({ issuer: outside, name: 'other.test' }), { name: 'other.test' }),
  ];
}

function crossed(): CertificateCase[] {
  const { root } = pki();
  const next = authority('Next root');
  const bridge = authority('Next root', { issuer: root, key: next });
  const byNext = leaf({ issuer: next });
  const ours = authority('Two parents', { issuer: root });
  const foreign = authority('Two parents', { issuer: authority('Other root'), key: ours });
  const stale = authority('Two parents', {
    issuer: root,
    key: ours,
    notBefore: daysFromNow(-3),
    notAfter: daysFromNow(-1),
  });
  const child = leaf({ issuer: ours });
  return [
    row('a new root, through the signature of an old one', OK, sent(byNext, bridge)),
    row('a new root that is trusted, with the signature of an old one', OK, sent(byNext, bridge), { ca: next.leaf }),
    row('a new root without the signature of the old one', UNKNOWN, byNext),
    row('an intermediate of two roots, the trusted one first', OK, sent(child, ours, foreign)),
    row('an intermediate of two roots, the unknown one first', UNKNOWN, sent(child, foreign, ours)),
    row('an intermediate of the unknown root alone', UNKNOWN, sent(child, foreign)),
    row('an intermediate, expired and renewed', OK, sent(child, stale, ours)),
  ];
}

function row(title: string, code: string, sends: Sent, more: More = {}): CertificateCase {
  return { title, code, sends, ca: pki().root.leaf, name: HOST, ...more };
}

function leaf(o: Partial<IssueOptions> = {}): Issued {
  return pki().issue({ name: HOST, ...o });
}

/** An authority; without an issuer it is a root, made once a name. */
function authority(name: string, o: Partial<IssueOptions> = {}): Issued {
  if (o.issuer !== undefined) return pki().issue({ name, ca: true, ...o });
  const known = roots.get(name) ?? pki().issue({ name, ca: true, issuer: 'self' });
  roots.set(name, known);
  return known;
}

const roots = new Map<string, Issued>();

/** A certificate with another chain behind it than its own. */
function sent(one: Issued, ...above: Issued[]): Sent {
  return { ...one, certFile: pki().file('sent.pem', [one, ...above].map(({ leaf }) => leaf).join('')) };
}

/** The last bit of the signature is another one. */
function damaged(one: Issued): Issued {
  const der = Buffer.from(one.x509.raw);
  der[der.length - 1]! ^= 1;
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`;
  return pki().assemble(one.name, pem, one.key, one.issuer);
}

function keyOf({ leaf, leafFile, keyFile, key }: Issued): Partial<Issued> {
  return { leaf, leafFile, keyFile, key };
}

/** A SubjectAltName with one DNS name, for openssl.cnf. */
function derName(name: string): string {
  const bytes = Buffer.from(name, 'latin1');
  return Buffer.from([0x30, bytes.length + 2, 0x82, bytes.length, ...bytes])
    .toString('hex')
    .replace(/..(?=.)/g, '$&:');
}
