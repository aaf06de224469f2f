import { equal, isJsonObject } from './json.ts'
import { emptySection, type Section } from './merge.ts'

/**
 * What of `desired` differs from `reported`, down the path of each difference, with the times of `desired`. Arrays are
 * values: one that differs is taken whole. Undefined where nothing differs.
 */
export function deltaOf(desired: Section, reported: Section): Section | undefined {
  const state: [string, Section['state'][string]][] = []
  const metadata: [string, Section['metadata'][string]][] = []
  for (const [key, wanted] of Object.entries(desired.state)) {
    const actual = Object.hasOwn(reported.state, key) ? reported.state[key] : undefined
    if (equal(wanted, actual)) continue
    const times = desired.metadata[key] ?? {}
    const inner =
      isJsonObject(wanted) && isJsonObject(actual) && isJsonObject(times)
        ? (deltaOf({ state: wanted, metadata: times }, { ...emptySection, state: actual }) ?? 'alike')
        : { state: wanted, metadata: times }
    // Objects differ here only by what is reported beside what is desired, which is no delta.
    if (inner === 'alike') continue
    state.push([key, inner.state])
    metadata.push([key, inner.metadata])
  }
  return state.length === 0
    ? undefined
    : { state: Object.fromEntries(state), metadata: Object.fromEntries(metadata) }
}
