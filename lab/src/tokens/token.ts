/** A PKCS#11 token that exists for one run. */
export interface Token {
  kind: 'SoftHSM2' | 'TPM 2.0'
  /** Path of the PKCS#11 library. */
  library: string
  slot: number
  userPin: string
  /** By these variables the library finds the token; whoever uses it needs them, Greengrass and component alike. */
  environment: Readonly<Record<string, string>>
  /** All that the token holds; a copy put in its place while nobody uses the token takes it back to what it held. */
  contents: string
  /** Ends what plays the token, if anything does. */
  close(): Promise<void>
}
