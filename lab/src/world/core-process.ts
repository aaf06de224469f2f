import { fileURLToPath } from 'node:url'
import { killLeftovers } from '@rotator/local-core/lifecycle/process-group'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import type { Device } from '../fleet/device.ts'
import { type Program, startProgram } from './program.ts'

/** What a core tells of itself, one JSON line an event. */
export interface CoreEvent {
  event: string
  /** Milliseconds since the epoch. */
  at: number
  [field: string]: unknown
}

const entry = fileURLToPath(import.meta.resolve('@rotator/local-core/main'))

/**
 * Starts the Greengrass core of a root folder, and with it the components deployed there.
 *
 * Components run in process groups of their own: a power cut ends those too.
 */
export function startCore(
  { root, coreArguments, token }: Pick<Device, 'root' | 'coreArguments' | 'token'>,
  onEvent: (event: CoreEvent) => void,
): Program {
  return startProgram({
    entry,
    environment: { ...process.env, ...token?.environment },
    args: ['--root', root, '--fast', ...coreArguments],
    logFile: `${root}/logs/core.log`,
    killOthers: () => void killLeftovers(rootLayout(root).processGroupsFile, root),
    onLine: line => {
      if (typeof line['event'] === 'string') {
        onEvent({ ...line, event: line['event'], at: Number(line['at']) })
      }
    },
  })
}
