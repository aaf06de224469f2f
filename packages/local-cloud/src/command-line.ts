import { parseArgs } from 'node:util'
import type { CloudOptions } from './cloud.ts'

export const usage = `Usage: node packages/local-cloud/src/main.ts --directory DIRECTORY [options]

Runs the local cloud until it is interrupted. It prints lines of JSON: one with its endpoints when it is ready, and one
with an "event" for each notification, mail, problem and defect.

  --directory DIRECTORY   keeps keys, the root certificate, functions and their logs; is made if missing
  --deploy TEMPLATE       deploys a template that CDK has synthesized (may be given several times)
  --http-port PORT        default: a free one
  --https-port PORT       default: a free one
  --mqtt-port PORT        default: a free one
  --warm-functions        starts a process of every function at its deployment
  --help                  prints this
`

/** A command line that cannot be followed; the message says why and what to do. */
export class UsageError extends Error {}

export type Command = { kind: 'help' } | { kind: 'run'; options: CloudOptions; templates: string[] }

function port(name: string, text: string | undefined): number {
  if (text === undefined) return 0
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new UsageError(`--${name} takes a port from 0 to 65535, not ${text}.`)
  return value
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Command {
  const options = {
    directory: { type: 'string' },
    deploy: { type: 'string', multiple: true },
    'http-port': { type: 'string' },
    'https-port': { type: 'string' },
    'mqtt-port': { type: 'string' },
    'warm-functions': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  const values = (() => {
    try {
      return parseArgs({ args: [...args], options, strict: true }).values
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
  })()
  if (values.help === true) return { kind: 'help' }
  if (values.directory === undefined)
    throw new UsageError('--directory is missing: say where to keep the keys.')
  const ports = {
    http: port('http-port', values['http-port']),
    https: port('https-port', values['https-port']),
    mqtt: port('mqtt-port', values['mqtt-port']),
  }
  const warmFunctions = values['warm-functions'] ?? false
  return {
    kind: 'run',
    options: { directory: values.directory, ports, warmFunctions },
    templates: values.deploy ?? [],
  }
}
