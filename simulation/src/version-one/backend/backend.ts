import { type AwsCalls, awsCalls, type VersionOneClients } from './aws-calls.ts'
import { commitCertificate } from './commit-certificate.ts'
import { createCertificate } from './create-certificate.ts'
import { jobExecutionTerminal } from './job-execution-terminal.ts'
import type { JobEvent, RuleEvent } from './rule-event.ts'

export interface VersionOneBackend {
  create: (event: RuleEvent) => Promise<void>
  commit: (event: RuleEvent) => Promise<void>
  finish: (event: JobEvent) => Promise<void>
}

/**
 * The three functions of version 1.2's backend as a model, with their defects. Whatever they throw is lost: their
 * invocations are not repeated and have no dead-letter queue.
 */
export function versionOneBackend(
  clients: VersionOneClients,
  notificationTopicArn: string,
): VersionOneBackend {
  const aws: AwsCalls = awsCalls(clients, notificationTopicArn)
  return {
    create: createCertificate(aws),
    commit: commitCertificate(aws),
    finish: jobExecutionTerminal(aws),
  }
}
