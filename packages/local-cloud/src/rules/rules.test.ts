import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { callOperation, type GivenCall } from '../testing/call-operation.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { RecordingBus } from '../testing/recording-bus.ts'
import type { RuleTargets } from './rule-engine.ts'
import { ruleOperations } from './rule-operations.ts'
import { Rules } from './rules.ts'

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
const sql = "SELECT *, topic(2) AS thing FROM 'a/+'"
const payload = { sql, awsIotSqlVersion: '2016-03-23', actions: [{ lambda: { functionArn } }] }
const roleArn = 'arn:aws:iam::123456789012:role/r'
const arnOfRule = 'arn:aws:iot:us-east-1:123456789012:rule/r'

let bus: RecordingBus
let calls: unknown[]
let targets: RuleTargets
let call: (name: string, given?: GivenCall) => Promise<unknown>

beforeEach(() => {
  bus = new RecordingBus()
  calls = []
  targets = {
    invokeFunction: ({ event, ...rest }) => void calls.push({ ...rest, event: JSON.parse(event.toString()) }),
    publishToTopic: publish => void calls.push(publish),
    sendToQueue: send => void calls.push(send),
    checkRepublish: () => {},
  }
  const rules = new Rules({
    account: defaultAccount,
    clock: new ManualClock(),
    bus,
    newId: () => 'id-1',
    targets,
    failed: (ruleArn, reason) => calls.push({ ruleArn, reason }),
  })
  call = async (name, given) => callOperation(ruleOperations(rules), name, given)
})

const publish = (topic: string, body: string) =>
  bus.publish({
    topic,
    payload: Buffer.from(body),
    qos: 0,
    source: { kind: 'mqtt', clientId: 'c', certificateId: 'p', reply: () => {} },
  })

describe('the engine', () => {
  test('invokes the function with what the statement makes of a message', async () => {
    await call('CreateTopicRule', { params: { ruleName: 'r' }, body: payload })
    publish('a/dev1', '{"b":1}')
    publish('other/dev1', '{"b":1}')
    expect(calls).toEqual([
      { functionArn, ruleArn: 'arn:aws:iot:us-east-1:123456789012:rule/r', event: { b: 1, thing: 'dev1' } },
    ])
  })

  test('carries out sns, sqs and republish with a substitution template', async () => {
    const actions = [
      { sns: { targetArn: 'topic-arn', roleArn } },
      { sqs: { queueUrl: 'queue-url', roleArn, useBase64: true } },
      { republish: { topic: 'b/${topic(2)}/${none}', roleArn, qos: 1 } },
    ]
    await call('CreateTopicRule', {
      params: { ruleName: 'r' },
      body: { ...payload, sql: "SELECT * FROM 'a/+'", actions },
    })
    publish('a/dev1', 'text')
    expect(calls).toEqual([
      { topicArn: 'topic-arn', roleArn, ruleArn: arnOfRule, message: 'text' },
      { queueUrl: 'queue-url', roleArn, ruleArn: arnOfRule, body: 'dGV4dA==' },
    ])
    expect(bus.published[1]).toMatchObject({ topic: 'b/dev1/', qos: 1, payload: Buffer.from('text') })
  })

  test('tells all failures of one message to the error action at once', async () => {
    targets.invokeFunction = () => {
      throw new Error('not authorized')
    }
    const body = {
      ...payload,
      sql: "SELECT * FROM 'a/+'",
      actions: [...payload.actions, ...payload.actions],
      errorAction: { republish: { topic: 'errors', roleArn } },
    }
    await call('CreateTopicRule', { params: { ruleName: 'r' }, body })
    publish('a/dev1', '{}')
    expect(JSON.parse(String(bus.published[1]?.payload))).toEqual({
      ruleName: 'r',
      topic: 'a/dev1',
      cloudwatchTraceId: 'id-1',
      clientId: 'c',
      base64OriginalPayload: 'e30=',
      failures: Array.from({ length: 2 }, () => ({
        failedAction: 'LambdaAction',
        failedResource: functionArn,
        errorMessage: expect.stringContaining('not authorized'),
      })),
    })
  })

  test('tells of an error action that fails too, since nobody else does', async () => {
    const refuse = () => {
      throw new Error('not authorized')
    }
    Object.assign(targets, { invokeFunction: refuse, checkRepublish: refuse })
    const errorAction = { republish: { topic: 'errors', roleArn } }
    await call('CreateTopicRule', {
      params: { ruleName: 'r' },
      body: { ...payload, sql: "SELECT * FROM 'a/+'", errorAction },
    })
    publish('a/dev1', '{}')
    expect(calls).toEqual([
      { ruleArn: arnOfRule, reason: expect.stringContaining('not authorized. Message arrived on: a/dev1') },
    ])
  })

  test('names the action and the resource that failed, of every kind', async () => {
    const refuse = () => {
      throw new Error('refused')
    }
    Object.assign(targets, { publishToTopic: refuse, sendToQueue: refuse })
    const actions = [
      { sns: { targetArn: 'topic-arn', roleArn } },
      { sqs: { queueUrl: 'queue-url', roleArn } },
      { lambda: { functionArn } },
    ]
    const errorAction = { republish: { topic: 'errors/${topic(2)}', roleArn } }
    const body = { ...payload, sql: "SELECT * FROM 'a/+'", actions, errorAction }
    await call('CreateTopicRule', { params: { ruleName: 'r' }, body })
    bus.publish({
      topic: 'a/dev1',
      payload: Buffer.from('no json'),
      qos: 0,
      source: { kind: 'http', principal: 'p' },
    })
    expect(bus.published[1]?.topic).toBe('errors/dev1')
    expect(JSON.parse(String(bus.published[1]?.payload))).toMatchObject({
      clientId: 'N/A',
      failures: [
        {
          failedAction: 'SnsAction',
          failedResource: 'topic-arn',
          errorMessage: expect.stringContaining('refused'),
        },
        { failedAction: 'SqsAction', failedResource: 'queue-url' },
        { failedAction: 'LambdaAction', errorMessage: expect.stringContaining('not valid JSON') },
      ],
    })
  })

  test('tells the principal of a call by HTTP, and none of a service', async () => {
    const sql = "SELECT principal() AS p, clientid() AS c FROM 'a/+'"
    await call('CreateTopicRule', { params: { ruleName: 'r' }, body: { ...payload, sql } })
    const message = { topic: 'a/dev1', payload: Buffer.from('{}'), qos: 0 } as const
    bus.publish({ ...message, source: { kind: 'http', principal: 'role' } })
    bus.publish({ ...message, source: { kind: 'service' } })
    expect(calls).toMatchObject([{ event: { p: 'role', c: 'n/a' } }, { event: { c: 'n/a' } }])
  })

  test('does not invoke a function with what is no JSON', async () => {
    await call('CreateTopicRule', {
      params: { ruleName: 'r' },
      body: { ...payload, sql: "SELECT * FROM 'a/+'" },
    })
    publish('a/dev1', 'no json')
    expect(calls).toEqual([])
  })

  test('tells of a payload that it cannot carry, and of nothing worse', async () => {
    await call('CreateTopicRule', { params: { ruleName: 'r' }, body: payload })
    const levels = 60_000
    publish('a/dev1', `{"deep":${'['.repeat(levels)}${']'.repeat(levels)}}`)
    expect(calls).toEqual([
      { ruleArn: 'arn:aws:iot:us-east-1:123456789012:rule/r', reason: expect.stringContaining('call stack') },
    ])
  })

  test('leaves a disabled rule alone until it is enabled', async () => {
    const rule = { params: { ruleName: 'r' } }
    await call('CreateTopicRule', { ...rule, body: payload })
    await call('DisableTopicRule', rule)
    publish('a/dev1', '{}')
    expect(calls).toEqual([])
    await call('EnableTopicRule', rule)
    publish('a/dev1', '{}')
    expect(calls).toHaveLength(1)
  })
})

describe('the operations', () => {
  const rule = { params: { ruleName: 'r' } }

  test('a rule is described as it was given', async () => {
    await call('CreateTopicRule', { ...rule, body: payload })
    expect(await call('GetTopicRule', rule)).toMatchObject({
      ruleArn: 'arn:aws:iot:us-east-1:123456789012:rule/r',
      rule: { ...payload, ruleName: 'r', ruleDisabled: false },
    })
    expect(await call('ListTopicRules', { query: 'topic=a/x&ruleDisabled=false' })).toMatchObject({
      rules: [{ ruleName: 'r', topicPattern: 'a/+' }],
    })
    expect(await call('ListTopicRules', { query: 'topic=b' })).toEqual({ rules: [] })
  })

  test('an existing rule is replaced, not created again', async () => {
    await call('CreateTopicRule', { ...rule, body: payload })
    await expect(call('CreateTopicRule', { ...rule, body: payload })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
    })
    await call('ReplaceTopicRule', { ...rule, body: { ...payload, ruleDisabled: true } })
    expect(await call('GetTopicRule', rule)).toMatchObject({ rule: { ruleDisabled: true } })
  })

  test.each(['GetTopicRule', 'DeleteTopicRule', 'ReplaceTopicRule', 'EnableTopicRule', 'DisableTopicRule'])(
    '%s of a rule that does not exist is denied',
    async name => {
      await expect(call(name, { ...rule, body: payload })).rejects.toMatchObject({
        code: 'UnauthorizedException',
      })
    },
  )

  test('a deleted rule acts no more', async () => {
    await call('CreateTopicRule', { ...rule, body: payload })
    await call('DeleteTopicRule', rule)
    publish('a/dev1', '{}')
    expect(calls).toEqual([])
  })

  test.each([
    ['another SQL version', { ...payload, awsIotSqlVersion: '2015-10-08' }, 'SqlParseException'],
    ['no SQL version, which means 2015-10-08', { sql, actions: [] }, 'SqlParseException'],
    ['a bad statement', { ...payload, sql: 'SELECT' }, 'SqlParseException'],
    ['an unknown action', { ...payload, actions: [{ s3: {} }] }, 'InvalidRequestException'],
    ['an empty action', { ...payload, actions: [{}] }, 'InvalidRequestException'],
    ['actions that are no list', { ...payload, actions: {} }, 'InvalidRequestException'],
    ['11 actions', { ...payload, actions: Array(11).fill(payload.actions[0]) }, 'InvalidRequestException'],
    [
      'a template that does not parse',
      { ...payload, actions: [{ republish: { topic: '${a b}', roleArn } }] },
      'SqlParseException',
    ],
  ])('a rule with %s is refused', async (_, body, code) => {
    await expect(call('CreateTopicRule', { ...rule, body })).rejects.toMatchObject({ code })
  })

  test('a rule name with a hyphen is refused', async () => {
    await expect(
      call('CreateTopicRule', { params: { ruleName: 'a-b' }, body: payload }),
    ).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })
})
