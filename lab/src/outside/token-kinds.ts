import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Binding, loadBinding } from '@rotator/component/identities/pkcs11/pkcs11js-binding'
import { openTokenWith } from '@rotator/component/identities/pkcs11/pkcs11js-token'
import { TokenIdentityStore } from '@rotator/component/identities/pkcs11/token-identity-store'
import { Secret } from '@rotator/component/secret'
import { TestAuthority } from '@rotator/component/testing/test-authority'
import { tokenObjectLabel } from '../fleet/device.ts'
import { fingerprint } from '../operator/proof.ts'
import { presentInToken } from '../operator/token-proof.ts'
import { keyInToken } from '../tokens/factory.ts'
import { forbidding } from '../tokens/forbidding-library.ts'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import type { Token } from '../tokens/token.ts'
import { softhsmFiles } from '../tokens/token-programs.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { hostBinding } from '../world/binding.ts'

/** Makes a token; the folder is made for it. */
type MakeToken = (folder: string) => Promise<Token>

const makeCopying: MakeToken = async folder => {
  mkdirSync(folder)
  const lacking = { functions: ['C_SetAttributeValue'] } as const
  return makeSoftHsm(folder, forbidding(folder, softhsmFiles.library.path, lacking).path)
}

export const tokenKinds: readonly { kind: string; make: MakeToken }[] = [
  { kind: 'SoftHSM2', make: makeSoftHsm },
  { kind: 'a TPM, which cannot copy', make: makeTpm },
  { kind: 'SoftHSM2 that cannot relabel', make: makeCopying },
]

/** A token of a kind with a device's identity in it, and the binding; this process may use it. */
export interface Bench {
  token: Token
  binding: Binding
  bindingFile: string
  /** For what a test needs besides; it goes with the token. */
  folder: string
  /** Takes the token back to what it held when it came from the factory. */
  renew(): void
  issue(csr: string): Promise<string>
  close(): Promise<void>
}

export async function openBench(make: MakeToken): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'token-'))
  const token = await make(join(folder, 'token'))
  // The libraries read them when they are initialized, in this very process.
  Object.assign(process.env, token.environment)
  const authority = new TestAuthority()
  const key = await keyInToken(token, tokenObjectLabel, 'AWS IoT Certificate')
  key.complete(await authority.issue(key.csr))
  const { restore, forget } = keep(token)
  const bindingFile = await hostBinding()
  return {
    token,
    binding: loadBinding(bindingFile),
    bindingFile,
    folder,
    renew: restore,
    issue: csr => authority.issue(csr),
    close: async () => {
      await token.close()
      forget()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Keeps what the token holds now. */
export function keep({ contents }: Token): { restore: () => void; forget: () => void } {
  const kept = mkdtempSync(join(tmpdir(), 'token-kept-'))
  cpSync(contents, kept, { recursive: true })
  return {
    restore: () => {
      rmSync(contents, { recursive: true })
      cpSync(kept, contents, { recursive: true })
    },
    forget: () => rmSync(kept, { recursive: true }),
  }
}

export function storeOn(
  { library, slot, userPin }: Pick<Token, 'library' | 'slot' | 'userPin'>,
  binding: Binding,
): TokenIdentityStore {
  const settings = { label: tokenObjectLabel, library, slot, userPin: new Secret(userPin) }
  return new TokenIdentityStore({ open: openTokenWith(() => binding), settings })
}

/** The id of the certificate that a nucleus would connect with, by foreign eyes; throws where it would refuse. */
export const loadedFrom = (token: Token): string => fingerprint(presentInToken(token).certificatePem)
