// The functions of the TLS addon, as TypeScript sees them. It is a file of its own, because it needs OpenSSL's symbols,
// which it finds in the running program. Nothing here waits, and nothing here decides: a transfer tries the descriptor
// once or until it would block, and says how far it got.
//
// Every function that returns a number returns n >= 0, -errno of the system call that failed, or a value of `tlsResult`.

/** An SSL_CTX. Freed when it is collected; sessions keep what they need. */
export interface TlsContext {
  readonly __context: never;
}
/** An SSL and its BIO. Freed by `sessionFree`, or when it is collected. */
export interface TlsSession {
  readonly __session: never;
}
/** An X509_STORE. */
export interface TlsStore {
  readonly __store: never;
}

/** Values beside -errno. The first three are those of Want. */
export const tlsResult = {
  /** Again when the descriptor is readable. */
  wantRead: -2_000_001,
  /** Again when the descriptor is writable. */
  wantWrite: -2_000_002,
  /** Again after a pause: the kernel lacked memory for a send, and no event tells when it has some. */
  wantPause: -2_000_004,
  /** The peer ended the connection without close_notify. */
  truncated: -2_000_011,
  /** OpenSSL failed: `failure` tells why. */
  failed: -2_000_012,
  /** The session is freed or the arguments make no sense. */
  invalid: -2_000_013,
} as const;

/** Indices into the array that `setStatus` was given. It is written at the end of every call on a session. */
export const tlsStatus = {
  /** 1 when the last receive of this call came back short or would have blocked: there is nothing in the kernel. */
  drained: 0,
  /** Bytes of ciphertext that are not sent yet; -1 when no event will tell when they can be, or they never will be: `flush` tells. */
  unsent: 1,
  /** Bytes that were received and not yet handed out, encrypted or not; an end that is known counts as one. Above 0 a read may succeed without a receive. */
  buffered: 2,
  /** 1 when new lines of the key log are there, or a new session ticket came. */
  news: 3,
  /** 1 when the peer's close_notify was seen. */
  closed: 4,
} as const;

export interface ContextSettings {
  readonly server: boolean;
  /** TLS1_VERSION numbers: 0x0303, 0x0304. */
  readonly minVersion: number;
  readonly maxVersion: number;
  /** SSL_CTX_set_cipher_list; null keeps OpenSSL's. */
  readonly ciphers: string | null;
  /** SSL_CTX_set_ciphersuites. */
  readonly suites: string | null;
  /** SSL_CTX_set1_groups_list. */
  readonly groups: string | null;
  /** SSL_CTX_set1_sigalgs_list. */
  readonly sigalgs: string | null;
  /** SSL_CTX_set_security_level. */
  readonly securityLevel: number;
  /** Own chain, DER, ours first; empty for none. */
  readonly chain: readonly Uint8Array[];
  /** Own private key, DER (PKCS#8). */
  readonly key: Uint8Array | null;
  /** Who may sign the peer's certificate; null for nobody. Shared, not copied. */
  readonly store: TlsStore | null;
  /** SSL_VERIFY_*: 0 none, 1 ask, 3 insist. Clients always look at the server's certificate. */
  readonly verifyMode: number;
  /** Servers: the DER certificates whose subjects are sent as acceptable CAs. */
  readonly clientCas: readonly Uint8Array[];
  /** ALPN in wire format: what a client offers, or a server's own in order of preference. Null for none. */
  readonly alpn: Uint8Array | null;
  /** At most 32 bytes; servers need one. A session of another context with the same bytes may be resumed. */
  readonly sessionIdContext: Uint8Array;
  /** Servers: a stapled OCSP response, DER. */
  readonly staple: Uint8Array | null;
  /** Servers: `handshake` asks by name which context to use. */
  readonly asksName: boolean;
}

export interface SessionSettings {
  readonly server: boolean;
  /** SNI to send; null for none. */
  readonly sni: string | null;
  /** X509_VERIFY_PARAM_set1_host; null for no check. */
  readonly checkHost: string | null;
  /** X509_VERIFY_PARAM_set1_ip: 4 or 16 bytes; null for no check. */
  readonly checkIp: Uint8Array | null;
  /** True: a chain that fails the check ends the handshake with the fitting alert, unless `ask` is consulted and says otherwise. False: it goes on, and `facts` tells. */
  readonly enforce: boolean;
  /** `handshake` asks before a certificate is accepted, after OpenSSL's own check. */
  readonly asksVerdict: boolean;
  /** ALPN of this connection, in wire format; null keeps the context's. Clients only. */
  readonly alpn: Uint8Array | null;
  /** SSL_SESSION, DER. */
  readonly session: Uint8Array | null;
  /** 0 off, 1 ask for a stapled response, 2 ask and fail without a good one. */
  readonly ocsp: number;
  /** Collect key log lines. */
  readonly keylog: boolean;
}

/** What `handshake` asks. */
export interface Ask {
  /** Server, at the ClientHello, when the context `asksName`: the name (null for none). The context to go on with, null for the present one, false to refuse with unrecognized_name. */
  (question: 'name', name: string | null): TlsContext | null | false;
  /** After the chain was checked: the X509_V_ERR_* of the first error and its depth. True accepts. `peerChain` and `facts` work meanwhile. */
  (question: 'verdict', code: number, depth: number): boolean;
}

/** Facts of a handshake; some may be missing ('' or null) while it goes on. */
export interface SessionFacts {
  readonly version: string;
  /** SSL_CIPHER_standard_name. */
  readonly cipher: string;
  readonly cipherVersion: string;
  /** SSL_group_to_name or the like; null where there was none. */
  readonly group: string | null;
  readonly alpn: string | null;
  /** Server: what the client sent. Client: what we sent. */
  readonly serverName: string | null;
  readonly resumed: boolean;
  /** X509_V_ERR_* of the first error of the chain check (not the last), 0 if none. */
  readonly verifyResult: number;
  /** Client: when the first revocation list ends, or a required stapled response, that was looked at; ms since 1970, 0 for none. */
  readonly freshUntil: number;
  /** The stapled response, DER. */
  readonly ocsp: Buffer | null;
}

export interface SessionFailure {
  /** ERR_reason_error_string of the first entry of libssl in OpenSSL's queue, else of the first: 'wrong version number'; '' when there is none. */
  readonly reason: string;
  /** ERR_lib_error_string. */
  readonly library: string;
  /** ERR_GET_REASON. */
  readonly code: number;
  /** AlertDescription that we sent, or -1. */
  readonly alertSent: number;
  /** AlertDescription that the peer sent (fatal ones and those that ended the handshake), or -1. */
  readonly alertReceived: number;
  /** X509_V_ERR_*, 0 if the certificate was not the reason. */
  readonly verifyResult: number;
  /** Depth of the certificate that `verifyResult` is about. */
  readonly verifyDepth: number;
}

export interface TlsBinding {
  /** OpenSSL_version_num and OpenSSL_version(OPENSSL_VERSION). */
  versionNumber(): number;
  versionText(): string;
  /** X509_V_ERR_* by number, OpenSSL's own names without the prefix: 'OK', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'. */
  readonly verifyCodes: Readonly<Record<number, string>>;
  /** Remembers the array that calls on sessions report to (see tlsStatus); one for the environment. */
  setStatus(status: Int32Array): void;

  /** X509_STORE with these DER certificates and CRLs. With a CRL, X509_V_FLAG_CRL_CHECK | CRL_CHECK_ALL. Throws what `contextNew` throws. */
  storeNew(certificates: readonly Uint8Array[], crls: readonly Uint8Array[]): TlsStore;
  /** PKCS12_parse. Throws an error with `code` 'ERR_TLS_PASSPHRASE' when the MAC does not match, else 'ERR_TLS_INVALID'. */
  pkcs12(der: Uint8Array, passphrase: string): { key: Buffer | null; chain: Buffer[] };
  /**
   * SSL_CTX. Throws an Error whose `code` names the setting that OpenSSL refused: 'ERR_TLS_CERTIFICATE', 'ERR_TLS_KEY',
   * 'ERR_TLS_KEY_MISMATCH', 'ERR_TLS_CIPHERS', 'ERR_TLS_GROUPS', 'ERR_TLS_SIGALGS', 'ERR_TLS_VERSION', 'ERR_TLS_INVALID', and whose message is OpenSSL's reason.
   */
  contextNew(settings: ContextSettings): TlsContext;
  /** SSL_CTX_get_tlsext_ticket_keys and set: clients of the old context may resume with the new one. */
  contextShareTickets(from: TlsContext, to: TlsContext): void;

  sessionNew(context: TlsContext, fd: number, settings: SessionSettings): TlsSession;
  /** SSL_free, without any alert. Twice is allowed. */
  sessionFree(session: TlsSession): void;
  /** Puts bytes that were received already in front of what will be received. */
  sessionFeed(session: TlsSession, bytes: Uint8Array): void;
  /** SSL_do_handshake; 0 when it is over. What is to be sent is sent at once, except the last flight of a client: `flush` sends it, so that nothing of ours goes out to a peer that is refused after all; and, with `hold`, except a server's tickets: they go out with what is written next, or when a read has nothing to give. An exception of `ask` ends the handshake and comes out of here. After `failed` the alert has been tried to send. */
  handshake(session: TlsSession, ask: Ask | null, hold?: boolean): number;
  /** SSL_read, again and again until `length` bytes are there or it would block. n > 0, 0 after close_notify. `receive` false: only from what was received before. An error behind bytes is reported by the next call. */
  read(session: TlsSession, buffer: Uint8Array, offset: number, length: number, receive: boolean): number;
  /** SSL_write: makes records of what it can while not much ciphertext is unsent (64 KiB), and sends. The number of bytes that are in records; what is unsent is in the status. wantWrite when nothing could be taken. */
  write(session: TlsSession, buffer: Uint8Array, offset: number, length: number): number;
  /** The same over several buffers, from buffers[first] on without its first `offset` bytes; small ones share a record. */
  writev(session: TlsSession, buffers: readonly Uint8Array[], first: number, offset: number): number;
  /** Sends what is unsent: 0 when nothing is left, wantWrite, or -errno. */
  flush(session: TlsSession): number;
  /** SSL_shutdown's first half: makes close_notify, once, and flushes. 0, wantWrite, -errno. */
  closeNotify(session: TlsSession): number;
  /** What lies behind the peer's close_notify, or was received and never used. Takes it out. */
  leftover(session: TlsSession): Buffer;

  /** Of a server's session also when it is freed. */
  facts(session: TlsSession): SessionFacts;
  /** What the peer sent, DER, its own first; also during 'verdict'. Empty for none. */
  peerChain(session: TlsSession): Buffer[];
  failure(session: TlsSession): SessionFailure;
  /** The newest SSL_SESSION, DER, that can be resumed; null if there is none. */
  newestSession(session: TlsSession): Buffer | null;
  /** Key log lines that came since the last call. */
  keylog(session: TlsSession): string[];
  /** SSL_export_keying_material; null when OpenSSL refuses. */
  exportKey(session: TlsSession, length: number, label: string, context: Uint8Array | null): Buffer | null;
  /** SSL_get_finished (`ours`) or SSL_get_peer_finished. */
  finished(session: TlsSession, ours: boolean): Buffer;
  /** Own certificate in use, DER, or null. */
  ownCertificate(session: TlsSession): Buffer | null;
  /** OBJ_nid2sn of X509_get_signature_info's digest: the hash of a certificate's signature, 'SHA256'; '' where it has none (Ed25519). */
  signatureHash(certificate: Uint8Array): string;
}
