import { parseArgs } from 'node:util'
import type { CloudOptions } from './cloud.ts'
import { caKeyAlgorithms, isCaKeyAlgorithm } from './private-ca/ca-algorithms.ts'
import type { NewAuthority } from './private-ca/private-authorities.ts'

export const usage = `Usage: node packages/local-cloud/src/main.ts --directory DIRECTORY [options]

Runs the local cloud until it is interrupted. It prints lines of JSON: one with its endpoints when it is ready, and one
with an "event" for each notification, mail, problem and defect.

Clients sign with the access key operator and the secret operator, which may do everything.

  --directory DIRECTORY   keeps keys, the root certificate, functions and their logs; is made if missing
  --deploy TEMPLATE       deploys a template that CDK has synthesized (may be given several times)
  --http-port PORT        default: a free one
  --https-port PORT       default: a free one
  --mqtt-port PORT        default: a free one
  --private-ca ID[:KEY]   makes an authority of AWS Private CA with this UUID as its id, and a key such as RSA_2048,
                          the default, or EC_prime256v1 (may be given several times)
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

function privateAuthority(text: string): NewAuthority {
  const [id = '', keyAlgorithm = 'RSA_2048', ...rest] = text.split(':')
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id) || rest.length > 0)
    throw new UsageError(`--private-ca takes a UUID, and a key after a colon, not ${text}.`)
  if (!isCaKeyAlgorithm(keyAlgorithm))
    throw new UsageError(
      `--private-ca knows no key ${keyAlgorithm}, only ${Object.keys(caKeyAlgorithms).join(', ')}.`,
    )
  return { id, keyAlgorithm }
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): Command {
  const options = {
    directory: { type: 'string' },
    deploy: { type: 'string', multiple: true },
    'http-port': { type: 'string' },
    'https-port': { type: 'string' },
    'mqtt-port': { type: 'string' },
    'private-ca': { type: 'string', multiple: true },
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
  const privateAuthorities = (values['private-ca'] ?? []).map(privateAuthority)
  return {
    kind: 'run',
    options: { directory: values.directory, ports, warmFunctions, privateAuthorities },
    templates: values.deploy ?? [],
  }
}
