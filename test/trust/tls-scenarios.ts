// Owns the kinds of connections that are attacked: options of both ends, and what an undisturbed handshake comes to. It must
// not know who attacks.

import type { TlsInfo, TlsOptions } from 'berkeley';
import { pki } from '../support/pki.js';
import { only, versions, type Version } from '../tls/kit.js';

export interface Scenario {
  readonly title: string;
  readonly version: Version;
  readonly client: TlsOptions;
  readonly server: TlsOptions;
  readonly resumes: boolean;
}

export function scenarios(): Scenario[] {
  const { root, server, client } = pki();
  const staple = pki().ocsp(server).content;
  const mutual: [TlsOptions, TlsOptions] = [
    { cert: client.cert, key: client.key },
    { clientCert: 'require', ca: root.cert },
  ];
  const asked: [TlsOptions, TlsOptions] = [
    { alpn: ['bk-two', 'bk-one'], ocsp: 'require' },
    { alpn: ['bk-one', 'bk-three'], staple },
  ];
  const kinds: [title: string, resumes: boolean, ...(readonly [TlsOptions, TlsOptions])[]][] = [
    ['plain', false],
    ['client certificate', false, mutual],
    ['ALPN and OCSP', false, asked],
    ['resumption', true],
    ['resumption, client certificate, ALPN and OCSP', true, mutual, asked],
    ['another group first', false, [{ groups: 'X448:P-256:X25519' }, { groups: 'P-256' }]],
  ];
  return versions.flatMap((version) =>
    kinds.map(([kind, resumes, ...options]) => ({
      title: `${version}, ${kind}`,
      version,
      resumes,
      client: merged(
        { ca: root.cert, serverName: 'localhost', ...only(version) },
        options.map(([one]) => one),
      ),
      server: merged(
        { cert: server.cert, key: server.key, ...only(version) },
        options.map(([, one]) => one),
      ),
    })),
  );
}

/** What nobody on the way may change. */
export function agreed({ version, cipher, group, alpn, serverName, authorized, verifyCode, resumed }: TlsInfo): object {
  return { version, cipher, group, alpn, serverName, authorized, verifyCode, resumed };
}

function merged(first: TlsOptions, more: readonly TlsOptions[]): TlsOptions {
  return more.reduce((all, one) => ({ ...all, ...one }), first);
}
