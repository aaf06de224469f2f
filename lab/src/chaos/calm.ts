import type { SnsMessage } from '@rotator/local-cloud/sns/message'
import { stackName } from '@rotator/protocol/names'
import { toldLimit } from '@rotator/rotation/record/told'
import { coreControl } from '../fleet/core-control.ts'
import { functionNames } from '../whole/function-calls.ts'
import type { ChaosDevice } from './chaos-device.ts'
import { configuredCertificate } from './held-identities.ts'
import type { ChaosExecution } from './jobs.ts'
import { readRecord } from './record.ts'
import { type Chaos, pause } from './storm.ts'

const lookEveryMs = 500
/** The longest wait of a device in the storm's scale of time, and some. */
const openJobsEndWithinMs = 120_000
const restWithinMs = 180_000
const lastRotationWithinMs = 120_000
/** What no event tells, the sweep finds in its rounds: one through all the jobs of ten minutes takes five. */
const toldWithinMs = 600_000
const never = new AbortController().signal

/**
 * After the storm: nothing fails any more, and everything must come to rest, without help but for what the
 * documents ask of an operator. Then every device must be able to rotate once more.
 */
export async function comeToRest(chaos: Chaos): Promise<void> {
  for (const device of chaos.devices) await clearUp(chaos, device)
  for (const text of await waitFor(chaos, openJobsEndWithinMs, () => chaos.jobs.open().map(describe))) {
    chaos.tally.violation(`after the storm: ${text}`)
  }
  // What is stuck is told already; the rest is to be seen all the same.
  for (const { jobId } of chaos.jobs.open()) await chaos.jobs.cancel(jobId)
  redriveFailedEvents(chaos)
  const restless = await waitFor(chaos, restWithinMs, () => {
    // The queue gives a message up when it would be received once more, which may be after the storm.
    redriveRetirements(chaos)
    return restlessness(chaos)
  })
  for (const text of restless) chaos.tally.violation(`after the storm: ${text}`)
  if (restless.length > 0) return
  const before = new Map(chaos.devices.map(device => [device, configuredCertificate(device)]))
  const jobId = await chaos.jobs.create(chaos.devices.map(({ thingName }) => thingName))
  const stuck = await waitFor(chaos, lastRotationWithinMs, () => [
    ...chaos.jobs.executions.filter(one => one.jobId === jobId && one.end !== 'succeeded').map(describe),
    ...restlessness(chaos),
    ...chaos.devices
      .filter(device => configuredCertificate(device) === before.get(device))
      .map(({ thingName }) => `${thingName} still has the certificate from before`),
  ])
  for (const text of stuck) chaos.tally.violation(`in the last rotation: ${text}`)
}

/** Waits until the operators know what they must know; what they do not is a violation. */
export async function comeToBeKnown(chaos: Chaos, notices: readonly SnsMessage[]): Promise<void> {
  for (const text of await waitFor(chaos, toldWithinMs, () => untold(chaos.jobs.executions, notices))) {
    chaos.tally.violation(text)
  }
}

async function clearUp({ world }: Chaos, device: ChaosDevice): Promise<void> {
  device.network.weather({ kind: 'open' })
  device.disk?.free()
  world.jumpClock(device, 0)
  // An operator restarts Greengrass where it has given the component up.
  if (device.isBroken) await coreControl(device).restart()
}

/** Looks until there is nothing left to wait for. @returns what is left when time is up */
async function waitFor({ log }: Chaos, withinMs: number, look: () => string[]): Promise<string[]> {
  let logged = ''
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += lookEveryMs) {
    const left = look()
    if (left.length === 0) return []
    const text = left.join('; ')
    if (text !== logged) log({ event: 'waiting', for: left })
    logged = text
    await pause(lookEveryMs, never)
  }
  return look()
}

const describe = ({ jobId, thingName, end }: ChaosExecution): string =>
  `the execution of ${jobId} on ${thingName} ${end === undefined ? 'has not ended' : `ended ${end}`}`

/** What keeps devices from being at rest: on one active certificate, their own, and connected with it, and none beside. */
function restlessness({ world, devices, onceAttached }: Chaos): string[] {
  const { registry, broker } = world.cloud.services
  return devices.flatMap(device => {
    const { thingName } = device
    const configured = configuredCertificate(device)
    const attached = registry.principals.principalsOf(thingName).map(arn => arn.split('cert/')[1] ?? arn)
    const record = readRecord(world, thingName)
    const leftBehind = onceAttached
      .of(thingName)
      .filter(id => !attached.includes(id) && registry.certificates.find(id) !== undefined)
    const checks: [boolean, string][] = [
      [attached.length === 1 && attached[0] === configured, `attached: ${attached.join(', ') || 'nothing'}`],
      [
        configured !== undefined && registry.certificates.isActive(configured),
        'its certificate is not active',
      ],
      [broker.connectedClientIds().includes(thingName), 'it is not connected'],
      [['none', 'settled'].includes(record.progress), `its record is ${record.progress}`],
      [record.retiring.length === 0, `to be retired still: ${record.retiring.join(', ')}`],
      [leftBehind.length === 0, `taken off but still there: ${leftBehind.join(', ')}`],
    ]
    return checks.flatMap(([holds, text]) =>
      holds ? [] : `${thingName} (uses ${configured}, phase ${device.phase}): ${text}`,
    )
  })
}

interface DeadLetter {
  requestPayload: object
  requestContext: { functionArn: string }
}

const parseDeadLetter = (body: string): DeadLetter => JSON.parse(body) as DeadLetter

/** As an operator does whom the alarm of the dead letters called. */
function redriveFailedEvents({ world, log }: Chaos): void {
  const { queues, functions } = world.cloud.services
  for (const { body } of queues.find(`${stackName}FailedEvents`)?.receive(100) ?? []) {
    const { requestPayload, requestContext } = parseDeadLetter(body)
    log({ event: 'redriven', functionArn: requestContext.functionArn })
    // A sweep takes its time over all the jobs of a storm.
    functions.invokeLater(requestContext.functionArn, Buffer.from(JSON.stringify(requestPayload)))
  }
}

/** As an operator does whom the alarm of retirements that failed called. */
function redriveRetirements({ world, log }: Chaos): void {
  const { queues } = world.cloud.services
  const failed = queues.find(`${functionNames.retire}Failed`)
  for (const { body, receiptHandle } of failed?.receive(100) ?? []) {
    log({ event: 'redriven', body })
    queues.find(functionNames.retire)?.send({ body })
    failed?.delete(receiptHandle)
  }
}

/**
 * Operators must know of every rotation that did not succeed. Where a job was cancelled or deleted before its device began,
 * or the thing left it, there was no rotation, and who did it knows.
 *
 * @returns of whose end they do not know, though a sweep still can
 */
export function untold(executions: readonly ChaosExecution[], notices: readonly SnsMessage[]): string[] {
  return neverTold(executions, notices)
    .filter(execution => laterEnds(execution, executions) < toldLimit)
    .map(execution => `nobody was told that ${describe(execution)}`)
}

/** Ends whose event was lost, and which no sweep came upon while they were among the last that a record remembers. */
export const beyondMemory = (
  executions: readonly ChaosExecution[],
  notices: readonly SnsMessage[],
): ChaosExecution[] =>
  neverTold(executions, notices).filter(execution => laterEnds(execution, executions) >= toldLimit)

function neverTold(executions: readonly ChaosExecution[], notices: readonly SnsMessage[]): ChaosExecution[] {
  return executions
    .filter(
      ({ end, wasStarted }) => end !== undefined && end !== 'succeeded' && (wasStarted || !isByOthers(end)),
    )
    .filter(
      ({ jobId, thingName }) =>
        !notices.some(({ message }) => message.startsWith(`${thingName}:`) && message.includes(jobId)),
    )
}

/** No device ends its execution so. */
const isByOthers = (end: string): boolean => ['canceled', 'removed', 'deleted'].includes(end)

const laterEnds = ({ thingName, endOrder = 0 }: ChaosExecution, executions: readonly ChaosExecution[]) =>
  executions.filter(one => one.thingName === thingName && (one.endOrder ?? -1) > endOrder).length
