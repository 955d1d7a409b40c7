// Owns `berkeley tls`: one handshake, whatever becomes of it, and the verdict. It must not know how that is shown.

import type { AsyncConn } from '../contract/conn.js';
import type { TlsInfo } from '../contract/tls.js';
import { TlsError } from '../error/socket-error.js';
import { verifyHint } from '../error/verify-hint.js';
import { connect } from '../promises/index.js';
import type { TlsCommand } from './arguments.js';
import { exitCodeOf, failureOf, type Failure } from './failure.js';
import { Output } from './output.js';
import { inWordsOfTheCommand } from './report.js';
import { askForTls } from './starttls.js';
import { certificateFacts } from './tls/certificate.js';
import { ocspFacts } from './tls/ocsp.js';
import { screen } from './tls/screen.js';
import type { HandshakeFacts, TlsReport } from './tls/tls-report.js';
import { Timeline } from './timeline.js';
import { visibleJson } from './visible.js';

/** Returns the exit code. */
export async function runTls(command: TlsCommand): Promise<number> {
  const report = await examine(command, new Timeline(command));
  const text = command.json ? `${visibleJson(report)}\n` : screen(report);
  await new Output(process.stdout).write(Buffer.from(text));
  return report.exitCode;
}

async function examine(command: TlsCommand, { on }: Timeline): Promise<TlsReport> {
  const { target, timeout, tls } = command;
  let conn: AsyncConn | null = null;
  let found: Omit<TlsReport, 'error' | 'exitCode'> = {
    target,
    address: null,
    starttls: tls.starttls,
    milliseconds: { connect: null, handshake: null },
    tls: null,
    chain: [],
  };
  try {
    const begun = performance.now();
    conn = await connect(target, { timeout, on });
    const connected = performance.now() - begun;
    found = { ...found, address: conn.remoteAddr.toString(), milliseconds: { connect: connected, handshake: null } };
    if (tls.starttls !== null) await askForTls(conn, tls.starttls, { timeout });

    const asked = performance.now();
    // What is wrong with a certificate is to be shown with everything else, so it must not end the handshake.
    const info = await conn.startTls({ ...tls.options, verify: false, ocsp: 'request', timeout });
    const handshake = performance.now() - asked;
    const late = await farewell(conn);
    const facts = handshakeFacts(info, tls.pins);
    const chain = info.chain.map((certificate) => certificateFacts(certificate));
    found = { ...found, milliseconds: { connect: connected, handshake }, tls: facts, chain };
    const refused = verdict(command, facts);
    if (refused !== null) return { ...found, error: refused, exitCode: 6 };
    if (late !== null) throw late;
    return { ...found, error: null, exitCode: 0 };
  } catch (error) {
    const exitCode = exitCodeOf(error);
    // Nothing was found out about the server: the command line is to be put right.
    if (exitCode === 2) throw error;
    return { ...found, error: failureOf(error), exitCode };
  } finally {
    conn?.[Symbol.dispose]();
  }
}

/**
 * Says goodbye and waits a moment for what the server still has to say: with TLS 1.3 tickets, and the refusal of our
 * certificate, come only after the handshake is over for us.
 */
async function farewell(conn: AsyncConn): Promise<TlsError | null> {
  try {
    await conn.closeWrite({ timeout: '1s' });
    await conn.read(1, { timeout: '1s' });
  } catch (error) {
    // However the server ends, it is only the end, unless it says why.
    if (error instanceof TlsError && error.tlsAlert !== undefined) return error;
  }
  return null;
}

function handshakeFacts(info: TlsInfo, pins: readonly string[]): HandshakeFacts {
  const [first] = info.chain;
  const pin = first === undefined ? null : certificateFacts(first).pin;
  return {
    version: info.version,
    cipher: info.cipher,
    group: info.group,
    alpn: info.alpn,
    serverName: info.serverName,
    resumed: info.resumed,
    resumable: info.session !== null,
    authorized: info.authorized,
    verifyCode: info.verifyCode,
    pinned: pins.length === 0 ? null : pin !== null && pins.includes(pin),
    ocsp: info.ocsp === null ? null : ocspFacts(info.ocsp),
  };
}

/** Why `connect --tls` would not have this certificate; null when it would. */
function verdict({ target, tls }: TlsCommand, facts: HandshakeFacts): Failure | null {
  const refused = (code: string, message: string, hint: string): Failure => ({ code, message, hint, alert: null });
  if (!tls.insecure) {
    if (!facts.authorized)
      return refused(
        facts.verifyCode,
        'the certificate is not valid',
        inWordsOfTheCommand(verifyHint(facts.verifyCode)),
      );
    if (tls.options.serverName === undefined && /^(unix:|\/|fd:)/.test(target))
      return refused(
        'ERR_TLS_SERVER_NAME',
        'there is no name to check the certificate against',
        '--sni NAME gives it.',
      );
  }
  if (facts.pinned === false)
    return refused(
      'ERR_TLS_PIN',
      "the server's public key is none of the pinned ones",
      'The chain below has the pin of each key.',
    );
  return null;
}
