import type { Effect } from './effects.ts'
import { askEntry } from './phases/ask.ts'
import { checkEntry } from './phases/check.ts'
import { closeEntry } from './phases/close.ts'
import { commitEntry } from './phases/commit.ts'
import { consentEntry } from './phases/consent.ts'
import { failEntry } from './phases/fail.ts'
import { finishEntry } from './phases/finish.ts'
import { forwardEntry } from './phases/forward.ts'
import { idleEntry } from './phases/idle.ts'
import { installEntry } from './phases/install.ts'
import { restartEntry } from './phases/restart.ts'
import { rollbackEntry } from './phases/rollback.ts'
import type { Phase, State } from './state.ts'

/** In these a component update, or a restart of Greengrass by a deployment, would come in the middle. */
const switching: readonly Phase[] = ['install', 'restart', 'commit', 'rollback', 'consent', 'forward']

/** What a phase sets in motion. A restart of the component repeats it, so recovery is no second code path. */
export function onEntry(state: State): Effect[] {
  const updates: Effect = { kind: switching.includes(state.phase) ? 'defer-updates' : 'allow-updates' }
  return [updates, ...entryOf(state)]
}

function entryOf(state: State): Effect[] {
  switch (state.phase) {
    case 'idle':
      return idleEntry(state)
    case 'ask':
      return askEntry(state)
    case 'check':
      return checkEntry(state)
    case 'install':
      return installEntry(state)
    case 'restart':
      return restartEntry(state)
    case 'commit':
      return commitEntry(state)
    case 'finish':
      return finishEntry(state)
    case 'rollback':
      return rollbackEntry(state)
    case 'consent':
      return consentEntry(state)
    case 'forward':
      return forwardEntry(state)
    case 'fail':
      return failEntry(state)
    case 'close':
      return closeEntry()
  }
}
