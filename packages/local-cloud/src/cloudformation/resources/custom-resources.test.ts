import { beforeEach, expect, test } from 'vitest'
import { Functions } from '../../lambda/functions.ts'
import { functionWithoutCode } from '../../testing/function-bundle.ts'
import { inProcessInstance } from '../../testing/in-process-instance.ts'
import { ManualClock } from '../../testing/manual-clock.ts'
import type { ExistingResource, ResourceRequest } from '../resource-provider.ts'
import type { Members } from '../template.ts'
import { CustomResources } from './custom-resources.ts'

const ServiceToken = 'arn:aws:lambda:us-east-1:123456789012:function:maker'

let clock: ManualClock
let events: Members[]
let answers: (event: Members) => Members | undefined
let resources: CustomResources

/** Puts an answer where the event says, as the function's HTTPS request would. */
function put(url: unknown, body: Members): void {
  const token = String(url).split('/').at(-1) ?? ''
  void resources.operation.handle({
    params: { token },
    query: new URLSearchParams(),
    headers: {},
    body,
    rawBody: Buffer.from(JSON.stringify(body)),
    caller: {},
  })
}

beforeEach(() => {
  clock = new ManualClock()
  events = []
  answers = () => ({ Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Value: 'v' } })
  let ids = 0
  const newId = () => `id-${++ids}`
  const functions = new Functions({
    demand: () => {},
    clock,
    newId,
    region: 'us-east-1',
    mostInstances: 1,
    retryDelayScale: 1,
    queueOf: () => undefined,
    send: () => {},
    deliveryFailed: () => {},
    startInstance: async () =>
      inProcessInstance(event => {
        events.push(event as Members)
        const answer = answers(event as Members)
        if (answer !== undefined) put((event as Members)['ResponseURL'], answer)
      }),
  })
  functions.put(functionWithoutCode('maker'))
  resources = new CustomResources({ functions, clock, newId, region: 'us-east-1' })
})

const request = (properties: Members = {}): ResourceRequest => ({
  logicalId: 'Id',
  type: 'Custom::Thing',
  properties: { ServiceToken, ...properties },
  stack: { name: 'S', id: 'arn:stack' },
  generatedName: () => 'name',
})
const existing = (properties: Members = {}): ExistingResource => ({
  ...request(properties),
  made: { physicalId: 'one', attributes: {} },
})

test('the function is asked in the words of CloudFormation, with numbers as text', async () => {
  expect(await resources.create(request({ Count: 7, Flags: [true] }))).toEqual({
    physicalId: 'one',
    attributes: { Value: 'v' },
  })
  expect(events).toEqual([
    {
      RequestType: 'Create',
      ServiceToken,
      ResponseURL: expect.stringMatching(
        /^https:\/\/cloudformation-custom-resource-response-useast1\.s3\.us-east-1\.amazonaws\.com\/custom-resource-responses\/id-\d+$/,
      ),
      StackId: 'arn:stack',
      RequestId: expect.any(String),
      LogicalResourceId: 'Id',
      ResourceType: 'Custom::Thing',
      ResourceProperties: { ServiceToken, Count: '7', Flags: ['true'] },
    },
  ])
})

test('a change tells the old properties, and keeps the resource where its id stays', async () => {
  await resources.update(request({ A: '2' }), existing({ A: '1' }))
  expect(events).toMatchObject([
    {
      RequestType: 'Update',
      PhysicalResourceId: 'one',
      OldResourceProperties: { A: '1' },
      ResourceProperties: { A: '2' },
    },
  ])
})

test('a change that made another resource deletes the old one', async () => {
  answers = event => ({
    Status: 'SUCCESS',
    PhysicalResourceId: event['RequestType'] === 'Update' ? 'two' : 'one',
  })
  expect(await resources.update(request({ A: '2' }), existing({ A: '1' }))).toMatchObject({
    physicalId: 'two',
  })
  expect(events).toMatchObject([
    { RequestType: 'Update' },
    { RequestType: 'Delete', PhysicalResourceId: 'one', ResourceProperties: { A: '1' } },
  ])
})

test('a deletion is asked for', async () => {
  await resources.delete(existing())
  expect(events).toMatchObject([{ RequestType: 'Delete', PhysicalResourceId: 'one' }])
})

test('a failure is told with its reason, or that there is none', async () => {
  answers = () => ({ Status: 'FAILED', Reason: 'no luck' })
  await expect(resources.create(request())).rejects.toThrow('no luck')
  answers = () => ({ Status: 'FAILED' })
  await expect(resources.create(request())).rejects.toThrow('The function failed without a reason.')
})

test('an error of the function is a failure at once', async () => {
  answers = () => {
    throw new TypeError('broken')
  }
  await expect(resources.create(request())).rejects.toThrow(/The function failed: .*broken/)
})

test('a function that never answers fails after ServiceTimeout', async () => {
  answers = () => undefined
  const made = resources.create(request({ ServiceTimeout: '5' }))
  clock.advance(5_000)
  await expect(made).rejects.toThrow('The function did not answer within 5 s.')
})

test('an answer to a question that nobody asked is taken without effect', () => {
  expect(() => put('https://x/unknown', { Status: 'SUCCESS' })).not.toThrow()
})
