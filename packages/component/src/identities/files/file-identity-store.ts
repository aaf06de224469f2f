import { dirname, join } from 'node:path'
import type { Algorithms } from '@rotator/protocol/algorithms'
import type { CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import { csrDigest } from '@rotator/protocol/x509/csr'
import type { Placement } from '@rotator/rotation/device/effects'
import {
  type CheckOutcome,
  type FoundIdentities,
  type IdentityStore,
  nothingFound,
  type PendingOutcome,
  StoreError,
} from '../identity-store.ts'
import { adopt } from './adopt.ts'
import { findAnchors } from './anchors.ts'
import { dropOthers } from './drop.ts'
import { createDurably } from './durable.ts'
import { listGenerations } from './generations.ts'
import { fileNames } from './layout.ts'
import type { OnFiles } from './on-files.ts'
import { beginPending, isMadeHere, readExecution, readPendingCsr } from './pending.ts'
import { placeGeneration } from './place.ts'
import { processOwner } from './process-owner.ts'
import { refuseEarly } from './refuse-early.ts'
import { repairCopies, replacedByHand } from './repair.ts'
import { guarded } from './store-failure.ts'
import { adoptVersionOne, isVersionOneBackup } from './version-one.ts'

/** Identities as generation folders beside the configured certificate, switched by one link. */
export class FileIdentityStore implements IdentityStore {
  readonly #options: OnFiles

  constructor(options: OnFiles) {
    this.#options = options
  }

  async find(): Promise<FoundIdentities> {
    return guarded('look at the stored identities', async () => this.#find())
  }

  async #find(): Promise<FoundIdentities> {
    const { fs, tasks, paths } = this.#options
    const repaired = (await adoptVersionOne(this.#options)) ?? (await repairCopies(this.#options))
    const inspection = await tasks.inspectIdentity(paths)
    const current = inspection.ok ? inspection.certificateId : null
    const remark = inspection.ok ? repaired : inspection.problem
    const folders = [paths.certificatePath, paths.keyPath].map(dirname)
    if (folders.some(folder => fs.look(folder) === undefined)) return nothingFound(remark)
    const { layout } = findAnchors(fs, paths)
    const generations = listGenerations(fs, layout)
    const used = generations.findLast(({ certificateId }) => certificateId === current)
    const other = generations.findLast(({ certificateId }) => certificateId !== current)
    const isCurrentNewer = other === undefined || used === undefined || used.number > other.number
    const later = isCurrentNewer ? used : other
    const isKnown = isMadeHere(fs, later) || [used, other].some(known => isVersionOneBackup(fs, known))
    const isByHand = current !== null && other !== undefined && !isKnown
    return {
      current,
      pending: readPendingCsr(fs, layout)?.digest ?? null,
      // What was in use before somebody put another identity in place is no way back: it may be retired by now.
      previous: isByHand ? null : (other?.certificateId ?? null),
      newer: isCurrentNewer ? 'current' : 'previous',
      execution: later === undefined ? null : readExecution(fs, later.folder),
      remark: isByHand ? (remark ?? replacedByHand(paths)) : remark,
    }
  }

  async makePending(execution: ExecutionId, algorithms: Algorithms, now: number): Promise<PendingOutcome> {
    try {
      return await guarded('prepare the rotation', async () => this.#makePending(execution, algorithms, now))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return { kind: 'pending-not-made', code: error.code, reason: error.message }
    }
  }

  async #makePending(execution: ExecutionId, algorithms: Algorithms, now: number): Promise<PendingOutcome> {
    const { fs, tasks, paths } = this.#options
    const inspection = await tasks.inspectIdentity(paths)
    refuseEarly(fs, paths, inspection, now)
    adopt(fs, paths)
    const { layout } = findAnchors(fs, paths)
    beginPending(fs, layout, execution)
    const made = await tasks.makePending({
      algorithms,
      currentCertificatePath: paths.certificatePath,
      folder: layout.pending,
      ...processOwner,
    })
    if (!made.ok) return { kind: 'pending-not-made', code: 'KEY_GENERATION_FAILED', reason: made.problem }
    return {
      kind: 'pending-made',
      csrDigest: csrDigest(made.csr),
      oldCertificateId: inspection.certificateId,
    }
  }

  async pendingCsr(digest: CsrDigest): Promise<string | undefined> {
    const { fs, paths } = this.#options
    return guarded('read the pending request', async () => {
      const pending = readPendingCsr(fs, findAnchors(fs, paths).layout)
      return pending?.digest === digest ? pending.csr : undefined
    })
  }

  async checkCertificate(digest: CsrDigest, certificatePem: string, now: number): Promise<CheckOutcome> {
    return guarded('check the new certificate', async () =>
      this.#checkCertificate(digest, certificatePem, now),
    )
  }

  async #checkCertificate(digest: CsrDigest, certificatePem: string, now: number): Promise<CheckOutcome> {
    const { fs, tasks, paths } = this.#options
    const { layout } = findAnchors(fs, paths)
    if ((await this.pendingCsr(digest)) === undefined) return { kind: 'pending-lost' }
    const check = await tasks.checkCertificate({
      certificatePem,
      keyPath: join(layout.pending, fileNames.privateKey),
      currentCertificatePath: paths.certificatePath,
      now,
    })
    if (check.kind !== 'certificate-usable') return check
    const path = join(layout.pending, fileNames.certificate)
    createDurably(fs, path, Buffer.from(check.pem), { mode: 0o600, ...processOwner })
    fs.sync(layout.pending)
    return { kind: check.kind, certificateId: check.certificateId }
  }

  async place(placement: Placement): Promise<void> {
    await guarded('switch the identity', async () => placeGeneration(this.#options, placement))
  }

  async drop(): Promise<void> {
    const { fs, tasks, paths } = this.#options
    await guarded('drop the identities that are not in use', async () => {
      const inspection = await tasks.inspectIdentity(paths)
      if (inspection.ok) return dropOthers(fs, paths)
      throw new StoreError(
        'IDENTITY_UNUSABLE',
        `${inspection.problem} Until then every stored identity is kept.`,
      )
    })
  }
}
