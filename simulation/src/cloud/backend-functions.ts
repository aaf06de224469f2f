import { environmentOf } from '@rotator/backend/aws/environment'
import { commitCertificate } from '@rotator/backend/commit-certificate/commit-certificate'
import { createCertificate } from '@rotator/backend/create-certificate/create-certificate'
import { finishRotation } from '@rotator/backend/finish-rotation/finish-rotation'
import { awsIotIssuer } from '@rotator/backend/issuers/aws-iot-issuer'
import type { ReportLine } from '@rotator/backend/report'
import { type QueueBatch, retireCertificates } from '@rotator/backend/retire-certificate/retire-certificate'
import { sweepPorts } from '@rotator/backend/sweep/ports'
import { sweep } from '@rotator/backend/sweep/sweep'
import { awsPorts } from '@rotator/backend/wiring'
import { defaultAccount } from '@rotator/local-cloud/account'
import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { jobTemplateId } from '@rotator/protocol/names'
import type { CallFault, Fates } from '../faults/fault.ts'
import { never } from '../kernel/quiet.ts'
import { middling, spread } from '../kernel/spread.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { Story } from '../story/story.ts'
import { type Perform, simulatedClients } from './aws-clients.ts'
import type { CloudSettings } from './cloud-settings.ts'
import type { FunctionLife, Handler } from './function-host.ts'

export type FunctionWord = 'create' | 'commit' | 'finish' | 'retire' | 'sweep'

/** As it was given to SNS. */
export interface Notification {
  Message: string
  MessageAttributes: Readonly<Record<string, { StringValue: string }>>
}

/** What becomes of calls for a while. */
export interface Weather {
  /** `slow`: it takes effect and is answered seconds later than others. */
  failure: 'throttled' | 'answer-lost' | 'slow'
  /** Asked for every call. */
  fails: (call: FunctionCall) => boolean
}

export interface BackendParts {
  clock: VirtualClock
  /** From 0 to 1: how long each call takes. */
  random?: () => number
  fates: Fates
  story: Story
  cloud: {
    call(service: string, operation: string, input: Readonly<Record<string, unknown>>): unknown
    weathers: Iterable<Weather>
  }
  settings: CloudSettings
  /** Told of each call as it takes effect. */
  onCall: (call: FunctionCall) => void
  /** Told of each line of a function's log. */
  onReport?: ((line: ReportLine) => void) | undefined
}

export interface FunctionCall {
  life: FunctionLife
  operation: string
  input: Readonly<Record<string, unknown>>
}

const callMs = 40
const slowCallMs = 3_000
const throttled = new AwsError('ThrottlingException', 429, 'Rate exceeded')
const unavailable = new AwsError('ServiceUnavailableException', 503, 'The service is unavailable')
const { region, accountId, partition } = defaultAccount

/** The product's functions on the simulated cloud: each life makes its own ports, so that a dead one does nothing more. */
export function backendFunctions(parts: BackendParts): (life: FunctionLife) => Handler {
  const { clock, story, settings } = parts
  const environment = environmentOf({
    IOT_DATA_ENDPOINT: 'data',
    CERTIFICATE_ARN_PREFIX: `arn:${partition}:iot:${region}:${accountId}:cert/`,
    NOTIFICATION_TOPIC_ARN: 'notifications',
    RETIRE_QUEUE_URL: 'retire',
    RETIRE_DELAY_SECONDS: String(settings.retireDelaySeconds),
    RETIRE_HOLD_SECONDS: String(settings.retireHoldSeconds),
    JOB_TEMPLATE_ID: jobTemplateId,
    SWEEP_FUNCTION_NAME: 'sweep',
    SWEEP_EVERY_SECONDS: String(settings.sweepEverySeconds),
    // All things in every run: there are few.
    SWEEP_ROUND_SECONDS: String(settings.sweepEverySeconds),
    SWEEP_GRACE_SECONDS: '300',
  })
  return life => {
    const clients = simulatedClients(performFor(life, parts))
    const deps = {
      ...awsPorts(environment, clients),
      now: () => clock.now(),
      pause: (ms: number) => wait(clock, ms),
      report: (line: ReportLine) => {
        if (life.isDead) return
        parts.onReport?.(line)
        const { event, ...facts } = line
        story.tell(life.functionName, `${event} ${JSON.stringify(facts)}`)
      },
      issuer: awsIotIssuer(clients.iot),
      holdSeconds: settings.retireHoldSeconds,
    }
    switch (life.functionName as FunctionWord) {
      case 'create':
        return createCertificate(deps)
      case 'commit':
        return commitCertificate(deps)
      case 'finish':
        return finishRotation(deps)
      case 'retire':
        return event => retireCertificates(deps)(event as QueueBatch)
      case 'sweep':
        return sweep({ ...deps, ...sweepPorts(environment, clients) })
    }
  }
}

const wait = (clock: VirtualClock, ms: number): Promise<void> =>
  new Promise(resolve => {
    clock.after(ms, resolve)
  })

/** A call takes time until it takes effect; a function may die before and after. */
export function performFor(
  life: FunctionLife,
  { clock, fates, story, cloud, onCall, random = middling }: BackendParts,
): Perform {
  const survive = async (when: 'before' | 'after', operation: string): Promise<void> => {
    if (life.isDead) await never()
    const where = `${when} ${operation} of ${life.functionName}`
    const fault = fates.at<CallFault>({ where, thing: '', faults: ['function-killed'] })
    if (fault === undefined) return
    story.tell('fault', `${where}: ${fault}`)
    life.die()
    await never()
  }
  let isFirst = true
  return async (service, operation, input) => {
    // Between two calls nothing happens, so a death before the second is one after the first.
    if (isFirst) await survive('before', operation)
    isFirst = false
    await wait(clock, spread(callMs, random))
    if (life.isDead) await never()
    const failure = failureOf(cloud.weathers, { life, operation, input })
    if (failure !== undefined) story.tell('fault', `${operation} of ${life.functionName}: ${failure}`)
    if (failure === 'throttled') throw throttled
    if (failure === 'slow') await wait(clock, spread(slowCallMs, random))
    onCall({ life, operation, input })
    try {
      if (failure === 'answer-lost') cloud.call(service, operation, input)
      if (failure === 'answer-lost') throw unavailable
      return cloud.call(service, operation, input)
    } finally {
      await survive('after', operation)
    }
  }
}

function failureOf(weathers: Iterable<Weather>, call: FunctionCall): Weather['failure'] | undefined {
  for (const { failure, fails } of weathers) if (fails(call)) return failure
  return undefined
}
