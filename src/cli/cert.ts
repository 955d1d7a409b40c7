// Owns `berkeley cert`: where certificates come from, and the verdict. It must not know how one is shown or made.

import type { X509Certificate } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { verifyHint } from '../error/verify-hint.js';
import { connect } from '../promises/index.js';
import type { CertCommand, CertificateOrder } from './cert/command.js';
import { certificatesIn, fileVerdict } from './cert/file-verdict.js';
import { certScreen, chainFacts, type CertReport } from './cert/report.js';
import { Output } from './output.js';
import { inWordsOfTheCommand } from './report.js';
import { selfSigned } from './self-signed.js';
import { askForTls } from './starttls.js';
import { Timeline } from './timeline.js';
import { UsageError } from './usage.js';
import { visibleJson } from './visible.js';

/** The exit code: 6 for a certificate that is not valid. */
export async function runCert(command: CertCommand): Promise<number> {
  if (command.target === null) return make(command.make, command.json);
  const found = isFile(command.target) ? ofFile(command, command.target) : await ofServer(command, command.target);
  const report = reported(command, command.target, found);
  const text = command.json
    ? `${visibleJson(report)}\n`
    : command.pem
      ? found.chain.map((certificate) => certificate.toString()).join('')
      : certScreen(report);
  await new Output(process.stdout).write(Buffer.from(text));
  return report.exitCode;
}

interface Found {
  readonly chain: readonly X509Certificate[];
  readonly name: string | null;
  readonly verdict: string;
}

async function ofServer(command: CertCommand, target: string): Promise<Found> {
  const { timeout, tls } = command;
  const { on } = new Timeline(command);
  const conn = await connect(target.replace(/^tls:/, 'tcp:'), { timeout, on });
  try {
    if (tls.starttls !== null) await askForTls(conn, tls.starttls, { timeout });
    // What is wrong with a certificate is to be shown, so it must not end the handshake.
    const info = await conn.startTls({ ...tls.options, verify: false, timeout });
    const name = tls.options.serverName || hostOf(target);
    // Nobody has said for whom it should be.
    const verdict = info.authorized && name === null ? 'HOSTNAME_MISMATCH' : info.verifyCode;
    return { chain: info.chain, name, verdict };
  } finally {
    conn[Symbol.dispose]();
  }
}

function ofFile({ tls }: CertCommand, file: string): Found {
  const chain = readable(file);
  const { ca, serverName } = tls.options;
  const authorities = typeof ca === 'object' && 'file' in ca ? readable(ca.file) : null;
  const name = serverName || null;
  return { chain, name, verdict: fileVerdict(chain, authorities, name) };
}

/** The certificates of a file, at least one. */
function readable(file: string): X509Certificate[] {
  const text = readFileSync(file, 'latin1');
  let found: X509Certificate[];
  try {
    found = certificatesIn(text);
  } catch {
    throw new UsageError(`a certificate in ${file} cannot be read`);
  }
  if (found.length === 0) throw new UsageError(`there is no certificate in ${file}: it would be PEM`);
  return found;
}

function reported({ pem }: CertCommand, source: string, { chain, name, verdict }: Found): CertReport {
  const good = verdict === 'OK';
  return {
    source,
    name,
    verdict,
    chain: chain.map((certificate) => chainFacts(certificate, pem)),
    error: good
      ? null
      : {
          code: verdict,
          message: 'the certificate is not valid',
          hint: inWordsOfTheCommand(verifyHint(verdict)),
          alert: null,
        },
    exitCode: good ? 0 : 6,
  };
}

async function make({ names, days, files }: CertificateOrder, json: boolean): Promise<number> {
  const { cert, key, pin } = await selfSigned(names, days);
  if (files === null) {
    const text = json ? `${visibleJson({ names, days, pin, cert, key })}\n` : cert + key;
    await new Output(process.stdout).write(Buffer.from(text.replaceAll('\r\n', '\n')));
    return 0;
  }
  writeNew(files.key, key, 0o600);
  try {
    writeNew(files.cert, cert, 0o644);
  } catch (error) {
    rmSync(files.key);
    throw error;
  }
  const told = { names, days, pin, cert: files.cert, key: files.key };
  process.stdout.write(
    json ? `${visibleJson(told)}\n` : `${files.cert} and ${files.key}: ${names.join(', ')}\npin sha256/${pin}\n`,
  );
  return 0;
}

function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text.replaceAll('\r\n', '\n'), { flag: 'wx', mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new UsageError(`${file} exists, and is left as it is`);
    throw error;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The host of a target, which the certificate is checked against; null where there is none. */
function hostOf(target: string): string | null {
  if (/^(unix:|\/|fd:)/.test(target)) return null;
  return (
    target
      .replace(/^\w+:\/\//, '')
      .replace(/:[^:]*$/, '')
      .replace(/^\[(.*)\]$/, '$1') || 'localhost'
  );
}
