import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts'

let api: RuntimeApi
const call = (method: string, path: string, body?: string) =>
  fetch(`http://${api.address}/2018-06-01/runtime${path}`, { method, ...(body !== undefined && { body }) })
const invocation = {
  requestId: 'request-1',
  functionArn: 'arn:f',
  deadlineMs: 99,
  event: Buffer.from('{"a":1}'),
}

beforeEach(async () => {
  api = await startRuntimeApi()
})

afterEach(() => api.close())

test('an invocation is handed out with its headers, and its response comes back', async () => {
  const result = api.invoke(invocation)
  const next = await call('GET', '/invocation/next')
  expect(next.headers.get('lambda-runtime-aws-request-id')).toBe('request-1')
  expect(next.headers.get('lambda-runtime-deadline-ms')).toBe('99')
  expect(next.headers.get('lambda-runtime-invoked-function-arn')).toBe('arn:f')
  expect(await next.json()).toEqual({ a: 1 })
  expect((await call('POST', '/invocation/request-1/response', '"done"')).status).toBe(202)
  expect(await result).toEqual({ kind: 'response', payload: Buffer.from('"done"') })
})

test('a runtime that asks first waits for the invocation', async () => {
  const next = call('GET', '/invocation/next')
  const result = api.invoke(invocation)
  expect(await (await next).json()).toEqual({ a: 1 })
  await call('POST', '/invocation/request-1/error', '{"errorType":"E"}')
  expect(await result).toMatchObject({ kind: 'error' })
})

test('an answer to another invocation, or a second one, is refused', async () => {
  void api.invoke(invocation)
  await call('GET', '/invocation/next')
  expect((await call('POST', '/invocation/request-2/response', '1')).status).toBe(400)
  expect((await call('POST', '/invocation/request-1/response', '1')).status).toBe(202)
  expect((await call('POST', '/invocation/request-1/response', '1')).status).toBe(400)
})

test('a failure to start is told', async () => {
  expect((await call('POST', '/init/error', '{"errorType":"I"}')).status).toBe(202)
  expect(JSON.parse((await api.initError).toString())).toEqual({ errorType: 'I' })
})

test.each([
  ['GET', '/other'],
  ['GET', '/init/error'],
  ['POST', '/invocation/request-1/other'],
])('%s %s is not found', async (method, path) => {
  expect((await call(method, path)).status).toBe(404)
})
