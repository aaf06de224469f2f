import type { CertificateId } from '@rotator/protocol/ids'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import {
  brokenAtRest,
  brokenByLetOut,
  brokenByRetiring,
  brokenByRollback,
  brokenByShape,
  brokenByStorage,
  type LetOut,
  type Violation,
} from '@rotator/rotation/invariants'
import { knownCertificates, type RotationRecord } from '@rotator/rotation/record/record'
import type { FunctionCall } from '../cloud/backend-functions.ts'
import type { FunctionLife } from '../cloud/function-host.ts'
import type { SimulatedCloud } from '../cloud/simulated-cloud.ts'
import { journalOn } from '../device/intention.ts'
import { certificatesOf } from './certificates.ts'
import { brokenByAnswer, evidenceFor } from './evidence.ts'
import { type EndedAttempt, type ExecutionLedger, isRecordOf } from './execution-ledger.ts'
import { RecordWrites } from './record-writes.ts'
import { brokenByReportedEnd } from './reported-end.ts'
import { RestartWatch } from './restarts.ts'
import { retirementBy } from './retirements.ts'
import { Truth } from './truth.ts'
import type { Watched } from './watched.ts'

/** Asks after every step whether a rule is broken. The rules are the product's; what they are asked about is the world. */
export class RuleWatch {
  readonly violations: Violation[] = []
  readonly #cloud: SimulatedCloud
  readonly #ledger: ExecutionLedger
  readonly #seen = new Map<string, { life: number; operations: number; changes: number }>()
  readonly #writes = new RecordWrites()
  readonly #truth = new Truth()
  /** So many of them have been looked at. */
  #notices = 0
  readonly #restarts = new RestartWatch()
  /** How much the operators had been told when an execution ended. */
  readonly #toldBefore = new Map<EndedAttempt, number>()

  constructor(cloud: SimulatedCloud, ledger: ExecutionLedger) {
    this.#cloud = cloud
    this.#ledger = ledger
  }

  /** Whether anything that the rules are about has changed since this was asked last; to be asked after every step. */
  hasChanged({ device }: Watched): boolean {
    const { life } = device.greengrass
    const operations = device.changes
    const changes = this.#cloud.changesOf(device.thing)
    const seen = this.#seen.get(device.thing)
    if (seen?.life === life && seen.operations === operations && seen.changes === changes) return false
    this.#seen.set(device.thing, { life, operations, changes })
    return true
  }

  async look(watched: Watched): Promise<void> {
    const { device } = watched
    const record = this.#cloud.recordOf(device.thing)
    for (const id of knownCertificates(record)) watched.named.add(id)
    this.#add(brokenByShape(record))
    const spokenFor = this.#writes.spokenFor(device.thing, record)
    this.#add(this.#writes.end(device.thing, record))
    this.#truth.note(device.thing, record, spokenFor)
    this.#add(brokenByLetOut('the journal', journalOn(device.disk) ?? ''))
    const stored = await device.stored()
    const certificates = certificatesOf(this.#cloud, device.thing)
    if (watched.isRobbed || watched.isRecordLost || watched.isImpersonated || watched.mayStayHeld)
      this.#endSuspensions(watched, record, stored.current)
    if (watched.isRobbed) return
    this.#add(brokenByStorage(record, certificates, stored))
  }

  /** What others did is over as soon as a rotation is settled on what the device uses. */
  #endSuspensions(watched: Watched, record: RotationRecord, current: CertificateId | undefined): void {
    if (record.progress !== 'settled' || current === undefined || record.keep !== current) return
    const { greengrass, phase } = watched.device
    if (phase !== 'idle' || !greengrass.isConnected || greengrass.loaded !== current) return
    watched.isRobbed = false
    watched.isRecordLost = false
    watched.isImpersonated = false
    watched.mayStayHeld = false
  }

  /** To be asked after every step, once the records have been looked at. */
  lookAtNotices(): void {
    for (const notice of this.#cloud.notifications.slice(this.#notices)) {
      const thing = notice.MessageAttributes['thingName']?.StringValue
      const ended = this.#ledger.everEnded.filter(one => one.thing === thing)
      this.#add(this.#truth.brokenBy(notice, ended))
    }
    this.#notices = this.#cloud.notifications.length
  }

  /** As a function's write of a record takes effect. */
  atWrite(thing: string, life: FunctionLife): void {
    const ended = this.#ledger.everEnded.filter(one => one.thing === thing)
    this.#writes.begin(thing, this.#cloud.recordOf(thing), life, ended)
  }

  /** As an execution ends. */
  atEnd(attempt: EndedAttempt, { device, hasSwitched, isImpersonated, isRecordLost }: Watched): void {
    this.#toldBefore.set(attempt, this.#cloud.notifications.length)
    const { thing, status } = attempt
    if (isImpersonated) return
    if (status !== 'SUCCEEDED' && status !== 'FAILED') return
    const record = this.#cloud.recordOf(thing)
    const used = device.greengrass.loaded
    if (isRecordOf(record, attempt)) this.#add(brokenByReportedEnd(record, status, { hasSwitched, used }))
    else if (status === 'SUCCEEDED' && !isRecordLost) this.#add([unrecorded])
  }

  /** Before a function's call takes effect. */
  atCall(call: FunctionCall): void {
    const step = retirementBy(call, this.#cloud)
    if (step === undefined) return
    const { thing, certificateId, wasNeverAttached } = step
    const brokenBy = (record: RotationRecord) => brokenByRetiring(record, certificateId, wasNeverAttached)
    const broken = brokenBy(this.#cloud.recordOf(thing))
    const deleted = this.#cloud.recordJustDeleted(thing)
    const wasAllowed = deleted !== undefined && brokenBy(deleted).length === 0
    if (!wasAllowed) this.#add(broken)
  }

  /** As a component writes what others may read. */
  atLetOut(where: LetOut, text: string): void {
    this.#add(brokenByLetOut(where, text))
  }

  /** As a device takes a transition. */
  atEdge(edge: EdgeId, watched: Watched): void {
    const { thing, greengrass, seen } = watched.device
    this.#add(this.#restarts.atEdge(thing, edge, greengrass.life))
    this.#add(brokenByAnswer(edge, seen))
    const evidence = evidenceFor(edge, seen)
    if (evidence !== 'not-a-rollback') this.#add(brokenByRollback(evidence))
  }

  /** When nothing is under way any more. @returns what is broken, without keeping it */
  async atRest({ device, isRecordLost, isImpersonated, mayStayHeld, named }: Watched): Promise<Violation[]> {
    const { thing } = device
    const record = this.#cloud.recordOf(thing)
    const executions = this.#ledger.ended
      .filter(one => one.thing === thing && !this.#ledger.isBeyondTelling(one, record))
      .map(attempt => ({ status: attempt.status, isTold: this.#isTold(attempt) }))
    const certificates = certificatesOf(this.#cloud, thing)
    return brokenAtRest(record, certificates, await device.stored(), executions, {
      named,
      isRecordLost,
      isImpersonated: isImpersonated || mayStayHeld,
      isVersionOne: false,
    })
  }

  /** What was told before it ended was told of another attempt: not every notice has a number. */
  #isTold(attempt: EndedAttempt): boolean {
    const { thing, jobId, executionNumber } = attempt
    return this.#cloud.notifications
      .slice(this.#toldBefore.get(attempt) ?? 0)
      .some(({ MessageAttributes: facts }) => {
        const number = facts['executionNumber']?.StringValue
        return (
          facts['thingName']?.StringValue === thing &&
          facts['jobId']?.StringValue === jobId &&
          (number === undefined || number === String(executionNumber))
        )
      })
  }

  #add(found: readonly Violation[]): void {
    this.violations.push(...found)
  }
}

const unrecorded: Violation = { rule: 4, problem: 'SUCCEEDED was reported of an execution without a record' }
