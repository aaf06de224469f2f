import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../../account.ts'
import { RoleAuthority } from '../../iam/role-authority.ts'
import { RoleStore } from '../../iam/roles.ts'
import { Functions } from '../../lambda/functions.ts'
import { Schedules } from '../../schedules/schedules.ts'
import { Queues } from '../../sqs/queues.ts'
import { functionWithoutCode } from '../../testing/function-bundle.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import { allowing, trusting } from '../../testing/policy-documents.ts'
import { inertProvider, inertTypes } from '../inert-types.ts'
import type { ExistingResource, ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import type { Members } from '../template.ts'
import { policyProvider, roleProvider } from './iam-resources.ts'
import {
  eventInvokeConfigProvider,
  eventSourceMappingProvider,
  functionProvider,
} from './lambda-resources.ts'
import { logGroupProvider } from './log-resources.ts'
import { queueProvider } from './messaging-resources.ts'
import { eventsRuleProvider, scheduleProvider } from './schedule-resources.ts'

let clock: ManualClock
let functions: Functions
let invoked: { functionName: string; event: Members }[]
let failures: string[]
let kept: { queueArn: string; body: Members }[]
let schedules: Schedules

const newId = () => '12345678-1234-1234-1234-123456789012'
const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:f'

beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 0, 1))
  invoked = []
  failures = []
  kept = []
  schedules = new Schedules(clock)
  functions = new Functions({
    demand: () => {},
    clock,
    newId,
    region: 'us-east-1',
    mostInstances: 1,
    startInstance: () => Promise.reject(new Error('none')),
    queueOf: () => undefined,
    send: () => {},
    deliveryFailed: () => {},
    retryDelayScale: 1,
  })
  functions.put(functionWithoutCode('f'))
  functions.interfere(({ functionName, event }) => {
    invoked.push({ functionName, event: JSON.parse(event.toString()) })
    return { kind: 'refuse' }
  })
})

function request(properties: Members): ResourceRequest {
  const stack = { name: 'S', id: 'arn:stack' }
  return { logicalId: 'Id', type: 'T', properties, stack, generatedName: () => 'S-Id-1' }
}

async function make(provider: ResourceProvider, properties: Members): Promise<ExistingResource> {
  const given = request(properties)
  return { ...given, made: await provider.create(given) }
}

async function change(
  provider: ResourceProvider,
  old: ExistingResource,
  properties: Members,
): Promise<ExistingResource> {
  const given = request(properties)
  const made = await provider.update?.(given, old)
  if (made === undefined) throw new Error('not updatable')
  return { ...given, made }
}

describe('schedules', () => {
  const deps = () => ({
    account: defaultAccount,
    functions,
    schedules,
    authority: { demandOfService: () => {} },
    newId,
    keep: (queueArn: string, body: string) => void kept.push({ queueArn, body: JSON.parse(body) }),
    failed: (source: string, reason: string) => failures.push(`${source}: ${reason}`),
  })
  test('a schedule invokes with its input, is changed, disabled and removed', async () => {
    const provider = scheduleProvider(deps())
    const properties = {
      ScheduleExpression: 'rate(1 minute)',
      Target: { Arn: functionArn, RoleArn: 'r', Input: '{"a":1}' },
    }
    const made = await make(provider, properties)
    expect(made.made.attributes['Arn']).toBe(
      'arn:aws:scheduler:us-east-1:123456789012:schedule/default/S-Id-1',
    )
    clock.advance(60_000)
    await functions.settled()
    expect(invoked).toEqual([{ functionName: 'f', event: { a: 1 } }])
    const disabled = {
      ...properties,
      State: 'DISABLED',
      Target: { Arn: functionArn, RoleArn: 'r', Input: '{"a":2}' },
    }
    const changed = await change(provider, made, disabled)
    clock.advance(600_000)
    await functions.settled()
    expect(invoked).not.toContainEqual({ functionName: 'f', event: { a: 2 } })
    await provider.delete(changed)
  })

  test('a rule invokes only with a permission, and with an event of EventBridge', async () => {
    const provider = eventsRuleProvider(deps())
    const made = await make(provider, {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Id: 't', Arn: functionArn }],
    })
    const ruleArn = 'arn:aws:events:us-east-1:123456789012:rule/S-Id-1'
    clock.advance(3_600_000)
    expect(failures).toEqual([
      expect.stringContaining(`${ruleArn}: User: events.amazonaws.com is not authorized`),
    ])
    functions.permit('f', {
      id: 'p',
      principal: 'events.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: ruleArn,
    })
    clock.advance(3_600_000)
    await functions.settled()
    expect(invoked).toMatchObject([
      {
        event: {
          source: 'aws.events',
          'detail-type': 'Scheduled Event',
          time: '2026-01-01T02:00:00Z',
          resources: [ruleArn],
        },
      },
    ])
    await provider.delete(made)
  })

  test.each([
    [
      'a target that is no function',
      { ScheduleExpression: 'rate(1 hour)', Target: { Arn: 'arn:aws:sqs:x', RoleArn: 'r' } },
      /no function/,
    ],
    [
      'a time zone',
      {
        ScheduleExpression: 'rate(1 hour)',
        ScheduleExpressionTimezone: 'Europe/Berlin',
        Target: { Arn: functionArn, RoleArn: 'r' },
      },
      /Europe\/Berlin/,
    ],
    [
      'an unknown expression',
      { ScheduleExpression: 'often', Target: { Arn: functionArn, RoleArn: 'r' } },
      /Invalid Schedule Expression/,
    ],
  ])('a schedule with %s is refused', async (_, properties, reason) => {
    await expect(make(scheduleProvider(deps()), properties)).rejects.toThrow(reason)
  })

  test('a schedule whose role may not invoke its function invokes nothing, and is told of', async () => {
    const roles = new RoleStore(defaultAccount)
    const authority = new RoleAuthority(defaultAccount, roles)
    const trustPolicy = trusting('scheduler.amazonaws.com')
    const { arn: RoleArn } = roles.put({ name: 'r', trustPolicy, policies: [], managedPolicyArns: [] })
    const Target = { Arn: functionArn, RoleArn, Input: '{}' }
    const provider = scheduleProvider({ ...deps(), authority })
    const made = await make(provider, { ScheduleExpression: 'rate(1 minute)', Target })
    schedules.runNow(String(made.made.attributes['Arn']))
    expect(failures).toEqual([
      expect.stringContaining(
        `assumed-role/r/scheduler is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn}`,
      ),
    ])
    roles.putPolicy('r', { name: 'p', document: allowing(['lambda:InvokeFunction'], [functionArn]) })
    schedules.runNow(String(made.made.attributes['Arn']))
    await functions.settled()
    expect(invoked).toEqual([{ functionName: 'f', event: {} }])
    await provider.delete(made)
  })

  test('a rule keeps what it cannot hand over in the dead-letter queue of its target', async () => {
    const target = { Id: 't', Arn: functionArn, Input: '{"a":1}', DeadLetterConfig: { Arn: 'dead' } }
    const made = await make(eventsRuleProvider(deps()), {
      ScheduleExpression: 'rate(1 hour)',
      Targets: [target],
    })
    schedules.runNow(String(made.made.attributes['Arn']))
    expect(failures).toHaveLength(1)
    expect(kept).toEqual([{ queueArn: 'dead', body: { a: 1 } }])
  })

  test('a schedule keeps what it cannot hand over only where its role may', async () => {
    const roles = new RoleStore(defaultAccount)
    const authority = new RoleAuthority(defaultAccount, roles)
    const trustPolicy = trusting('scheduler.amazonaws.com')
    const { arn: RoleArn } = roles.put({ name: 'r', trustPolicy, policies: [], managedPolicyArns: [] })
    const queueArn = 'arn:aws:sqs:us-east-1:123456789012:dead'
    const Target = { Arn: functionArn, RoleArn, Input: '{"a":1}', DeadLetterConfig: { Arn: queueArn } }
    const provider = scheduleProvider({ ...deps(), authority })
    const { made } = await make(provider, { ScheduleExpression: 'rate(1 minute)', Target })
    schedules.runNow(String(made.attributes['Arn']))
    expect(failures).toEqual([
      expect.stringContaining('lambda:InvokeFunction'),
      expect.stringContaining('sqs:SendMessage'),
    ])
    expect(kept).toEqual([])
    roles.putPolicy('r', { name: 'p', document: allowing(['sqs:SendMessage'], [queueArn]) })
    schedules.runNow(String(made.attributes['Arn']))
    expect(kept).toEqual([{ queueArn, body: { a: 1 } }])
  })

  test('a rule with an event pattern but no schedule is refused', async () => {
    await expect(make(eventsRuleProvider(deps()), { Targets: [] })).rejects.toThrow(
      /ScheduleExpression is missing/,
    )
    expect(eventsRuleProvider(deps()).understands).not.toContain('EventPattern')
  })
})

describe('roles', () => {
  const awsOwn = 'arn:aws:iam::aws:policy/'

  test('are made, changed and removed with their policies', async () => {
    const roles = new RoleStore(defaultAccount)
    const [roleOf, policyOf] = [roleProvider(roles, newId), policyProvider(roles)]
    const policy = { PolicyName: 'inline', PolicyDocument: allowing(['iot:Publish']) }
    const AssumeRolePolicyDocument = trusting('lambda.amazonaws.com')
    const role = await make(roleOf, { AssumeRolePolicyDocument, Policies: [policy] })
    expect(role.made).toMatchObject({
      physicalId: 'S-Id-1',
      attributes: { Arn: 'arn:aws:iam::123456789012:role/S-Id-1' },
    })
    const attached = await make(policyOf, {
      PolicyName: 'own',
      PolicyDocument: allowing(['sns:*']),
      Roles: ['S-Id-1'],
    })
    expect([...(roles.find('S-Id-1')?.policies.keys() ?? [])]).toEqual(['inline', 'own'])
    await policyOf.delete(attached)
    const changed = await change(roleOf, role, {
      AssumeRolePolicyDocument,
      ManagedPolicyArns: [`${awsOwn}service-role/AWSLambdaBasicExecutionRole`],
    })
    expect([...(roles.find('S-Id-1')?.policies.keys() ?? [])]).toEqual([
      `${awsOwn}service-role/AWSLambdaBasicExecutionRole`,
    ])
    await roleOf.delete(changed)
    expect(roles.find('S-Id-1')).toBeUndefined()
    await expect(
      (async () =>
        make(roleOf, { AssumeRolePolicyDocument, ManagedPolicyArns: [`${awsOwn}AdministratorAccess`] }))(),
    ).rejects.toThrow(/AdministratorAccess is not in this cloud/)
  })
})

describe('queues', () => {
  test('are made and changed by their properties, also those that are text', async () => {
    const queues = new Queues({ account: defaultAccount, clock, newId, endpoint: () => 'http://here' })
    const provider = queueProvider(queues)
    const RedrivePolicy = {
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead',
      maxReceiveCount: 3,
    }
    const made = await make(provider, { VisibilityTimeout: 30, DelaySeconds: '5', RedrivePolicy })
    expect(made.made).toEqual({
      physicalId: 'http://here/123456789012/S-Id-1',
      attributes: {
        Arn: 'arn:aws:sqs:us-east-1:123456789012:S-Id-1',
        QueueName: 'S-Id-1',
        QueueUrl: 'http://here/123456789012/S-Id-1',
      },
    })
    expect(queues.find('S-Id-1')?.attributes).toMatchObject({ delaySeconds: 5, redrive: RedrivePolicy })
    await change(provider, made, { VisibilityTimeout: 60 })
    expect(queues.find('S-Id-1')?.attributes).toMatchObject({ visibilityTimeoutSeconds: 60, delaySeconds: 0 })
    await provider.delete(made)
    expect(queues.find('S-Id-1')).toBeUndefined()
  })
})

describe('functions', () => {
  const provider = () =>
    functionProvider({
      account: defaultAccount,
      functions,
      roles: { checkTrust: () => {} },
      functionsDirectory: '/nowhere',
      assets: { folderOf: key => `/nowhere/${key}` },
    })

  test.each([
    ['another runtime', { Runtime: 'python3.13' }, /Runtime python3.13 is not in this cloud/],
    ['no code', { Runtime: 'nodejs24.x' }, /Code must be an object/],
  ])('with %s are refused', async (_, properties, reason) => {
    await expect(
      (async () => make(provider(), { Role: 'r', Handler: 'h.h', ...properties }))(),
    ).rejects.toThrow(reason)
  })

  test('take no qualified settings, and settings of functions that do not exist', async () => {
    const settings = eventInvokeConfigProvider(functions)
    const attempt = async (properties: Members) => make(settings, properties)
    await expect(attempt({ FunctionName: 'f', Qualifier: 'live' })).rejects.toThrow(
      /no versions in this cloud/,
    )
    await expect(attempt({ FunctionName: 'none' })).rejects.toThrow(/Function not found: none/)
  })

  test('have their asynchronous settings once: a second resource for them is refused', async () => {
    const settings = eventInvokeConfigProvider(functions)
    const first = await make(settings, { FunctionName: functionArn, MaximumRetryAttempts: 0 })
    expect(first.made.physicalId).toBe('f|$LATEST')
    await expect((async () => make(settings, { FunctionName: 'f' }))()).rejects.toThrow(
      /f\|\$LATEST already exists/,
    )
    const changed = await change(settings, first, { FunctionName: 'f', MaximumRetryAttempts: 1 })
    expect(functions.eventInvokeOf('f')).toMatchObject({ maximumRetryAttempts: 1 })
    await settings.delete(changed)
    expect(functions.eventInvokeOf('f')).toBeUndefined()
  })

  test('take events from queues only', async () => {
    const mapping = eventSourceMappingProvider(functions, newId)
    await expect(make(mapping, { FunctionName: 'f', EventSourceArn: 'arn:aws:kinesis:x' })).rejects.toThrow(
      /is no queue/,
    )
    const made = await make(mapping, {
      FunctionName: 'f',
      EventSourceArn: 'arn:aws:sqs:x:q',
      Enabled: 'false',
    })
    expect(made.made.physicalId).toBe(newId())
    await mapping.delete(await change(mapping, made, { ...made.properties, BatchSize: 1 }))
  })
})

describe('log groups', () => {
  test('are made, renamed and removed, and none of a name that exists', async () => {
    const names = new Set(['/left/behind'])
    const provider = logGroupProvider(defaultAccount, names)
    const made = await make(provider, { LogGroupName: '/a' })
    expect(made.made).toEqual({
      physicalId: '/a',
      attributes: { Arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/a:*' },
    })
    const kept = await change(provider, made, { LogGroupName: '/a', RetentionInDays: 7 })
    expect(kept.made).toEqual(made.made)
    for (const LogGroupName of ['/a', '/left/behind'])
      await expect((async () => make(provider, { LogGroupName }))()).rejects.toThrow(
        `${LogGroupName} already exists`,
      )
    await expect(change(provider, kept, { LogGroupName: '/left/behind' })).rejects.toThrow('already exists')
    const renamed = await change(provider, kept, { LogGroupName: '/b' })
    expect([...names]).toEqual(['/left/behind', '/b'])
    await provider.delete(renamed)
    expect([...names]).toEqual(['/left/behind'])
  })

  test('without a name get one, and keep it', async () => {
    const provider = logGroupProvider(defaultAccount, new Set())
    const made = await make(provider, {})
    expect(made.made.physicalId).toBe('S-Id-1')
    expect((await change(provider, made, { RetentionInDays: 7 })).made).toEqual(made.made)
  })

  test('that exist are taken by their name', () => {
    const provider = logGroupProvider(defaultAccount, new Set(['/left/behind']))
    expect(provider.adopt?.(request({ LogGroupName: '/left/behind' }))).toMatchObject({
      physicalId: '/left/behind',
    })
    expect(provider.adopt?.(request({ LogGroupName: '/new' }))).toBeUndefined()
    expect(provider.adopt?.(request({}))).toBeUndefined()
  })
})

test.each(Object.entries(inertTypes))(
  '%s is knowingly inert, with a reason and a reference',
  async (_, type) => {
    expect(type.reason).toMatch(/^[A-Z].*\.$/)
    const provider = inertProvider(type, defaultAccount)
    const named = type.nameProperty === undefined ? {} : { [type.nameProperty]: 'name' }
    const made = await make(provider, named)
    expect(made.made.physicalId).toBe(type.nameProperty === undefined ? 'S-Id-1' : 'name')
    expect((await change(provider, made, named)).made).toEqual(made.made)
    await provider.delete(made)
  },
)
