import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { region } from '../../world/lab.ts'
import { awsEnvironment } from '../aws-command.ts'
import { programs } from '../debian-packages.ts'

export interface CommandRun {
  exitCode: number | null
  /** Both streams, in the order in which they were written. */
  output: string
}

/**
 * Runs one command as a step of an automation does, in a shell of its own.
 *
 * @param cloudUrl where the AWS CLI finds all services
 * @param variables what the automation puts into the environment
 */
export async function runCommand(
  command: string,
  folder: string,
  cloudUrl: string,
  variables: Readonly<Record<string, string>>,
): Promise<CommandRun> {
  const child = spawn('sh', ['-ec', command], {
    cwd: folder,
    env: {
      ...machine(),
      ...awsEnvironment,
      ...variables,
      PATH: `${awsFolder(folder, cloudUrl)}:${pathOfMachine()}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [exitCode] = (await once(child, 'close')) as [number | null]
  return { exitCode, output: Buffer.concat(chunks).toString() }
}

/** The environment without what npm and the test runner put there. */
const machine = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(?:npm_(?!config_registry)|VITEST|VITE_|NODE_|INIT_CWD|TEST$|DEV$|PROD$|MODE$)/u.test(name),
    ),
  )

/** Without the programs of this repository: a step finds what its machine has. */
const pathOfMachine = (): string =>
  (process.env['PATH'] ?? '')
    .split(':')
    .filter(folder => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'))
    .join(':')

const newerCli = fileURLToPath(new URL('../newer-aws-cli.ts', import.meta.url))

/**
 * An `aws` for the head of PATH: Debian's is too old to be told by its environment where a cloud is, and to know of
 * exclusive things.
 */
function awsFolder(folder: string, cloudUrl: string): string {
  const bin = join(`${folder}.bin`)
  mkdirSync(bin, { recursive: true })
  const file = join(bin, 'aws')
  const newer = `'${process.execPath}' '${newerCli}' ${cloudUrl} ${region}`
  const lines = [
    '#!/bin/sh',
    `case " $* " in *-principals-v2\\ *|*-things-v2\\ *|*\\ --thing-principal-type\\ *) exec ${newer} "$@" ;; esac`,
    `exec ${programs.aws.path} --endpoint-url ${cloudUrl} --region ${region} "$@"`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  chmodSync(file, 0o755)
  return bin
}
