import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Program, startProgram } from './program.ts'

/** Where the local cloud answers. */
export interface CloudEndpoints {
  /** Every AWS API, such as `http://127.0.0.1:4566`. */
  http: string
  https: string
  mqtt: { host: string; port: number }
}

export interface CloudProcess {
  endpoints: CloudEndpoints
  rootCaPath: string
  program: Program
}

const entry = fileURLToPath(import.meta.resolve('@rotator/local-cloud/main'))

/**
 * Starts the local cloud as a process of its own and deploys a synthesized template into it.
 *
 * @param folder where its certificate authorities, its state and its functions' logs go
 */
export async function startCloudProcess(options: {
  folder: string
  templateFile: string
  onNotification: (text: string) => void
  /** The id of an authority of AWS Private CA that is to be there. */
  authorityId?: string | undefined
}): Promise<CloudProcess> {
  const logFile = join(options.folder, 'cloud.log')
  const ready = Promise.withResolvers<Omit<CloudProcess, 'program'>>()
  const program = startProgram({
    entry,
    args: [
      '--directory',
      join(options.folder, 'cloud'),
      '--warm-functions',
      ...(options.authorityId === undefined ? [] : ['--private-ca', options.authorityId]),
      '--deploy',
      options.templateFile,
    ],
    logFile,
    onLine: line => {
      if (isReady(line)) ready.resolve({ endpoints: line.endpoints, rootCaPath: line.rootCaPath })
      else if (line['event'] === 'notification') options.onNotification(String(line['message']))
    },
  })
  const early = program.ended.then(async code => {
    throw new Error(
      `The local cloud ended with ${code} before it was ready. Its log: ${logFile}\n${await program.lastWords()}`,
    )
  })
  return { ...(await Promise.race([ready.promise, early])), program }
}

function isReady(line: Record<string, unknown>): line is { endpoints: CloudEndpoints; rootCaPath: string } {
  return typeof line['rootCaPath'] === 'string' && typeof line['endpoints'] === 'object'
}
