// Owns the list of codes that the library itself makes; docs/errors.md explains each one. Codes never change.
// errno names come from the system, EAI_* and ENOTFOUND from the resolver, ERR_INVALID_ARG_* mean what they mean in Node.

export const codes = {
  ABORT_ERR: 'the signal was aborted',
  ENOTFOUND: 'the name does not exist or has no address',
  ERR_ACCESS_DENIED: 'the permission model of the runtime does not allow network access',
  ERR_BUFFERED_DATA: 'bytes that were already read would be lost',
  ERR_BUFFER_DETACHED: 'the memory was detached or shrunk while the call waited',
  ERR_BUSY: 'a call is already waiting',
  ERR_DESCRIPTOR_IN_USE: 'the descriptor already belongs to a socket of this library',
  ERR_ENCODING: 'the text cannot be converted',
  ERR_INVALID_ARG_TYPE: 'an argument has the wrong type',
  ERR_INVALID_ARG_VALUE: 'an argument has the wrong value',
  ERR_LIMIT: 'more bytes than the limit allows',
  ERR_NATIVE_MISSING: 'the native addon cannot be loaded',
  ERR_NO_ADDRESS: 'no address of the wanted family',
  ERR_SOCKET_CLOSED: 'the socket was closed by this program',
  ERR_SOCKET_STATE: 'the socket is not in a state that allows the call',
  ERR_TLS_CERTIFICATE: 'a certificate or a revocation list cannot be used',
  ERR_TLS_CIPHERS: 'no cipher of the list is known',
  ERR_TLS_GROUPS: 'the list of groups holds one that is unknown',
  ERR_TLS_INVALID: 'OpenSSL refuses the settings',
  ERR_TLS_KEY: 'the private key cannot be used',
  ERR_TLS_KEY_MISMATCH: 'the private key belongs to another certificate',
  ERR_TLS_NO_CERTIFICATE: 'a TLS server needs a certificate and its key',
  ERR_TLS_PASSPHRASE: 'the passphrase is wrong or missing',
  ERR_TLS_SERVER_NAME: 'there is no name to check the certificate against',
  ERR_TLS_SIGALGS: 'the list of signature algorithms holds one that is unknown',
  ERR_TLS_VERSION: 'the TLS versions cannot be used',
  ERR_UNEXPECTED_EOF: 'the stream ended too early',
  ERR_UNSUPPORTED_OPTION: 'this system does not have the option',
  ERR_UNSUPPORTED_PLATFORM: 'this platform is not supported',
  ERR_WRITE_BROKEN: 'an earlier write failed, so this one was not begun',
  ETIMEDOUT: 'the limit of the call is spent (TimeoutError), or the peer does not answer (SocketError with errno)',
} as const;

export type LibraryCode = keyof typeof codes;
