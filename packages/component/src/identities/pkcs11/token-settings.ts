/**
 * How the token is reached and which objects in it are the device's identity.
 *
 * `label` stands in both `pkcs11:` URIs of the nucleus configuration. The rest is the configuration of the component
 * `aws.greengrass.crypto.Pkcs11Provider`, asked for over IPC; it travels to the child on its input and nowhere else.
 */
export interface TokenSettings {
  label: string
  /** Path of the PKCS#11 library. */
  library: string
  /** A slot id, which is not an index. */
  slot: number
  userPin: string
}
