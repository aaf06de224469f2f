import { relative } from 'node:path'
import { type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import { type Parsed, parseWith } from '@rotator/protocol/parsed'
import { findRoot } from './nucleus/find-root.ts'
import { Secret } from './secret.ts'

/** What Greengrass gives a component that it starts. */
export interface Environment {
  thingName: ThingName
  socketPath: string
  authToken: Secret
  /** The component's own folder. */
  workFolder: string
  /** The Greengrass root folder. */
  root: string
}

type Variables = Readonly<Record<string, string | undefined>>

const socketVariable = 'AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT'
/** A Unix socket's path, its terminating zero included, may have this many bytes on Linux. */
const socketPathLimitBytes = 108

/** A problem is a sentence for whoever started the component in another way. */
export function readEnvironment(variables: Variables, workFolder: string): Parsed<Environment> {
  const thingName = parseWith(thingNameSchema, variables['AWS_IOT_THING_NAME'])
  if (!thingName.ok) return problem('AWS_IOT_THING_NAME is not a thing name')
  const socketPath = variables[socketVariable]
  if (!socketPath) return problem(`${socketVariable} is not set`)
  const token = variables['SVCUID']
  if (!token) return problem('SVCUID is not set')
  const root = findRoot(workFolder)
  if (root === undefined)
    return problem(`the working directory ${workFolder} is not a component's work folder`)
  return {
    ok: true,
    value: {
      thingName: thingName.value,
      socketPath: fitting(socketPath, workFolder),
      authToken: new Secret(token),
      workFolder,
      root,
    },
  }
}

/** The nucleus gives a relative path where the whole one would be too long; a long one is made relative too. */
function fitting(path: string, workFolder: string): string {
  return Buffer.byteLength(path) < socketPathLimitBytes ? path : relative(workFolder, path)
}

const problem = (what: string): Parsed<Environment> => ({
  ok: false,
  problem: `This component was not started by Greengrass: ${what}. Deploy it to a core device; Greengrass starts it.`,
})
