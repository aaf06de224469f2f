import type { Misfortune, Run } from './plain-run.ts'
import { newId, oldId } from './states.ts'

/** What must be true at the end of every run, whatever went wrong in it; empty where all is. */
function complaints({ cloud, slots, state, broken, cutsDone }: Run, { cuts }: Misfortune): string[] {
  const left = [...cloud.active].filter(id => id !== slots.current)
  const endings = Object.entries({
    'the device is not at rest': state.phase !== 'idle',
    // Two identities that no journal explains are kept until a job comes to ask the record with.
    'a key was left behind':
      (slots.pending !== null || slots.previous !== null) &&
      !(state.phase === 'idle' && state.leftover !== null),
    'the device uses a certificate that is not active': !cloud.active.has(slots.current),
    'a certificate was left behind': left.length > 0 && cloud.record?.progress !== 'held',
    'SUCCEEDED, but not on NEW': cloud.status === 'SUCCEEDED' && slots.current !== newId,
    'FAILED, but not on OLD': cloud.status === 'FAILED' && slots.current !== oldId,
    'a cut did not happen': cutsDone === 0 && cuts.length > 0,
  })
  return [...broken, ...endings.flatMap(([complaint, isTrue]) => (isTrue ? [complaint] : []))]
}

/** Runs that did not end well, each with what it takes to see it again. */
export const failed = (runs: { misfortune: Misfortune; world: Run }[]) =>
  runs.flatMap(({ misfortune, world }) => {
    const what = complaints(world, misfortune)
    return what.length === 0 ? [] : [{ ...misfortune, what }]
  })
