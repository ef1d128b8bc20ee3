/** Why a certificate was not accepted, and what to do. */
export interface CertificateProblem {
  readonly message: string;
  readonly advice: string;
}

/** Node.js adds the certificates of the file that this variable names to the ones that it trusts, when the process starts. */
const TRUST =
  'Put the certificate of the authority that issued it, in PEM form, into a file, name the file in NODE_EXTRA_CA_CERTS, and restart the service. ' +
  'A proxy that opens TLS connections has such an authority of its own';

const UNKNOWN_ISSUER: CertificateProblem = { message: 'the certificate comes from an authority that is not trusted here', advice: TRUST };

const INCOMPLETE: CertificateProblem = {
  message: 'the certificate comes from an authority that is not trusted here, or the server leaves out a certificate of its chain',
  advice: `Let the server send its whole chain, or trust the authority. ${TRUST}`,
};

const CLOCK = 'Check the clock of this machine; if it is right, the owner of the server must renew the certificate';

const BROKEN: CertificateProblem = {
  message: 'the certificate is damaged or must not be used for a server',
  advice: 'The owner of the server must replace the certificate',
};

/**
 * Codes of Node.js for a certificate that it does not accept. It closes the connection then, before the request is sent.
 * Source: https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes
 */
const PROBLEMS: Readonly<Record<string, CertificateProblem>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    message: 'the certificate is signed by itself, and not trusted here',
    advice: TRUST,
  },
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_ISSUER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_ISSUER,
  CERT_UNTRUSTED: UNKNOWN_ISSUER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: INCOMPLETE,
  CERT_HAS_EXPIRED: { message: 'the certificate has expired', advice: CLOCK },
  CERT_NOT_YET_VALID: { message: 'the certificate is not valid yet', advice: CLOCK },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'the certificate is for another host name',
    advice:
      'Use an address whose host name is in the certificate; a server or proxy that answers in place of the right one has another name',
  },
  HOSTNAME_MISMATCH: {
    message: 'the certificate is for another host name',
    advice: 'Use an address whose host name is in the certificate',
  },
  CERT_REVOKED: { message: 'the certificate was revoked', advice: 'The owner of the server must replace the certificate' },
  CERT_CHAIN_TOO_LONG: BROKEN,
  CERT_REJECTED: BROKEN,
  CERT_SIGNATURE_FAILURE: BROKEN,
  INVALID_CA: BROKEN,
  INVALID_PURPOSE: BROKEN,
  PATH_LENGTH_EXCEEDED: BROKEN,
};

/** The problem whose code or words a message of this service or of the AWS SDK holds; null: none. */
export function certificateIn(message: string): CertificateProblem | null {
  const code = message.match(/\b[A-Z][A-Z_]{5,}\b/g)?.find((word) => certificateProblem(word) !== null);
  return code === undefined ? null : certificateProblem(code);
}

/** @param code of Node.js; null: it says nothing of a certificate */
export function certificateProblem(code: string): CertificateProblem | null {
  return Object.hasOwn(PROBLEMS, code) ? (PROBLEMS[code] ?? null) : null;
}
