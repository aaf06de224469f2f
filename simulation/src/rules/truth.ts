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

  note(thing: string, record: RotationRecord): void {
    const side = sideOf(record)
    if (side === undefined || record.progress === 'none') return
    const said = this.#said.get(thing) ?? new Set()
    said.add(sayingOf(side, record.oldCertificateId, record.newCertificateId))
    this.#said.set(thing, said)
  }

  /** @param ended of the thing; a deletion ends executions that nothing else is left of, and what was taken back was no rotation */
  brokenBy({ MessageAttributes: facts }: Notification, ended: readonly EndedAttempt[]): Violation[] {
    const fact = (name: string) => facts[name]?.StringValue
    const [code = '', thing = '', status] = [fact('code'), fact('thingName'), fact('status')]
    const side = kept[code]
    const saying = side && sayingOf(side, fact('oldCertificateId'), fact('newCertificateId'))
    const hasEnded =
      status === undefined ||
      status === 'DELETED' ||
      ended.some(one => one.jobId === fact('jobId') && one.status === status && !one.isWithdrawn)
    return [
      ...lie(
        saying !== undefined && this.#said.get(thing)?.has(saying) !== true,
        `${code}, and it never was`,
      ),
      ...lie(!hasEnded, `of an end that there was not: ${status}`),
    ]
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
