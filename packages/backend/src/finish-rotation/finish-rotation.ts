import type { CertificateId } from '@rotator/protocol/ids'
import type { Facts } from '@rotator/rotation/record/events'
import type { RotationRecord } from '@rotator/rotation/record/record'
import { type SettlePorts, settleEnd } from '../settle-end.ts'
import { readJobEvent } from './job-event.ts'

export type FinishDependencies = SettlePorts

/** Handles the end of a job execution: the record decides which certificate stays, and the operators hear of it. */
export const finishRotation =
  (deps: FinishDependencies) =>
  async (event: unknown): Promise<void> => {
    const { thing, ended, certificateId, failureCode } = readJobEvent(event)
    await settleEnd(deps, thing, ended, { failureCode }, record => toldBy(certificateId, record))
  }

/**
 * Events carry no execution number, and a retry of the job has the same id. A certificate is issued for one execution
 * only: an end that names the record's NEW is that of the record's execution, and AWS IoT Jobs need not be asked.
 */
function toldBy(certificateId: CertificateId | undefined, record: RotationRecord): Facts {
  const isOfRecord =
    certificateId !== undefined && record.progress !== 'none' && certificateId === record.newCertificateId
  return isOfRecord ? { recordExecution: 'over' } : {}
}
