import type { IdentityStore } from '@rotator/component/identities/identity-store'
import { algorithms, execution } from '@rotator/component/testing/identity-store-contract'
import type { CertificateId, CsrDigest } from '@rotator/protocol/ids'
import type { Bench } from './token-kinds.ts'

/** What is known outside the token while a rotation goes on. */
export interface Known {
  old: CertificateId
  digest?: CsrDigest
  certificatePem?: string
  new?: CertificateId
}

export interface Order {
  name: string
  /** May be given again. @returns what is known then */
  give: (store: IdentityStore, known: Known, bench: Pick<Bench, 'issue'>) => Promise<Known>
}

export function required<T>(value: T | null | undefined): T {
  if (value === undefined || value === null) throw new Error('An earlier order gave nothing.')
  return value
}

const place = (current: 'old' | 'new', name: string): Order => ({
  name,
  give: async (store, known) => {
    const ids = { old: known.old, new: required(known.new) }
    await store.place({ current: ids[current], previous: ids[current === 'old' ? 'new' : 'old'] })
    return known
  },
})

/** A whole rotation with a rollback and a second switch in it. */
export const orders: readonly Order[] = [
  {
    name: 'make a new key',
    give: async (store, known, bench) => {
      const made = await store.makePending(execution, algorithms, Date.now())
      if (made.kind !== 'pending-made') throw new Error(made.reason)
      const csr = required(await store.pendingCsr(made.csrDigest))
      return { ...known, digest: made.csrDigest, certificatePem: await bench.issue(csr) }
    },
  },
  {
    name: 'take the certificate',
    give: async (store, known) => {
      const pem = required(known.certificatePem)
      const check = await store.checkCertificate(required(known.digest), pem, Date.now())
      if (check.kind !== 'certificate-usable') throw new Error(check.kind)
      return { ...known, new: check.certificateId }
    },
  },
  place('new', 'install'),
  place('old', 'roll back'),
  place('new', 'go forward'),
  {
    name: 'drop the rest',
    give: async (store, known) => {
      await store.drop()
      return known
    },
  },
]
