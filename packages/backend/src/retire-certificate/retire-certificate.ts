import { parseJsonWith } from '@rotator/protocol/parsed'
import { readRecord } from '@rotator/rotation/record/shadow'
import { describeError } from '../aws/failures.ts'
import type { Operators } from '../aws/operators.ts'
import type { RecordStore, StoredRecord } from '../aws/record-store.ts'
import type { Registry } from '../aws/registry.ts'
import { longestDelaySeconds, type Retirements } from '../aws/retirements.ts'
import type { BeginRevoking, Revoke } from '../issuers/revocation.ts'
import type { Report, ReportLine } from '../report.ts'
import { forgetRetired } from './forget-retired.ts'
import { isLeftToRefusal, type Objection, objectionTo, reasonsToTell } from './objection.ts'
import { type Retirement, retirementSchema } from './retirement.ts'

export interface RetireDependencies {
  registry: Pick<
    Registry,
    'listCertificates' | 'readCertificate' | 'deactivate' | 'detach' | 'deleteCertificate'
  >
  records: RecordStore
  retirements: Retirements
  operators: Operators
  /** Where the authority that issued a certificate is to hear that it goes. */
  beginRevoking?: BeginRevoking | undefined
  /** Between deactivation and deletion: the first can be undone. */
  holdSeconds: number
  now: () => number
  report: Report
}

/** A batch of the queue, as AWS Lambda hands it over. */
export interface QueueBatch {
  Records: readonly { messageId: string; body: string }[]
}

/** The messages that are to come again. */
export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[]
}

/** How often what AWS IoT shows is taken for an old state, and the step tried again. */
export const mostAttempts = 12

/** Drains the queue one certificate after the other, at a pace that AWS IoT's quotas bear. */
export const retireCertificates =
  (deps: RetireDependencies) =>
  async ({ Records }: QueueBatch): Promise<BatchAnswer> => {
    const batchItemFailures: BatchAnswer['batchItemFailures'] = []
    const attempt = async (itemIdentifiers: readonly string[], step: () => Promise<void>) => {
      try {
        await step()
      } catch (error) {
        deps.report({ level: 'error', event: 'retirement-failed', problem: describeError(error) })
        batchItemFailures.push(...itemIdentifiers.map(itemIdentifier => ({ itemIdentifier })))
      }
    }
    const batch: Batch = { ...deps, revoke: deps.beginRevoking?.() }
    const early = new Map<string, Retirement>()
    for (const { messageId, body } of Records) {
      await attempt([messageId], async () => {
        const retirement = readRetirement(body)
        if (retirement.notBeforeMs > deps.now()) early.set(messageId, retirement)
        else await retire(batch, retirement)
      })
    }
    // A hold of a day is some hundred turns of every message: those of a batch go back together.
    await attempt([...early.keys()], () => postpone(deps, [...early.values()]))
    return { batchItemFailures }
  }

function readRetirement(body: string): Retirement {
  const parsed = parseJsonWith(retirementSchema, body)
  if (!parsed.ok) throw new Error(`the message is no retirement: ${parsed.problem}`)
  return parsed.value
}

type Batch = RetireDependencies & { revoke: Revoke | undefined }

/** Every step may come twice and late, so each asks the record first. */
async function retire(deps: Batch, retirement: Retirement): Promise<void> {
  const { thingName, certificateId, step } = retirement
  const stored = await deps.records.read(thingName)
  const objection = await objectionTo(deps, retirement, readRecord(stored?.reported))
  // A list may not show yet what was attached just now.
  if (objection === 'not-of-thing' && retirement.attempt < mostAttempts) return again(deps, retirement)
  if (objection !== undefined) return leave(deps, retirement, objection, stored)
  if (step === 'deactivate') await deps.registry.deactivate(certificateId)
  if (!isLeftToRefusal(deps, retirement)) await deps.registry.detach(thingName, certificateId)
  if (step === 'deactivate' && deps.holdSeconds > 0) {
    const notBeforeMs = deps.now() + deps.holdSeconds * 1000
    await postpone(deps, [{ ...retirement, step: 'delete', attempt: 0, notBeforeMs }])
    return said(deps, retirement, 'certificate-deactivated')
  }
  await revoke(deps, retirement)
  if ((await deps.registry.deleteCertificate(certificateId)) === 'not-yet') {
    return again(deps, retirement)
  }
  const fields = await forgetRetired(deps, thingName, certificateId, stored)
  said(deps, retirement, 'certificate-deleted', fields)
}

/** It cannot be undone, so it waits until the hold is over; and it needs what the registry has, so it comes before the deletion. */
async function revoke(deps: Batch, retirement: Retirement): Promise<void> {
  if (deps.revoke === undefined) return
  const certificate = await deps.registry.readCertificate(retirement.certificateId)
  if (certificate === undefined) return
  const revocation = await deps.revoke(certificate.pem)
  switch (revocation.kind) {
    case 'revoked':
      return said(deps, retirement, 'certificate-revoked')
    case 'not-theirs':
      return said(deps, retirement, 'revocation-skipped', { problem: revocation.problem })
    case 'impossible':
      return said(deps, retirement, 'revocation-impossible', { problem: revocation.problem })
  }
}

/** Nothing is retired by guess. Where nobody else will do it either, the operators are told. */
async function leave(
  deps: RetireDependencies,
  retirement: Retirement,
  objection: Objection,
  stored: StoredRecord | undefined,
): Promise<void> {
  const { thingName, certificateId } = retirement
  const why = reasonsToTell[objection]
  if (why !== undefined) {
    await deps.operators.tell({
      message: `${thingName}: certificate ${certificateId} was to be retired, but ${why}. It is left as it is. If nobody uses it, deactivate, detach and delete it.`,
      facts: { thingName, code: objection, certificateIds: certificateId },
    })
  }
  const fields =
    objection === 'not-of-thing' || objection === 'active-again'
      ? await forgetRetired(deps, thingName, certificateId, stored)
      : {}
  said(deps, retirement, 'retirement-refused', { problem: objection, ...fields })
}

/** Attaching and detaching take a while to spread; 2 s, then twice as long every time. */
function again(deps: RetireDependencies, retirement: Retirement): Promise<void> {
  const attempt = retirement.attempt + 1
  if (attempt > mostAttempts) {
    throw new Error(`AWS IoT still refuses to delete certificate ${retirement.certificateId}`)
  }
  return postpone(deps, [{ ...retirement, attempt, notBeforeMs: deps.now() + 2 ** attempt * 1000 }])
}

/** The queue holds a message back for a quarter of an hour at most, so a longer wait takes several turns. */
async function postpone(
  { retirements, now }: RetireDependencies,
  waiting: readonly Retirement[],
): Promise<void> {
  const nowMs = now()
  const delayOf = ({ notBeforeMs }: Retirement) =>
    Math.min(Math.max(0, Math.ceil((notBeforeMs - nowMs) / 1000)), longestDelaySeconds)
  for (const [delaySeconds, alike] of Map.groupBy(waiting, delayOf)) {
    await retirements.add(alike, delaySeconds)
  }
}

function said(
  { report }: RetireDependencies,
  { thingName, certificateId }: Retirement,
  event: string,
  more: Partial<ReportLine> = {},
): void {
  const level = more.problem === undefined ? 'info' : 'warn'
  report({ level, event, thingName, certificateId, ...more })
}
