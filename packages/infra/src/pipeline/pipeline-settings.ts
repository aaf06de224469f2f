import { parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { settingsOf } from '../context.ts'
import { readSettings } from '../settings.ts'

interface PipelineChoice {
  description: string
  /** Its source means the same to AWS CloudFormation. */
  pattern: RegExp
  /** What the pattern means, to follow "must be". */
  like: string
  unlessSaid?: string
  /** Whether it may stay empty. */
  mayLack?: true
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/u

/** What an operator says of a pipeline, by its name in the context of the synthesis; version 1 had the same names. */
export const pipelineChoices = {
  ConnectionId: {
    description: 'Id at the end of the ARN of the connection of AWS CodeConnections to the repository',
    pattern: uuid,
    like: 'the id at the end of an ARN of AWS CodeConnections (8-4-4-4-12 hexadecimal digits)',
  },
  ConnectionService: {
    description: 'Service in the ARN of the connection, which keeps the name that it was made under',
    pattern: /^code(star-)?connections$/u,
    like: 'codestar-connections or codeconnections, as in the ARN of the connection',
    unlessSaid: 'codestar-connections',
  },
  OwnerName: {
    description: 'Owner of the repository at its host: a user, an organization or a path of groups',
    pattern: /^[\w.-]+(\/[\w.-]+)*$/u,
    like: 'the name of a user or organization, or a path of groups',
  },
  RepositoryName: {
    description: 'Name of the repository without its owner',
    pattern: /^[\w.-]+$/u,
    like: 'a name without its owner',
    unlessSaid: 'aws-greengrass-labs-certificate-rotator',
  },
  BranchName: {
    description: 'The branch that is built and deployed whenever it changes',
    pattern: /^[\w./-]+$/u,
    like: 'the name of a branch',
    unlessSaid: 'main',
  },
  ThingGroupName: {
    description: 'The group of core devices that the component is deployed to and tested on',
    pattern: /^[\w:-]{1,128}$/u,
    like: '1 to 128 letters, digits, or any of : _ -',
  },
  PcaCaId: {
    description: 'Id at the end of the ARN of the authority of AWS Private CA that the integration tests use',
    pattern: uuid,
    like: 'the id at the end of an ARN of AWS Private CA (8-4-4-4-12 hexadecimal digits)',
  },
  BackendSettings: {
    description: 'What the backend is synthesized with before it is deployed: Name=value; Name=value',
    pattern: /^(?:[A-Za-z]\w*=[^;]*(?:; ?[A-Za-z]\w*=[^;]*)*)?$/u,
    like: 'empty, or settings of the backend as Name=value; Name=value',
    mayLack: true,
  },
} satisfies Readonly<Record<string, PipelineChoice>>

export type PipelineChoiceName = keyof typeof pipelineChoices

/** What was said; the rest is for the stack's parameters, which AWS CloudFormation asks for when it deploys. */
export type PipelineSettings = Readonly<Partial<Record<PipelineChoiceName, string>>>

const choices: readonly [string, PipelineChoice][] = Object.entries(pipelineChoices)
const settingsSchema = v.object(
  Object.fromEntries(
    choices.map(([name, { pattern, like, unlessSaid }]) => [
      name,
      v.optional(v.pipe(v.string('must be text'), v.regex(pattern, `must be ${like}`)), unlessSaid),
    ]),
  ),
)
/** Whoever says one of these means a pipeline; an authority is said for the backend alone, too. */
const ofAPipeline: readonly PipelineChoiceName[] = [
  'ConnectionId',
  'OwnerName',
  'ThingGroupName',
  'BackendSettings',
]

/**
 * Reads what the context of the synthesis (`-c Name=value`) says of a pipeline; unknown names are others'.
 *
 * @throws an error that says which value cannot be used, or which of them lack where some are given
 */
export function readPipelineSettings(context: Readonly<Record<string, unknown>>): PipelineSettings {
  // An empty id of an authority says, to the backend, that AWS IoT issues.
  const { PcaCaId, ...others } = context
  const parsed = parseWith(settingsSchema, PcaCaId === '' ? others : context)
  if (!parsed.ok) throw new Error(`The context of the synthesis cannot be used: ${parsed.problem}.`)
  const said = parsed.value as PipelineSettings
  if (!ofAPipeline.some(name => said[name] !== undefined)) return said
  const lacking = choices.flatMap(([name, { mayLack }]) =>
    parsed.value[name] === undefined && !mayLack ? [name] : [],
  )
  if (lacking.length > 0) {
    throw new Error(
      `The context of the synthesis cannot be used: a pipeline needs ${lacking.join(', ')} too (-c ${lacking[0]}=…). Say all of a pipeline, or nothing and give it as parameters when it is deployed.`,
    )
  }
  const BackendSettings = said.BackendSettings ?? ''
  // What its build would refuse at each run is refused here.
  readSettings(settingsOf(BackendSettings))
  return { ...said, BackendSettings }
}
