import { parseArgs } from 'node:util'
import {
  AttachThingPrincipalCommand,
  IoTClient,
  ListPrincipalThingsV2Command,
  ListThingPrincipalsV2Command,
  type ThingPrincipalType,
} from '@aws-sdk/client-iot'

/**
 * What Debian's AWS CLI of 2023 does not know of AWS IoT yet, and newer ones do, by the AWS SDK: exclusive things. Run as
 * `newer-aws-cli.ts ENDPOINT REGION iot OPERATION --option value …`; answers and errors are written as the CLI writes them.
 */
const [endpoint = '', region = '', , operation = '', ...args] = process.argv.slice(2)
const { values } = parseArgs({
  args,
  options: {
    'thing-name': { type: 'string' },
    principal: { type: 'string' },
    'thing-principal-type': { type: 'string' },
  },
})
const thingName = values['thing-name'] ?? ''
const principal = values.principal ?? ''
const iot = new IoTClient({ endpoint, region, maxAttempts: 1 })

const operations: Readonly<Record<string, () => Promise<object>>> = {
  'attach-thing-principal': async () =>
    iot.send(
      new AttachThingPrincipalCommand({
        thingName,
        principal,
        thingPrincipalType: values['thing-principal-type'] as ThingPrincipalType,
      }),
    ),
  'list-thing-principals-v2': async () => iot.send(new ListThingPrincipalsV2Command({ thingName })),
  'list-principal-things-v2': async () => iot.send(new ListPrincipalThingsV2Command({ principal })),
}

try {
  const run = operations[operation]
  if (run === undefined) throw new Error(`${operation} is none of ${Object.keys(operations).join(', ')}`)
  const { $metadata: _, ...answer } = (await run()) as { $metadata: unknown }
  if (Object.keys(answer).length > 0) process.stdout.write(`${JSON.stringify(answer, undefined, 4)}\n`)
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  process.stderr.write(`\nAn error occurred (${name}) when calling the ${operation} operation: ${message}\n`)
  process.exitCode = 254
}
