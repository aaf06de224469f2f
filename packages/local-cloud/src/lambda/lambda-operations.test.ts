import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HttpAnswer } from '../api/http-answer.ts'
import { callOperation, type GivenCall } from '../testing/call-operation.ts'
import { functionFromSource, temporaryFolder } from '../testing/function-bundle.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { Functions } from './functions.ts'
import { lambdaOperations } from './lambda-operations.ts'

let folder: ReturnType<typeof temporaryFolder>
let functions: Functions
let call: (name: string, given?: GivenCall) => Promise<unknown>

const f = { params: { FunctionName: 'f' } }

beforeEach(() => {
  folder = temporaryFolder()
  functions = new Functions({
    demand: () => {},
    clock: new ManualClock(),
    newId: () => 'id',
    region: 'us-east-1',
    mostInstances: 1,
    startInstance: () => Promise.reject(new Error('no process is needed here')),
    queueOf: () => undefined,
    send: () => {},
    deliveryFailed: () => {},
    retryDelayScale: 1,
  })
  functions.put(functionFromSource(folder.path, '', { environment: { A: '1' }, deadLetterArn: 'arn:dead' }))
  call = async (name, given) => callOperation(lambdaOperations(functions), name, given)
})

afterEach(() => folder[Symbol.dispose]())

describe('a function', () => {
  test('is described, by name and by ARN', async () => {
    const described = {
      FunctionName: 'f',
      Handler: 'index.handler',
      Timeout: 10,
      MemorySize: 128,
      Environment: { Variables: { A: '1' } },
      DeadLetterConfig: { TargetArn: 'arn:dead' },
    }
    expect(await call('GetFunctionConfiguration', f)).toMatchObject(described)
    const byArn = { params: { FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST' } }
    expect(await call('GetFunction', byArn)).toMatchObject({ Configuration: described })
    expect(await call('ListFunctions')).toMatchObject({ Functions: [{ FunctionName: 'f' }] })
  })

  test('is given another environment, and keeps what is not named', async () => {
    const body = { Environment: { Variables: { B: '2' } }, Timeout: 5 }
    expect(await call('UpdateFunctionConfiguration', { ...f, body })).toMatchObject({
      Environment: { Variables: { B: '2' } },
      Timeout: 5,
      MemorySize: 128,
    })
    expect(await call('UpdateFunctionConfiguration', { ...f, body: { MemorySize: 256 } })).toMatchObject({
      Environment: { Variables: { B: '2' } },
      MemorySize: 256,
    })
    expect(await call('UpdateFunctionConfiguration', { ...f, body: { Environment: {} } })).toMatchObject({
      Environment: { Variables: {} },
    })
  })

  test.each([
    ['UpdateFunctionConfiguration', { Timeout: 901 }, 'InvalidParameterValueException'],
    ['UpdateFunctionConfiguration', { MemorySize: '256' }, 'InvalidParameterValueException'],
    ['UpdateFunctionConfiguration', { Environment: { Variables: { A: 1 } } }, 'InvalidRequestException'],
    ['PutFunctionConcurrency', {}, 'InvalidRequestException'],
  ])('refuses %s with %j', async (name, body, code) => {
    await expect(call(name, { ...f, body })).rejects.toMatchObject({ code })
  })

  test('without any concurrency is not invoked, until that is taken back', async () => {
    await call('PutFunctionConcurrency', { ...f, body: { ReservedConcurrentExecutions: 0 } })
    await expect(call('Invoke', f)).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 })
    expect(await call('DeleteFunctionConcurrency', f)).toMatchObject({ status: 204 })
    await expect(call('Invoke', f)).rejects.toThrow('no process is needed here')
  })

  test('is not invoked by a dry run', async () => {
    const answer = await call('Invoke', { ...f, headers: { 'x-amz-invocation-type': 'DryRun' } })
    expect(answer).toEqual(new HttpAnswer(204, {}, ''))
  })

  test('is not invoked in an unknown way', async () => {
    const given = { ...f, headers: { 'x-amz-invocation-type': 'Later' } }
    await expect(call('Invoke', given)).rejects.toMatchObject({ code: 'InvalidParameterValueException' })
  })
})

test('only a permission lets a service invoke, and it can be taken back', async () => {
  const invoker = { service: 'iot.amazonaws.com', sourceArn: 'arn:rule', sourceAccount: '1' }
  const attempt = () => functions.invokeLaterAs(invoker, 'f', Buffer.from('{}'))
  expect(attempt).toThrow(expect.objectContaining({ code: 'AccessDeniedException' }))
  await call('PutFunctionConcurrency', { ...f, body: { ReservedConcurrentExecutions: 0 } })
  functions.permit('f', { id: 'p', principal: 'iot.amazonaws.com', action: 'lambda:InvokeFunction' })
  expect(attempt).not.toThrow()
  functions.forbid('f', 'p')
  expect(attempt).toThrow(/not authorized/)
  await functions.settled()
})
