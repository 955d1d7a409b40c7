// Owns the words for what the check of a certificate has found, as Qore names them. It must not know how a certificate is checked.

/** A sentence for each result of `verifyPeerCertificate`. */
export const X509_VerificationReasons: Readonly<Record<string, string>> = Object.freeze({
  X509_V_OK: 'The certificate is valid.',
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT: 'The certificate of an issuer cannot be found.',
  X509_V_ERR_UNABLE_TO_GET_CRL: 'The revocation list of a certificate cannot be found.',
  X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'The signature of a certificate cannot be decrypted.',
  X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE: 'The signature of a revocation list cannot be decrypted.',
  X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'The public key in the certificate of an issuer cannot be read.',
  X509_V_ERR_CERT_SIGNATURE_FAILURE: 'The signature of a certificate is wrong.',
  X509_V_ERR_CRL_SIGNATURE_FAILURE: 'The signature of a revocation list is wrong.',
  X509_V_ERR_CERT_NOT_YET_VALID: 'The certificate is not valid yet.',
  X509_V_ERR_CERT_HAS_EXPIRED: 'The certificate has expired.',
  X509_V_ERR_CRL_NOT_YET_VALID: 'The revocation list is not valid yet.',
  X509_V_ERR_CRL_HAS_EXPIRED: 'The revocation list has expired.',
  X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD: 'The date from which the certificate is valid is no date.',
  X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD: 'The date until which the certificate is valid is no date.',
  X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD: 'The date of the last update of the revocation list is no date.',
  X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD: 'The date of the next update of the revocation list is no date.',
  X509_V_ERR_OUT_OF_MEM: 'There was not enough memory.',
  X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate signs itself and is not trusted.',
  X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: 'The chain ends in a root certificate that is not trusted.',
  X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'The certificate of an issuer is not known here.',
  X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'There is only one certificate, and nothing to check its signature with.',
  X509_V_ERR_CERT_CHAIN_TOO_LONG: 'The chain of certificates is too long.',
  X509_V_ERR_CERT_REVOKED: 'The certificate has been revoked.',
  X509_V_ERR_INVALID_CA: 'A certificate of the chain was signed by one that is no CA.',
  X509_V_ERR_PATH_LENGTH_EXCEEDED: 'There are more CAs in the chain than one of them allows.',
  X509_V_ERR_INVALID_PURPOSE: 'The certificate is not meant for this purpose.',
  X509_V_ERR_CERT_UNTRUSTED: 'The root certificate is not trusted for this purpose.',
  X509_V_ERR_CERT_REJECTED: 'The root certificate is marked to reject this purpose.',
  X509_V_ERR_SUBJECT_ISSUER_MISMATCH: 'The subject of an issuer is not the issuer that the certificate names.',
  X509_V_ERR_AKID_SKID_MISMATCH: 'The key identifier of an issuer is not the one that the certificate names.',
  X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH: 'The serial number of an issuer is not the one that the certificate names.',
  X509_V_ERR_KEYUSAGE_NO_CERTSIGN: 'The key of an issuer may not sign certificates.',
  X509_V_ERR_APPLICATION_VERIFICATION: 'The program refused the certificate.',
});

/** The key for a result that the library names; null for one that Qore has no word for, such as a wrong host name. */
export function reasonOf(verifyCode: string): string | null {
  const key = verifyCode === 'OK' ? 'X509_V_OK' : `X509_V_ERR_${verifyCode}`;
  return Object.hasOwn(X509_VerificationReasons, key) ? key : null;
}
