import type { ExecutionId } from '@rotator/protocol/ids'
import type { Violation } from '@rotator/rotation/invariants'
import type { RotationRecord } from '@rotator/rotation/record/record'
import type { Notification } from '../cloud/backend-functions.ts'
import type { EndedAttempt } from './execution-ledger.ts'

/** What a record has to be for the operators to be told this of it; of what is not here, no record is told. */
const kept: Readonly<Partial<Record<string, 'old' | 'new' | 'both'>>> = {
  'old-kept': 'old',
  'new-kept': 'new',
  'both-kept': 'both',
  'old-lost': 'both',
}

/** What the record of each thing has said so far: a notice may be of a state that is past as it is sent. */
export class Truth {
  readonly #said = new Map<string, Set<string>>()
  readonly #spokenFor = new Map<string, ExecutionId[]>()

  /** @param spokenFor the execution that a device has brought into the record with this write of it */
  note(thing: string, record: RotationRecord, spokenFor?: ExecutionId): void {
    if (spokenFor !== undefined)
      this.#spokenFor.set(thing, [...(this.#spokenFor.get(thing) ?? []), spokenFor])
    const side = sideOf(record)
    if (side === undefined || record.progress === 'none') return
    const said = this.#said.get(thing) ?? new Set()
    said.add(sayingOf(side, record.oldCertificateId, record.newCertificateId))
    this.#said.set(thing, said)
  }

  /** @param ended of the thing; a deletion ends executions that nothing else is left of */
  brokenBy({ MessageAttributes: facts }: Notification, ended: readonly EndedAttempt[]): Violation[] {
    const fact = (name: string) => facts[name]?.StringValue
    const [code = '', thing = '', status] = [fact('code'), fact('thingName'), fact('status')]
    const side = kept[code]
    const saying = side && sayingOf(side, fact('oldCertificateId'), fact('newCertificateId'))
    const hasEnded =
      status === undefined ||
      status === 'DELETED' ||
      ended.some(
        one =>
          one.jobId === fact('jobId') &&
          one.status === status &&
          this.#isToTell(one, fact('executionNumber')),
      )
    return [
      ...lie(
        saying !== undefined && this.#said.get(thing)?.has(saying) !== true,
        `${code}, and it never was`,
      ),
      ...lie(!hasEnded, `of an end that there was not: ${status}`),
    ]
  }

  /**
   * What was taken back before its device took it up was no rotation. Where a device has spoken for it all the same (it lost
   * its record, or another program has its certificate), the record names it, and how it ended is the truth about that record.
   *
   * @param number of the try that was told of; not every notice has one
   */
  #isToTell(
    { thing, jobId, executionNumber, isWithdrawn }: EndedAttempt,
    number: string | undefined,
  ): boolean {
    if (number !== undefined && number !== String(executionNumber)) return false
    const spokenFor = this.#spokenFor.get(thing) ?? []
    return (
      !isWithdrawn || spokenFor.some(one => one.jobId === jobId && one.executionNumber === executionNumber)
    )
  }
}

const lie = (isTold: boolean, what: string): Violation[] =>
  isTold ? [{ rule: 8, problem: `the operators were told ${what}` }] : []

function sideOf(record: RotationRecord): 'old' | 'new' | 'both' | undefined {
  if (record.progress === 'held') return 'both'
  if (record.progress !== 'settled' || record.keep === undefined) return undefined
  return record.keep === record.newCertificateId ? 'new' : 'old'
}

const sayingOf = (side: string, oldId: string | undefined, newId: string | undefined): string =>
  `${side} ${oldId ?? ''} ${newId ?? ''}`
