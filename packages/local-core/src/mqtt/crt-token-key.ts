import type { io } from 'aws-crt'
import type { CrtLibrary } from './crt-library.ts'
import type { HeldIdentity } from './device-identity.ts'

/**
 * A key in a token, in the library's words. It negotiates TLS 1.2 with such a key.
 *
 * A PKCS#11 library is initialized once in a process, so a process makes one connection with such a key.
 */
export const crtTokenKey = (
  crt: CrtLibrary,
  { provider, keyLabel, certificatePem }: HeldIdentity,
): io.TlsContextOptions.Pkcs11Options => ({
  pkcs11_lib: new crt.io.Pkcs11Lib(provider.library, crt.io.Pkcs11Lib.InitializeFinalizeBehavior.STRICT),
  user_pin: provider.userPin,
  slot_id: provider.slot,
  private_key_object_label: keyLabel,
  cert_file_contents: certificatePem,
})
