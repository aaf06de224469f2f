import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from './account.ts'
import { type CloudEvent, CloudEvents } from './cloud-events.ts'
import { subscriptionProvider } from './cloudformation/resources/messaging-resources.ts'
import { RoleAuthority } from './iam/role-authority.ts'
import { RoleStore } from './iam/roles.ts'
import type { FunctionConfiguration } from './lambda/function-configuration.ts'
import { type Messaging, messaging, ruleTargets } from './messaging.ts'
import { functionWithoutCode } from './testing/function-bundle.ts'
import { inProcessInstance } from './testing/in-process-instance.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { allowing, trusting } from './testing/policy-documents.ts'

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`
const topicArn = 'arn:aws:sns:us-east-1:123456789012:t'
const queueArn = 'arn:aws:sqs:us-east-1:123456789012:q'

const roleArn = 'arn:aws:iam::123456789012:role/r'
const ruleArn = 'arn:aws:iot:us-east-1:123456789012:rule/rule'

let reached: Messaging
let roles: RoleStore
let authority: RoleAuthority
let events: CloudEvent[]
let handled: { name: string; event: unknown }[]

/** Lets the one role of these tests do this, and no more. */
function allow(...actions: string[]): void {
  roles.put({
    name: 'r',
    trustPolicy: trusting('iot.amazonaws.com'),
    policies: [{ name: 'calls', document: allowing(actions) }],
    managedPolicyArns: [],
  })
}

beforeEach(() => {
  roles = new RoleStore(defaultAccount)
  authority = new RoleAuthority(defaultAccount, roles)
  allow('sqs:SendMessage', 'sns:Publish', 'lambda:InvokeFunction', 'iot:Publish')
  const observed = new CloudEvents()
  events = []
  handled = []
  observed.observe(event => events.push(event))
  let ids = 0
  reached = messaging({
    account: defaultAccount,
    clock: new ManualClock(),
    newId: () => `id-${++ids}`,
    events: observed,
    authority,
    endpoint: () => 'http://here',
    rootCa: () => '',
    retryDelayScale: 1,
    mostInstances: 1,
    startInstance: async ({ name }) =>
      inProcessInstance(event => {
        handled.push({ name, event })
        if (name === 'fails') throw new TypeError('always')
        return { done: name }
      }),
  })
  reached.queues.put('q', {})
  reached.sns.topics.put('t', {})
})

function put(name: string, more?: Partial<FunctionConfiguration>): void {
  reached.functions.put(functionWithoutCode(name, more))
}

async function settle(): Promise<void> {
  await reached.sns.settled()
  await reached.functions.settled()
  await reached.sns.settled()
}

const inQueue = () => reached.queues.find('q')?.receive(10) ?? []
const published = () => events.filter(event => event.kind === 'notification').map(({ message }) => message)
const problems = () => events.filter(event => event.kind === 'problem').map(({ reason }) => reason)
const once = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 }

describe('the outcome of a function', () => {
  test('that failed goes to its destination topic, and the event to its dead-letter queue', async () => {
    put('fails', { deadLetterArn: queueArn })
    reached.functions.configureEventInvoke('fails', { ...once, onFailureArn: topicArn })
    reached.functions.invokeLater('fails', Buffer.from('{"a":1}'))
    await settle()
    expect(published().map(({ message }) => JSON.parse(message))).toMatchObject([
      { requestContext: { condition: 'RetriesExhausted' }, responsePayload: { errorMessage: 'always' } },
    ])
    const [dead] = inQueue()
    expect(dead?.body).toBe('{"a":1}')
    expect(dead?.attributes.get('ErrorMessage')).toEqual({ dataType: 'String', value: 'always' })
    expect(dead?.attributes.get('ErrorCode')).toEqual({ dataType: 'Number', value: '200' })
  })

  test('goes to a dead-letter topic with the same attributes', async () => {
    put('fails', { deadLetterArn: topicArn })
    reached.functions.configureEventInvoke('fails', once)
    reached.functions.invokeLater('fails', Buffer.from('{}'))
    await settle()
    expect(published()).toMatchObject([
      { message: '{}', attributes: { ErrorMessage: { Type: 'String', Value: 'always' } } },
    ])
  })

  test('that succeeded goes to another function', async () => {
    put('first')
    put('second')
    reached.functions.configureEventInvoke('first', { ...once, onSuccessArn: functionArn('second') })
    reached.functions.invokeLater('first', Buffer.from('{}'))
    await settle()
    expect(handled).toMatchObject([
      { name: 'first' },
      {
        name: 'second',
        event: { requestContext: { condition: 'Success' }, responsePayload: { done: 'first' } },
      },
    ])
  })

  test('that cannot be delivered is told', async () => {
    put('fails', { deadLetterArn: 'arn:aws:sqs:us-east-1:123456789012:gone' })
    reached.functions.configureEventInvoke('fails', once)
    reached.functions.invokeLater('fails', Buffer.from('{}'))
    await settle()
    expect(problems()).toEqual(['The queue arn:aws:sqs:us-east-1:123456789012:gone does not exist.'])
  })
})

test.each([
  ['sqs:SendMessage', queueArn],
  ['sns:Publish', topicArn],
  ['lambda:InvokeFunction', functionArn('second')],
])('A function whose role does not allow %s cannot send its outcome there', async (action, to) => {
  put('fails')
  put('second')
  allow('sqs:ReceiveMessage')
  reached.functions.configureEventInvoke('fails', { ...once, onFailureArn: to })
  reached.functions.invokeLater('fails', Buffer.from('{}'))
  await settle()
  expect(problems()).toEqual([
    `User: arn:aws:sts::123456789012:assumed-role/r/fails is not authorized to perform: ${action} on resource: ${to} because no identity-based policy allows the ${action} action`,
  ])
  expect([...inQueue(), ...published()]).toEqual([])
})

describe('a topic', () => {
  test('invokes a subscribed function only with its permission', async () => {
    put('told')
    reached.sns.subscribe({ topicArn, protocol: 'lambda', endpoint: functionArn('told') })
    reached.sns.publish({ topicArn, message: 'one' })
    await settle()
    expect(problems()).toEqual([expect.stringContaining('sns.amazonaws.com is not authorized')])
    reached.functions.permit('told', {
      id: 'p',
      principal: 'sns.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: topicArn,
    })
    reached.sns.publish({ topicArn, message: 'two', subject: 's' })
    await settle()
    expect(handled).toMatchObject([
      {
        name: 'told',
        event: { Records: [{ EventSource: 'aws:sns', Sns: { Message: 'two', Subject: 's' } }] },
      },
    ])
  })

  test('keeps what a function does not let it deliver in the queue of the subscription, also once it is changed', async () => {
    put('told')
    const provider = subscriptionProvider(reached.sns)
    const requestOf = (properties: Record<string, unknown>) => ({
      logicalId: 'Told',
      type: 'AWS::SNS::Subscription',
      properties: {
        TopicArn: topicArn,
        Protocol: 'lambda',
        Endpoint: functionArn('told'),
        ...properties,
      },
      stack: { name: 'S', id: 'arn:stack' },
      generatedName: () => 'S-Told-1',
    })
    const first = requestOf({})
    const made = await provider.create(first)
    reached.sns.publish({ topicArn, message: 'lost' })
    await settle()
    expect(inQueue()).toEqual([])
    await provider.update?.(requestOf({ RedrivePolicy: { deadLetterTargetArn: queueArn } }), {
      ...first,
      made,
    })
    reached.sns.publish({ topicArn, message: 'kept' })
    await settle()
    expect(problems()).toHaveLength(2)
    expect(inQueue()).toMatchObject([{ body: expect.stringContaining('"Message":"kept"') }])
  })

  test('sends to a subscribed queue', async () => {
    reached.sns.subscribe({ topicArn, protocol: 'sqs', endpoint: queueArn, raw: true })
    reached.sns.publish({ topicArn, message: 'hi' })
    await settle()
    expect(inQueue()).toMatchObject([{ body: 'hi' }])
  })
})

describe('a topic rule', () => {
  test('reaches topic and queue, and is told what is not there', () => {
    const targets = ruleTargets(reached, defaultAccount, authority)
    const as = { ruleArn, roleArn }
    targets.publishToTopic({ topicArn, message: 'm', ...as })
    targets.sendToQueue({ queueUrl: 'http://here/123456789012/q', body: 'b', ...as })
    expect(published()).toMatchObject([{ message: 'm' }])
    expect(inQueue()).toMatchObject([{ body: 'b' }])
    const toNothing = { queueUrl: 'http://here/123456789012/none', body: 'b', ...as }
    expect(() => targets.sendToQueue(toNothing)).toThrow(
      expect.objectContaining({ code: 'QueueDoesNotExist' }),
    )
    expect(() => targets.publishToTopic({ topicArn: `${topicArn}2`, message: 'm', ...as })).toThrow(
      /does not exist/,
    )
  })

  test('acts as the role of its action, which must trust it and allow it', () => {
    const targets = ruleTargets(reached, defaultAccount, authority)
    const as = { ruleArn, roleArn }
    const toQueue = { queueUrl: 'http://here/123456789012/q', body: 'b' }
    allow('iot:Publish')
    expect(() => targets.sendToQueue({ ...toQueue, ...as })).toThrow(
      /assumed-role\/r\/iot is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:us-east-1:123456789012:q/,
    )
    expect(() => targets.publishToTopic({ topicArn, message: 'm', ...as })).toThrow(/sns:Publish/)
    targets.checkRepublish({ topic: 'a/b', ...as })
    allow('sqs:SendMessage')
    expect(() => targets.checkRepublish({ topic: 'a/b', ...as })).toThrow(
      /iot:Publish on resource: arn:aws:iot:us-east-1:123456789012:topic\/a\/b/,
    )
    expect(() => targets.sendToQueue({ ...toQueue, ruleArn, roleArn: `${roleArn}2` })).toThrow(
      /iot.amazonaws.com is not authorized to perform: sts:AssumeRole/,
    )
    expect(inQueue()).toEqual([])
  })

  test('invokes a function only with its permission', async () => {
    put('f')
    const targets = ruleTargets(reached, defaultAccount, authority)
    const call = { functionArn: functionArn('f'), ruleArn: 'arn:rule', event: Buffer.from('{}') }
    expect(() => targets.invokeFunction(call)).toThrow(/iot.amazonaws.com is not authorized/)
    const sourceAccount = defaultAccount.accountId
    const permission = { id: 'p', principal: 'iot.amazonaws.com', action: 'lambda:InvokeFunction' }
    reached.functions.permit('f', { ...permission, sourceArn: 'arn:rule', sourceAccount })
    targets.invokeFunction(call)
    await settle()
    expect(handled).toEqual([{ name: 'f', event: {} }])
  })
})
