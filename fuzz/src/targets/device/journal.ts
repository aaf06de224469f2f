import { isDeepStrictEqual } from 'node:util'
import { advance } from '@rotator/rotation/device/advance'
import { decodeJournal, encodeJournal } from '@rotator/rotation/device/journal'
import type { State } from '@rotator/rotation/device/state'
import { found, foundOnNew } from '@rotator/rotation/device/testing/events'
import { after, manyStates } from '@rotator/rotation/device/testing/states'
import { jsonOf } from '../../mutation/json.ts'
import { anyOf, textOf } from '../../mutation/text.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { claimShapes } from '../shapes.ts'

const words = [
  ...new Set(manyStates.flatMap(state => [state.phase, ...Object.keys(state)])),
  ...'version state old new v1 v2 unknown ROLLED_BACK RSA-2048'.split(' '),
]

/** JSON writes -0 as 0. */
const plain = (state: State): unknown => JSON.parse(JSON.stringify(state))

/** The journal as it is found at the start: written by us, torn, or by another version. */
export const journal: Target = {
  name: 'journal',
  mutate: anyOf(jsonOf(words), jsonOf(words), textOf([])),
  execute(input) {
    const text = input.toString()
    const decoded = decodeJournal(text)
    if (!decoded.ok) return `set aside: ${wordsOf(decoded.problem.replace(/[("].*/su, ''))}`
    const state = decoded.value
    claimShapes(Object.fromEntries(Object.entries(state).filter(([, value]) => value !== null)))
    const written = encodeJournal(state)
    const again = decodeJournal(written)
    claim(
      again.ok && isDeepStrictEqual(plain(again.value), plain(state)),
      'the journal written anew says something else',
    )
    claim(!decodeJournal(written.slice(0, written.lastIndexOf('}'))).ok, 'a torn journal is taken for whole')
    const next = [found(), foundOnNew].map(
      what => advance(state, { kind: 'started', found: what, service: after }).state,
    )
    const survives = next.every(({ phase }) => typeof phase === 'string')
    claim(survives, 'the device cannot start from it')
    claim(
      next.every(one => decodeJournal(encodeJournal(one)).ok),
      'the device starts into a journal that cannot be read',
    )
    return `${state.phase}: ${next.map(({ phase }) => phase).join()}`
  },
  seeds: () =>
    Object.fromEntries(manyStates.map((state, n) => [`${state.phase}-${n}`, encodeJournal(state)])),
}
