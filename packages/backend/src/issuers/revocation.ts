/** What came of telling an authority that a certificate is not used any more. */
export type Revocation =
  | { kind: 'revoked' }
  /** It was issued by somebody else; the problem names whom, and the certificate. */
  | { kind: 'not-theirs'; problem: string }
  /** The authority will never revoke anything again; the problem names it and the certificate. */
  | { kind: 'impossible'; problem: string }

/** Tells the authority of a certificate in PEM; harmless twice. It cannot be undone. */
export type Revoke = (certificatePem: string) => Promise<Revocation>

/** Begins with a batch of certificates: what they have in common is asked for once. */
export type BeginRevoking = () => Revoke
