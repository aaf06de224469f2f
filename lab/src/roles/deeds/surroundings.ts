import { PublishCommand } from '@aws-sdk/client-iot-data-plane'
import type { DeployedStack } from '@rotator/local-cloud/cloudformation/stacks'
import { stackName } from '@rotator/protocol/names'
import { functionNames } from '../../whole/function-calls.ts'
import { until } from '../../whole/rotation.ts'
import type { World } from '../../whole/world.ts'
import { accountId, region } from '../../world/lab.ts'
import type { Deed, Ending } from '../deed.ts'
import { watchDenials } from '../denials.ts'
import { settled } from '../subject.ts'
import { retirementOf } from './retire.ts'

const triggerNames = ['RotateAged', 'RotateAudited', 'RotateAnomalous'].map(word => `${stackName}${word}`)
const { create, commit, finish, sweep, retire } = functionNames
const agedName = `${stackName}RotateAged`
const scheduleArn = `arn:aws:scheduler:${region}:${accountId}:schedule/default/${agedName}`

/** What services do as the roles of functions, of rules, of the schedule and of the deployment itself. */
export const surroundingDeeds = (stack: DeployedStack): Deed[] => [
  drainsQueue,
  ...[create, commit, finish, sweep, ...triggerNames].map(keepsFailedEvents),
  keepsUndeliverable(stack),
  runsSchedule,
  keepsUndeliveredRun,
  ...['describeEndpoint', 'updateEventConfigurations'].map(action => setsAccountUp(stack, action)),
]

/** Waits for an ending, or for a refusal, which is one. */
async function either(world: World, act: () => unknown, look: () => Ending | undefined): Promise<Ending> {
  const denials = watchDenials(world)
  try {
    await act()
    const refused = () => (denials.texts.length > 0 ? 'refused' : undefined)
    return (
      (await until(
        'an ending',
        () => look() ?? refused(),
        ending => ending !== undefined,
      )) ?? ''
    )
  } finally {
    denials.stop()
  }
}

function queueNamed({ cloud }: World, name: string) {
  const queue = cloud.services.queues.find(name)
  if (queue === undefined) throw new Error(`There is no queue ${name}.`)
  return queue
}

const failedEvents = (world: World) => queueNamed(world, `${stackName}FailedEvents`)

/** An event of a function that may not run at all is given up at once. */
function keepsFailedEvents(functionName: string): Deed {
  return {
    actor: functionName,
    byService: true,
    name: 'an event that cannot be handled is kept',
    prepare: async world => {
      const { functions } = world.cloud.services
      const runner = functions.get(functionName)
      const { configuration } = runner
      const { visible } = failedEvents(world).count()
      return async () => {
        runner.configure({ ...configuration, reservedConcurrency: 0 })
        const event = Buffer.from('{}')
        try {
          return await either(
            world,
            () => functions.invokeLater(functionName, event),
            () => (failedEvents(world).count().visible > visible ? 'kept' : undefined),
          )
        } finally {
          runner.configure(configuration)
        }
      }
    },
  }
}

const drainsQueue: Deed = {
  actor: retire,
  byService: true,
  name: 'the queue of certificates is drained',
  prepare: async world => {
    const { subject } = await settled(world)
    const queue = queueNamed(world, retire)
    queue.purge()
    const { certificates } = world.cloud.services.registry
    const isGone = () => certificates.find(subject.old.certificateId) === undefined
    const isEmpty = () => queue.count().visible + queue.count().inFlight === 0
    return async () =>
      either(
        world,
        () => queue.send({ body: retirementOf(subject) }),
        () => (isGone() && isEmpty() ? 'drained' : undefined),
      )
  },
}

const idOf = ({ resources }: DeployedStack, type: string, logicalId: string): string => {
  const found = resources.find(one => one.type === type && one.logicalId.startsWith(logicalId))
  if (found === undefined) throw new Error(`The stack has no ${type} of the name ${logicalId}.`)
  return found.physicalId
}

/** A message that the rule cannot hand over, since the function no longer lets it. */
const keepsUndeliverable = (stack: DeployedStack): Deed => ({
  actor: 'iot.amazonaws.com',
  byService: true,
  name: 'a message that cannot be handed over is kept',
  prepare: async world => {
    const permission = idOf(stack, 'AWS::Lambda::Permission', 'CommitCertificateHandlerFunctionInvokedByRule')
    world.cloud.services.functions.forbid(commit, permission)
    const { visible } = failedEvents(world).count()
    const topic = 'awslabs/things/nobody/certificate/commit'
    return async () =>
      either(
        world,
        () => world.clients.data.send(new PublishCommand({ topic, payload: Buffer.from('{}') })),
        () => (failedEvents(world).count().visible > visible ? 'kept' : undefined),
      )
  },
})

const runsSchedule: Deed = {
  actor: 'scheduler.amazonaws.com',
  byService: true,
  name: 'the schedule has old certificates looked for',
  prepare: async world => {
    const { functions, schedules } = world.cloud.services
    let isInvoked = false
    return async () => {
      const stop = functions.interfere(({ functionName }) => {
        isInvoked ||= functionName === agedName
        return undefined
      })
      try {
        return await either(
          world,
          () => schedules.runNow(scheduleArn),
          () => (isInvoked ? 'invoked' : undefined),
        )
      } finally {
        stop()
      }
    }
  },
}

/** A run of the schedule whose function is gone: there is nobody to hand it to. */
const keepsUndeliveredRun: Deed = {
  actor: 'scheduler.amazonaws.com',
  byService: true,
  name: 'a run that cannot be handed over is kept',
  prepare: async world => {
    const { functions, schedules } = world.cloud.services
    const { configuration } = functions.get(agedName)
    const asynchronous = functions.eventInvokeOf(agedName)
    const { visible } = failedEvents(world).count()
    return async () => {
      await functions.delete(agedName)
      try {
        return await either(
          world,
          () => schedules.runNow(scheduleArn),
          () => (failedEvents(world).count().visible > visible ? 'kept' : undefined),
        )
      } finally {
        functions.put(configuration)
        functions.configureEventInvoke(agedName, asynchronous)
      }
    }
  },
}

/** What CloudFormation asks of the function that sets the account up, as at a deployment. */
function setsAccountUp(stack: DeployedStack, action: string): Deed {
  return {
    actor: `${stackName}CustomResourceJobExecutionEvents`,
    name: `the deployment calls ${action}`,
    prepare: async world => {
      const functionName = idOf(stack, 'AWS::Lambda::Function', 'AWS679f53fac002430cb0da5b7982bd2287')
      const { arn } = world.cloud.services.functions.get(functionName).configuration
      const parameters = {
        describeEndpoint: { endpointType: 'iot:Data-ATS' },
        updateEventConfigurations: { eventConfigurations: { JOB: { Enabled: false } } },
      }[action]
      const call = JSON.stringify({ service: 'Iot', action, parameters, physicalResourceId: { id: action } })
      const token = `deed-${action}`
      const event = {
        RequestType: 'Create',
        ResponseURL: `https://cloudformation-custom-resource-response-useast1.s3.${region}.amazonaws.com/custom-resource-responses/${token}`,
        StackId: 'stack',
        RequestId: token,
        LogicalResourceId: 'Deed',
        ResourceType: 'Custom::AWS',
        ResourceProperties: { ServiceToken: arn, Create: call, InstallLatestAwsSdk: 'false' },
      }
      return async () => {
        let status: Ending | undefined
        const stop = world.cloud.observe(seen => {
          if (seen.kind === 'call' && seen.call.params['token'] === token)
            status = String(seen.call.input['Status'])
        })
        try {
          await world.cloud.services.functions.invoke(functionName, Buffer.from(JSON.stringify(event)))
          return await until(
            'the answer',
            () => status ?? '',
            answer => answer !== '',
          )
        } finally {
          stop()
        }
      }
    },
  }
}
