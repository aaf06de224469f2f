import { XMLParser } from 'fast-xml-parser'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Api, createApi } from './api.ts'
import { AwsError, resourceNotFound } from './aws-error.ts'
import type { FinishedCall } from './call-hooks.ts'
import { listenHttp } from './http-listener.ts'
import type { Listener } from './listen.ts'
import type { ActionOperation, RestOperation } from './operation.ts'

const effects: string[] = []
const calls: FinishedCall[] = []
const defects: unknown[] = []
let api: Api
let listener: Listener
let url: string

const rest = (name: string, path: string, handle: RestOperation['handle']): RestOperation => ({
  service: 'iot',
  name,
  method: 'POST',
  path,
  handle,
})
const action = (service: string, name: string, handle: ActionOperation['handle']): ActionOperation => ({
  service,
  name,
  handle,
})

beforeAll(async () => {
  let ids = 0
  api = createApi({
    operations: [
      rest('Echo', '/echo/{word}', ({ params, query, body, caller }) => {
        effects.push(params['word'] ?? '')
        return { ...params, query: query.get('q'), ...body, accessKeyId: caller.accessKeyId }
      }),
      rest('Bytes', '/bytes', ({ rawBody }) => new Uint8Array(rawBody)),
      rest('Missing', '/missing', () => {
        throw resourceNotFound('It is not there')
      }),
      rest('Broken', '/broken', () => {
        throw new TypeError('a fault of ours')
      }),
      rest('Publish', '/publish', ({ rawBody }) => ({ length: rawBody.length })),
    ],
    actions: [
      action('sns', 'Publish', input => ({
        MessageId: 'm1',
        Tags: [{ Key: 'a' }, { Key: '<b>' }],
        got: input['Message'],
      })),
      action('sqs', 'Attributes', () => ({ Attributes: new Map([['Size', '3']]) })),
      action('sqs', 'Fail', () => {
        throw new AwsError('QueueDoesNotExist', 400, 'No queue', { queryErrorCode: 'AWS.NonExistentQueue' })
      }),
    ],
    newId: () => `request-${++ids}`,
    authorize(caller) {
      if (caller.accessKeyId === 'STRANGER') throw new AwsError('AccessDeniedException', 403, 'Not you')
    },
    onDefect: error => defects.push(error),
  })
  api.observe(call => calls.push(call))
  listener = await listenHttp(api, 0)
  url = `http://127.0.0.1:${listener.port}`
})

afterAll(() => listener.stop())

beforeEach(() => {
  effects.length = 0
  calls.length = 0
})

const signed = (service: string, accessKeyId = 'AKID') => ({
  Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
})

async function post(path: string, body = '', headers: Record<string, string> = {}) {
  const response = await fetch(url + path, { method: 'POST', body, headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const xml = (text: string): unknown => new XMLParser({ ignoreDeclaration: true }).parse(text)

describe('REST-JSON', () => {
  test('hands over path, query, body and caller, and answers JSON with a request id', async () => {
    const { status, headers, text } = await post('/echo/a%2Fb?q=1%202', '{"n":1}', signed('iot'))
    expect(JSON.parse(text)).toEqual({ word: 'a/b', query: '1 2', n: 1, accessKeyId: 'AKID' })
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(headers.get('x-amzn-requestid')).toMatch(/^request-\d+$/)
  })

  test('takes the signing name that older SDKs have for AWS IoT', async () => {
    expect((await post('/echo/word', '{}', signed('execute-api'))).status).toBe(200)
    expect((await post('/echo/word', '{}', signed('s3'))).status).toBe(404)
  })

  test('sends bytes as they are', async () => {
    expect((await post('/bytes', '{"a":"ä"}')).text).toBe('{"a":"ä"}')
  })

  test('puts the code of an error into a header and its message into the body', async () => {
    const { status, headers, text } = await post('/missing')
    expect([status, headers.get('x-amzn-errortype')]).toEqual([404, 'ResourceNotFoundException'])
    expect(JSON.parse(text)).toEqual({ message: 'It is not there' })
  })

  test('answers 404 where there is no such operation', async () => {
    const { status, headers } = await post('/unknown')
    expect([status, headers.get('x-amzn-errortype')]).toEqual([404, 'UnknownOperationException'])
  })

  test.each(['[1]', '{', '"a"', 'null'])('refuses the body %s, which is no JSON object', async body => {
    const { status, headers } = await post('/echo/a', body)
    expect([status, headers.get('x-amzn-errortype')]).toEqual([400, 'InvalidRequestException'])
    expect(effects).toEqual([])
  })

  test('leaves the payload of Publish alone', async () => {
    expect(JSON.parse((await post('/publish', '{ no json')).text)).toEqual({ length: 9 })
  })

  test('tells of its own faults as InternalFailureException, and to whom it may concern', async () => {
    const { status, text } = await post('/broken')
    expect(status).toBe(500)
    expect(text).not.toMatch(/a fault of ours/)
    expect(defects).toEqual([expect.any(TypeError)])
  })

  test('does not read more than 6 MB', async () => {
    expect((await post('/echo/a', 'x'.repeat(6 * 1024 * 1024 + 1))).status).toBe(413)
    expect(effects).toEqual([])
  })
})

describe('AWS JSON', () => {
  const target = (name: string, version = '1.0') => ({
    'X-Amz-Target': `AmazonSQS.${name}`,
    'Content-Type': `application/x-amz-json-${version}`,
  })

  test('finds the operation by its target and answers in the version that was asked', async () => {
    for (const version of ['1.0', '1.1']) {
      const { headers, text } = await post('/', '{}', target('Attributes', version))
      expect(headers.get('content-type')).toBe(`application/x-amz-json-${version}`)
      expect(JSON.parse(text)).toEqual({ Attributes: { Size: '3' } })
    }
  })

  test('puts the code of an error into the body, and into a header the one that the query protocol had', async () => {
    const { status, headers, text } = await post('/', '{}', target('Fail'))
    expect(status).toBe(400)
    expect(JSON.parse(text)).toEqual({ __type: 'QueueDoesNotExist', message: 'No queue' })
    expect(headers.get('x-amzn-query-error')).toBe('AWS.NonExistentQueue;Sender')
  })

  test('refuses an unknown target, one of another service, and a body that is no object', async () => {
    const type = async (name: string, body: string, headers = {}) =>
      (JSON.parse((await post('/', body, { ...target(name), ...headers })).text) as { __type: string }).__type
    expect(await type('Unknown', '{}')).toBe('UnknownOperationException')
    expect(await type('Attributes', '{}', signed('sns'))).toBe('UnknownOperationException')
    expect(await type('Attributes', '[]')).toBe('SerializationException')
  })
})

describe('the query protocol', () => {
  test('answers XML with the action’s name around it, lists and maps as AWS writes them', async () => {
    const { headers, text } = await post('/', 'Action=Publish&Version=2010-03-31&Message=a%26b', form)
    expect(headers.get('content-type')).toBe('text/xml')
    expect(text).toContain('xmlns="http://sns.amazonaws.com/doc/2010-03-31/"')
    expect(xml(text)).toEqual({
      PublishResponse: {
        PublishResult: {
          MessageId: 'm1',
          Tags: { member: [{ Key: 'a' }, { Key: '<b>' }] },
          got: 'a&b',
        },
        ResponseMetadata: { RequestId: expect.any(String) },
      },
    })
    expect(xml((await post('/', 'Action=Attributes', form)).text)).toMatchObject({
      AttributesResponse: { AttributesResult: { Attributes: { entry: { key: 'Size', value: 3 } } } },
    })
  })

  test('answers an error as XML, an unknown action too', async () => {
    const failed = await post('/', 'Action=Fail', form)
    expect([failed.status, xml(failed.text)]).toEqual([
      400,
      {
        ErrorResponse: {
          Error: { Type: 'Sender', Code: 'QueueDoesNotExist', Message: 'No queue' },
          RequestId: expect.any(String),
        },
      },
    ])
    const unknown = await post('/', 'Action=Fly', form)
    expect(unknown.status).toBe(400)
    expect(xml(unknown.text)).toMatchObject({ ErrorResponse: { Error: { Code: 'InvalidAction' } } })
  })
})

describe('the hooks', () => {
  test('see every call that ended, with its caller and its status', async () => {
    await post('/echo/a', '{"n":1}', signed('iot'))
    await post('/missing')
    expect(calls).toMatchObject([
      { service: 'iot', name: 'Echo', status: 200, caller: { accessKeyId: 'AKID' }, input: { n: 1 } },
      { service: 'iot', name: 'Missing', status: 404, errorCode: 'ResourceNotFoundException' },
    ])
  })

  test('refuse a caller before the call has an effect', async () => {
    const { status, headers } = await post('/echo/a', '', signed('iot', 'STRANGER'))
    expect([status, headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException'])
    expect(effects).toEqual([])
    expect(calls).toMatchObject([{ name: 'Echo', status: 403 }])
  })

  test('fail a call before it takes effect, or after it did, until they are taken away', async () => {
    const answer = new AwsError('ThrottlingException', 400, 'Rate exceeded')
    for (const [when, expected] of [
      ['before', []],
      ['after', ['a']],
    ] as const) {
      effects.length = 0
      const stop = api.interfere(({ name }) => (name === 'Echo' ? { when, answer } : undefined))
      expect((await post('/echo/a')).headers.get('x-amzn-errortype')).toBe('ThrottlingException')
      expect((await post('/publish')).status).toBe(200)
      stop()
      expect(effects).toEqual(expected)
    }
    expect((await post('/echo/b')).status).toBe(200)
  })

  test('answer the fault also where the call itself failed', async () => {
    const answer = new AwsError('ThrottlingException', 400, 'Rate exceeded')
    const stop = api.interfere(() => ({ when: 'after', answer }))
    expect((await post('/missing')).headers.get('x-amzn-errortype')).toBe('ThrottlingException')
    stop()
    expect(calls).toMatchObject([{ name: 'Missing', status: 400, errorCode: 'ThrottlingException' }])
  })

  test('drop the connection instead of answering, after the effect', async () => {
    const stop = api.interfere(() => ({ when: 'after', answer: 'drop' }))
    await expect(post('/echo/a')).rejects.toThrow(/fetch failed/)
    stop()
    expect(effects).toEqual(['a'])
    expect(calls).toMatchObject([{ name: 'Echo', status: 0 }])
  })
})
