// Owns the certificates of the tests: a root, an intermediate, and whatever a test asks for, made by the `openssl`
// command in a temporary folder that is gone when the process ends. It must not know what is tested.
//
//   const { root, server, client } = pki();              // made once a process
//   await listen(0, { tls: { cert: { file: server.certFile }, key: { file: server.keyFile } } });
//   await connect(…, { tls: { ca: root.cert, serverName: 'localhost' } });
//   const old = pki().issue({ name: 'old.test', notAfter: daysFromNow(-1) });     // signed by the intermediate
//   const alone = pki().issue({ name: 'alone.test', issuer: 'self' });
//   const other = pki().issue({ name: 'Other root', ca: true, issuer: 'self' });  // another authority
//
// `server` is valid for localhost, 127.0.0.1, ::1, example.test and *.wild.test; `client` for clients only.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type KeyKind = 'ec' | 'p384' | 'rsa2048' | 'rsa1024' | 'rsa-pss' | 'ed25519';

/** A certificate with its key. Texts are PEM, files hold the same text. */
export interface Issued {
  readonly name: string;
  /** What a server sends: its own certificate and those of the intermediates, without the root. */
  readonly cert: string;
  readonly certFile: string;
  /** The certificate alone. */
  readonly leaf: string;
  readonly leafFile: string;
  /** The intermediates alone; empty when the issuer is a root. */
  readonly chain: string;
  readonly chainFile: string;
  /** PKCS#8, not encrypted. */
  readonly key: string;
  readonly keyFile: string;
  /** Hexadecimal, as OpenSSL writes it. */
  readonly serial: string;
  readonly x509: X509Certificate;
  /** SHA-256 of the public key, in base64: what `pins` takes. */
  readonly pin: string;
  /** Null when it signed itself. */
  readonly issuer: Issued | null;
}

export interface IssueOptions {
  /** The common name, and the DNS name in the SAN of a certificate that is no authority's. */
  readonly name: string;
  /** In OpenSSL's words: `['DNS:a.test', 'IP:127.0.0.1']`; `[]` for a certificate without. */
  readonly san?: readonly string[];
  /** The subject in place of `CN = name`: lines of a distinguished_name section. */
  readonly subject?: readonly string[];
  /** The intermediate unless told. */
  readonly issuer?: Issued | 'self';
  /** Yesterday unless told. */
  readonly notBefore?: Date;
  /** In thirty days unless told. */
  readonly notAfter?: Date;
  /** Extended key usage: `server` unless told; nothing for authorities. */
  readonly usage?: 'server' | 'client' | 'both' | 'email' | 'ocsp' | 'none';
  /** The new key: P-256 unless told. Or the key of another certificate. */
  readonly key?: KeyKind | Issued;
  /** What the issuer's signature hashes with: sha256 unless told. */
  readonly digest?: 'sha256' | 'sha384' | 'sha1' | 'md5';
  /** The issuer, which has an RSA key, signs with RSASSA-PSS. */
  readonly pss?: boolean;
  readonly ca?: boolean;
  /** Authorities: how many more may stand below. */
  readonly pathLength?: number;
  /** `'permitted;DNS:example.test'` */
  readonly nameConstraints?: string;
  /** More lines of an extension section of openssl.cnf: `['tlsfeature = status_request']`. Those that are there already are replaced. */
  readonly extensions?: readonly string[];
}

export interface CrlOptions {
  /** The certificates that it names. */
  readonly revoked?: readonly Issued[];
  /** Yesterday unless told. */
  readonly lastUpdate?: Date;
  /** In ten days unless told. */
  readonly nextUpdate?: Date;
}

export interface OcspOptions {
  /** `good` unless told. */
  readonly status?: 'good' | 'revoked' | 'unknown';
  /** Who signs: the issuer of the certificate unless told. One that is no authority needs `usage: 'ocsp'`. */
  readonly signer?: Issued;
}

/** Text and the file that it stands in. */
export interface Made<T> {
  readonly file: string;
  readonly content: T;
}

/** A date so many days from now, backwards below 0. */
export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

let made: Pki | null = null;

/** The certificates of this process. */
export function pki(): Pki {
  return (made ??= new Pki());
}

export class Pki {
  readonly dir: string;
  readonly root: Issued;
  readonly intermediate: Issued;
  readonly server: Issued;
  readonly client: Issued;
  #files = 0;

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'berkeley-pki-'));
    process.once('exit', () => rmSync(this.dir, { recursive: true, force: true }));
    const lasting = { notBefore: daysFromNow(-3), notAfter: daysFromNow(60), ca: true };
    this.root = this.issue({ name: 'Test root', issuer: 'self', ...lasting });
    this.intermediate = this.issue({ name: 'Test intermediate', issuer: this.root, ...lasting });
    this.server = this.issue({
      name: 'localhost',
      san: ['DNS:localhost', 'DNS:example.test', 'DNS:*.wild.test', 'IP:127.0.0.1', 'IP:::1'],
    });
    this.client = this.issue({ name: 'client', usage: 'client', san: ['email:client@example.test'] });
  }

  issue(o: IssueOptions): Issued {
    const issuer = o.issuer === 'self' ? null : (o.issuer ?? this.intermediate);
    const base = this.#path('');
    const config = `${base}cnf`;
    writeFileSync(config, configuration(base, o));
    writeFileSync(`${base}index`, '');
    const keyFile = typeof o.key === 'object' ? o.key.keyFile : `${base}key`;
    const making = typeof o.key === 'object' ? ['-key', keyFile] : [...newKey[o.key ?? 'ec'], '-keyout', keyFile];
    this.run(['req', '-new', '-config', config, '-nodes', ...making, '-out', `${base}csr`]);
    this.run([
      ...['ca', '-batch', '-notext', '-config', config, '-preserveDN', '-extensions', 'ext'],
      ...['-in', `${base}csr`, '-out', `${base}leaf.pem`, '-md', o.digest ?? 'sha256'],
      ...['-startdate', asn1Time(o.notBefore ?? daysFromNow(-1)), '-enddate', asn1Time(o.notAfter ?? daysFromNow(30))],
      ...(issuer === null
        ? ['-selfsign', '-keyfile', keyFile]
        : ['-cert', issuer.leafFile, '-keyfile', issuer.keyFile]),
      ...(o.pss ? ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'] : []),
    ]);
    return this.assemble(o.name, readFileSync(`${base}leaf.pem`, 'utf8'), readFileSync(keyFile, 'utf8'), issuer);
  }

  /** A certificate from its parts; `issue` ends here, and so does a test that has damaged one. */
  assemble(name: string, leaf: string, key: string, issuer: Issued | null): Issued {
    const chain = issuer === null || issuer.issuer === null ? '' : issuer.leaf + issuer.chain;
    const x509 = new X509Certificate(leaf);
    const spki = x509.publicKey.export({ type: 'spki', format: 'der' });
    return {
      name,
      cert: leaf + chain,
      certFile: this.file('cert.pem', leaf + chain),
      leaf,
      leafFile: this.file('leaf.pem', leaf),
      chain,
      chainFile: this.file('chain.pem', chain),
      key,
      keyFile: this.file('key.pem', key),
      serial: x509.serialNumber,
      x509,
      pin: createHash('sha256').update(spki).digest('base64'),
      issuer,
    };
  }

  /** A revocation list of an authority, PEM. */
  crl(issuer: Issued, o: CrlOptions = {}): Made<string> {
    const base = this.#path('');
    writeFileSync(`${base}cnf`, configuration(base, { name: '' }));
    writeFileSync(`${base}index`, (o.revoked ?? []).map((one) => indexLine(one, 'revoked')).join(''));
    this.run([
      ...['ca', '-gencrl', '-config', `${base}cnf`, '-cert', issuer.leafFile, '-keyfile', issuer.keyFile],
      ...['-md', 'sha256', '-out', `${base}crl`, '-crl_lastupdate', asn1Time(o.lastUpdate ?? daysFromNow(-1))],
      ...['-crl_nextupdate', asn1Time(o.nextUpdate ?? daysFromNow(10))],
    ]);
    return { file: `${base}crl`, content: readFileSync(`${base}crl`, 'utf8') };
  }

  /** An OCSP response about a certificate, DER. It is made without any server. */
  ocsp(about: Issued, o: OcspOptions = {}): Made<Buffer> {
    const issuer = about.issuer ?? about;
    const signer = o.signer ?? issuer;
    const base = this.#path('');
    writeFileSync(`${base}index`, o.status === 'unknown' ? '' : indexLine(about, o.status ?? 'good'));
    this.run([
      ...[
        'ocsp',
        '-index',
        `${base}index`,
        '-CA',
        issuer.leafFile,
        '-issuer',
        issuer.leafFile,
        '-cert',
        about.leafFile,
      ],
      ...[
        '-rsigner',
        signer.leafFile,
        '-rkey',
        signer.keyFile,
        '-ndays',
        '3',
        '-noverify',
        '-no_nonce',
        '-respout',
        `${base}ocsp`,
      ],
    ]);
    return { file: `${base}ocsp`, content: readFileSync(`${base}ocsp`) };
  }

  /** Certificate, key and chain as PKCS#12. */
  pkcs12(one: Issued, passphrase: string, more: readonly string[] = []): Made<Buffer> {
    const file = this.#path('p12');
    const parts = [
      '-inkey',
      one.keyFile,
      '-in',
      one.leafFile,
      ...(one.chain === '' ? [] : ['-certfile', one.chainFile]),
    ];
    this.run(['pkcs12', '-export', ...parts, '-passout', `pass:${passphrase}`, ...more, '-out', file]);
    return { file, content: readFileSync(file) };
  }

  /** Its key as encrypted PKCS#8, PEM. */
  encryptedKey(one: Issued, passphrase: string): Made<string> {
    const file = this.#path('key');
    this.run([
      'pkcs8',
      '-topk8',
      '-v2',
      'aes-256-cbc',
      '-in',
      one.keyFile,
      '-passout',
      `pass:${passphrase}`,
      '-out',
      file,
    ]);
    return { file, content: readFileSync(file, 'utf8') };
  }

  /** Writes a file into the folder and returns its path. */
  file(ending: string, content: string | Uint8Array): string {
    const path = this.#path(ending);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  /** Runs the `openssl` command and returns its output. */
  run(words: readonly string[], input = ''): string {
    return execFileSync('openssl', words, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** The same, with what it says of errors, whatever its exit code. */
  runAnyway(words: readonly string[]): string {
    const { stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
    return stdout + stderr;
  }

  /** Runs it beside the test, and returns what it says, whatever its exit code. Its input stays open until it ends. */
  async start(words: readonly string[], input = ''): Promise<string> {
    const child = spawn('openssl', words, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => (output += piece.toString()));
    child.stdin.write(input);
    await once(child, 'close');
    return output;
  }

  #path(ending: string): string {
    return join(this.dir, `${++this.#files}.${ending}`);
  }
}

const newKey: Record<KeyKind, string[]> = {
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa2048: ['-newkey', 'rsa:2048'],
  rsa1024: ['-newkey', 'rsa:1024'],
  'rsa-pss': ['-newkey', 'rsa-pss', '-pkeyopt', 'rsa_keygen_bits:2048'],
  ed25519: ['-newkey', 'ed25519'],
};

const usages: Record<Exclude<IssueOptions['usage'], undefined>, string> = {
  server: 'serverAuth',
  client: 'clientAuth',
  both: 'serverAuth,clientAuth',
  email: 'emailProtection',
  ocsp: 'OCSPSigning',
  none: '',
};

/** An openssl.cnf for one certificate. */
function configuration(base: string, o: IssueOptions): string {
  const parts = ['countryName', 'organizationName', 'organizationalUnitName', 'commonName', 'emailAddress'];
  return `
[req]
distinguished_name = dn
prompt = no
utf8 = yes
string_mask = utf8only
[dn]
${(o.subject ?? [`CN = ${o.name}`]).join('\n')}
[ca]
default_ca = it
[it]
database = ${base}index
new_certs_dir = ${join(base, '..')}
rand_serial = yes
unique_subject = no
policy = any
crl_extensions = crl
[crl]
authorityKeyIdentifier = keyid:always
[any]
${parts.map((part) => `${part} = optional`).join('\n')}
[ext]
${extensions(o).join('\n')}
`;
}

function extensions(o: IssueOptions): string[] {
  const usage = usages[o.usage ?? (o.ca ? 'none' : 'server')];
  const san = o.san ?? (o.ca ? [] : [`DNS:${o.name}`]);
  const lines = [
    'subjectKeyIdentifier = hash',
    ...(o.issuer === 'self' ? [] : ['authorityKeyIdentifier = keyid:always']),
    `basicConstraints = critical,CA:${o.ca ? 'TRUE' : 'FALSE'}${o.pathLength === undefined ? '' : `,pathlen:${o.pathLength}`}`,
    `keyUsage = critical,${o.ca ? 'keyCertSign,cRLSign' : 'digitalSignature'}`,
    ...(usage === '' ? [] : [`extendedKeyUsage = ${usage}`]),
    ...(san.length === 0 ? [] : [`subjectAltName = ${san.join(',')}`]),
    ...(o.nameConstraints === undefined ? [] : [`nameConstraints = critical,${o.nameConstraints}`]),
  ];
  const own = o.extensions ?? [];
  const name = (line: string): string => line.split('=')[0]!.trim();
  return [...lines.filter((line) => !own.some((mine) => name(mine) === name(line))), ...own];
}

/** A line of the list that `openssl ca` keeps of what it has issued. */
function indexLine(one: Issued, status: 'good' | 'revoked'): string {
  const [letter, when] = status === 'good' ? ['V', ''] : ['R', utcTime(daysFromNow(-0.5))];
  return (
    [letter, utcTime(new Date(one.x509.validTo)), when, one.serial, 'unknown', `/CN=${one.name}`].join('\t') + '\n'
  );
}

/** GeneralizedTime: 20260131235959Z. */
function asn1Time(date: Date): string {
  return date.toISOString().replace(/[-:T]/g, '').replace(/\.\d+/, '');
}

/** UTCTime, with two digits of the year. */
function utcTime(date: Date): string {
  return asn1Time(date).slice(2);
}
