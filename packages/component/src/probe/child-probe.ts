import type { Log } from '../log.ts'
import { messageOf } from '../message-of.ts'
import { runTask, type TaskRunnerOptions } from '../tasks/run-task.ts'
import type { ProbeRequest } from './attempt.ts'
import { type Attempt, found } from './finding.ts'
import type { Probe } from './probe.ts'
import { spacedProbe } from './spaced-probe.ts'

/** Probes in children, so that neither TLS nor a key ever comes into this process. */
export const childProbe = (runner: TaskRunnerOptions, target: Omit<ProbeRequest, 'slot'>, log: Log): Probe =>
  spacedProbe(
    async slot => runTask(runner, 'probe', { ...target, slot }).catch(asUnreachable),
    runner.timers,
    log,
  )

/** A child that cannot be run has shown nothing about the identity. */
const asUnreachable = (error: unknown): Attempt => ({ mqtt: found('unreachable', messageOf(error)) })
