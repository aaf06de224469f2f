/** What came of telling an authority that a certificate is not used any more. */
export type Revocation =
  | 'revoked'
  /** It was issued by somebody else. */
  | 'not-theirs'
  /** The authority is gone for good, and with it every certificate that it issued. */
  | 'authority-gone'

/** Tells the authority of a certificate in PEM; harmless twice. It cannot be undone. */
export type Revoke = (certificatePem: string) => Promise<Revocation>
