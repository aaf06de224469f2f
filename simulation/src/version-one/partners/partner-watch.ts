import {
  brokenByReport,
  brokenByRetiring,
  brokenByShape,
  brokenByStorage,
  type Violation,
} from '@rotator/rotation/invariants'
import type { RotationRecord } from '@rotator/rotation/record/record'
import type { FunctionCall } from '../../cloud/backend-functions.ts'
import type { SimulatedCloud } from '../../cloud/simulated-cloud.ts'
import { certificatesOf } from '../../rules/certificates.ts'
import { type EndedAttempt, isRecordOf } from '../../rules/execution-ledger.ts'
import { RecordWrites } from '../../rules/record-writes.ts'
import { retirementBy } from '../../rules/retirements.ts'
import { Truth } from '../../rules/truth.ts'
import type { PartnerCore, Version } from './partner-core.ts'

/**
 * Asks after every step whether a rule is broken that our side answers for, whoever its partner is: our backend for
 * what it writes, what it retires and what it takes for a success, our component for what it stores. Version 1 keeps
 * none of them.
 */
export class PartnerWatch {
  /** Each once, with how often it was seen. */
  readonly found = new Map<string, number>()
  /** How often each side of ours was looked at. */
  readonly looks: Record<'device' | 'backend', number> = { device: 0, backend: 0 }
  readonly #cloud: SimulatedCloud
  readonly #thing: string
  readonly #backend: () => Version
  readonly #ended: EndedAttempt[] = []
  readonly #writes = new RecordWrites()
  readonly #truth = new Truth()
  /** So many of them have been looked at. */
  #notices = 0
  /** Version 1 may leave a torn identity behind; once ours has made it whole, ours answers for it. */
  #hasBeenWhole = false
  #seen = ''

  constructor(cloud: SimulatedCloud, thing: string, backend: () => Version) {
    this.#cloud = cloud
    this.#thing = thing
    this.#backend = backend
  }

  async look(core: PartnerCore): Promise<void> {
    const { version, disk, greengrass } = core
    const { changes } = this.#cloud
    const mark = [version, this.#backend(), greengrass.life, disk.changes, changes].join(' ')
    if (mark === this.#seen) return
    this.#seen = mark
    const record = this.#cloud.recordOf(this.#thing)
    if (this.#backend() === 'ours') this.#lookAtRecord(record)
    if (version === 'ours') await this.#lookAtStorage(record, core)
    else this.#hasBeenWhole = false
  }

  #lookAtRecord(record: RotationRecord): void {
    this.looks.backend += 1
    this.#add(brokenByShape(record))
    const spokenFor = this.#writes.spokenFor(this.#thing, record)
    this.#add(this.#writes.end(this.#thing, record))
    this.#truth.note(this.#thing, record, spokenFor)
    const { notifications } = this.#cloud
    for (const notice of notifications.slice(this.#notices))
      this.#add(this.#truth.brokenBy(notice, this.#ended))
    this.#notices = notifications.length
  }

  async #lookAtStorage(record: RotationRecord, core: PartnerCore): Promise<void> {
    this.looks.device += 1
    const broken = brokenByStorage(record, certificatesOf(this.#cloud, this.#thing), await core.stored())
    if (broken.length === 0) this.#hasBeenWhole = true
    if (this.#hasBeenWhole) this.#add(broken)
  }

  /**
   * As a function's call takes effect.
   *
   * @param by a function of version 1 may still be at work when ours have taken the place of all
   */
  atCall(call: FunctionCall, by = this.#backend()): void {
    if (this.#backend() !== 'ours') return
    if (call.operation === 'UpdateThingShadow') {
      this.#writes.begin(this.#thing, this.#cloud.recordOf(this.#thing), call.life, this.#ended)
    }
    const step = by === 'ours' ? retirementBy(call, this.#cloud) : undefined
    if (step === undefined) return
    const { thing, certificateId, wasNeverAttached } = step
    this.#add(brokenByRetiring(this.#cloud.recordOf(thing), certificateId, wasNeverAttached))
  }

  /** As an execution ends. */
  atEnd(attempt: EndedAttempt): void {
    this.#ended.push(attempt)
    const { thing, status } = attempt
    if (this.#backend() !== 'ours' || status !== 'SUCCEEDED') return
    const record = this.#cloud.recordOf(thing)
    if (!isRecordOf(record, attempt)) return
    this.#add(brokenByReport(record, { status, hasSwitched: false }))
  }

  #add(violations: readonly Violation[]): void {
    for (const { rule, problem } of violations) {
      const text = `rule ${rule}: ${problem}`
      this.found.set(text, (this.found.get(text) ?? 0) + 1)
    }
  }
}
