import type { World } from '../whole/world.ts'
import { region } from '../world/lab.ts'
import { programs } from './debian-packages.ts'
import { type Ending, flags, runForeign } from './foreign-run.ts'

/** Runs Debian's AWS CLI against the local cloud, as an operator at a terminal would. */
export interface AwsCommand {
  /** The answer's JSON; an error with what the CLI wrote where it fails. */
  (service: string, operation: string, options?: AwsOptions, ...more: string[]): Promise<unknown>
  /** What the CLI writes to standard error, without the empty line before it; an error where it succeeds. */
  failure(service: string, operation: string, options?: AwsOptions): Promise<string>
}

export type AwsOptions = Readonly<Record<`--${string}`, string | number>>

/** No profile, no file and no address but the local cloud's is ever looked at. */
export const awsEnvironment = {
  AWS_ACCESS_KEY_ID: 'operator',
  AWS_SECRET_ACCESS_KEY: 'operator',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
}

export function awsCommand({ cloud }: World): AwsCommand {
  const surroundings = { '--endpoint-url': cloud.endpoints.http, '--region': region, '--output': 'json' }
  const run = async (service: string, operation: string, options: AwsOptions, more: string[]) => {
    const args = [service, operation, ...flags({ ...surroundings, ...options }), ...more]
    return { args, ...(await runForeign(programs.aws.path, args, { environment: awsEnvironment })) }
  }
  const ended = ({ args, exitCode, stdout, stderr }: Ending & { args: string[] }) =>
    new Error(`aws ${args.join(' ')} ended with ${exitCode}: ${stdout.toString()}${stderr}`)
  const ask = async (service: string, operation: string, options: AwsOptions = {}, ...more: string[]) => {
    const ending = await run(service, operation, options, more)
    if (ending.exitCode !== 0) throw ended(ending)
    const text = ending.stdout.toString()
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  return Object.assign(ask, {
    failure: async (service: string, operation: string, options: AwsOptions = {}) => {
      const ending = await run(service, operation, options, [])
      // 254: the service answered with an error.
      if (ending.exitCode !== 254) throw ended(ending)
      return ending.stderr.trim()
    },
  })
}
