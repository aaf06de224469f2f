import { jobDocumentText } from '@rotator/protocol/names'
import { subscriptions } from '@rotator/protocol/topics'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { execution } from '../testing/identity-store-contract.ts'
import { oldId, thing } from '../testing/simulated-device.ts'
import { chooseConfigured, readConfigured } from './configured.ts'
import { readMessage } from './incoming.ts'
import { commitRequest, createRequest, jobRequest, jobUpdate, nextJobRequest } from './outgoing.ts'

const configured = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' }
const jobs = '$aws/things/thing/jobs'
const certificate = 'awslabs/things/thing/certificate'
const job = { ...execution, status: 'QUEUED', jobDocument: JSON.parse(jobDocumentText) }

describe('messages that arrive', () => {
  test.each([
    [`${jobs}/notify-next`, { execution: job }, { kind: 'next-job', execution: job, configured }],
    [`${jobs}/notify-next`, { timestamp: 1 }, { kind: 'next-job', execution: undefined, configured }],
    [`${jobs}/$next/get/accepted`, { execution: job }, { kind: 'next-job', execution: job, configured }],
    [`${jobs}/$next/get/rejected`, { code: 'RequestThrottled' }, { kind: 'next-job-rejected' }],
    [`${jobs}/job-1/get/accepted`, { execution: job }, { kind: 'job-described', execution: job, configured }],
    [`${jobs}/job-1/get/accepted`, {}, undefined],
    [
      `${jobs}/job-1/get/rejected`,
      { code: 'ResourceNotFound' },
      { kind: 'job-not-described', jobId: 'job-1', rejection: { code: 'ResourceNotFound' } },
    ],
    [
      `${jobs}/job-1/update/accepted`,
      { clientToken: 't' },
      { kind: 'job-update-accepted', jobId: 'job-1', clientToken: 't' },
    ],
    [
      `${jobs}/job-1/update/rejected`,
      { code: 'InvalidStateTransition', clientToken: 't' },
      {
        kind: 'job-update-rejected',
        jobId: 'job-1',
        rejection: { code: 'InvalidStateTransition', clientToken: 't' },
      },
    ],
    [
      `${certificate}/create/accepted`,
      { certificatePem: 'PEM' },
      { kind: 'create-accepted', reply: { certificatePem: 'PEM' } },
    ],
    [
      `${certificate}/create/rejected`,
      { errorMsg: 'no' },
      { kind: 'create-rejected', reply: { errorMsg: 'no' } },
    ],
    [`${certificate}/commit/accepted`, {}, { kind: 'commit-accepted', reply: {} }],
    [
      `${certificate}/commit/rejected`,
      { code: 'ABANDONED', extra: 1 },
      { kind: 'commit-rejected', reply: { code: 'ABANDONED' } },
    ],
  ])('on %s %j', (topic, payload, message) => {
    const read = readMessage(thing, topic, JSON.stringify(payload), configured)
    expect(read).toEqual({ ok: true, value: message })
  })

  test('M16: whatever comes on whatever topic is a message, nothing, or a problem in words', () => {
    const filters = subscriptions(thing).map(filter => filter.replace('+', 'job-1'))
    const topics = fc.oneof(fc.constantFrom(...filters, `${jobs}/$next/get/accepted`), fc.string())
    const payloads = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ execution: fc.anything(), certificatePem: fc.anything(), code: fc.anything() })
        .map(o => JSON.stringify(o, (_key, value: unknown) => (typeof value === 'bigint' ? 0 : value))),
    )
    fc.assert(
      fc.property(topics, payloads, (topic, payload) => {
        const read = readMessage(thing, topic, payload, configured)
        return read.ok || read.problem.length > 0
      }),
    )
  })

  test('M16: a message of another thing, or one that is longer than any, is a problem', () => {
    expect(readMessage(thing, '$aws/things/other/jobs/notify-next', '{}', configured).ok).toBe(false)
    expect(readMessage(thing, `${jobs}/notify-next`, ' '.repeat(200_000), configured).ok).toBe(false)
    expect(readMessage(thing, `${jobs}/notify-next`, '{', configured)).toEqual({
      ok: false,
      problem: 'not JSON',
    })
  })
})

describe('requests that go out', () => {
  const clientToken = 'token'

  test('have exactly the fields that the other side reads', () => {
    expect(nextJobRequest(thing)).toEqual({
      topic: `${jobs}/$next/get`,
      payload: { includeJobDocument: false },
    })
    expect(jobRequest(thing, { kind: 'get-job', execution, includeJobDocument: true, clientToken })).toEqual({
      topic: `${jobs}/job-1/get`,
      payload: { includeJobDocument: true, clientToken },
    })
    const statusDetails = { CertificateRotator: 'true' }
    expect(
      jobUpdate(thing, { kind: 'update-job', execution, status: 'IN_PROGRESS', statusDetails, clientToken }),
    ).toEqual({
      topic: `${jobs}/job-1/update`,
      payload: {
        status: 'IN_PROGRESS',
        statusDetails: { ...statusDetails, executionNumber: '1' },
        executionNumber: 1,
        clientToken,
      },
    })
    const { csrDigest } = { csrDigest: oldId as never }
    expect(createRequest(thing, { kind: 'publish-create', execution, csrDigest }, 'CSR')).toEqual({
      topic: `${certificate}/create`,
      payload: { jobId: 'job-1', executionNumber: 1, csr: 'CSR' },
      once: true,
    })
    const request = { ...execution, certificateId: oldId, turn: 1 }
    expect(commitRequest(thing, { kind: 'publish-commit', request })).toEqual({
      topic: `${certificate}/commit`,
      payload: request,
    })
  })
})

describe('the configuration', () => {
  test.each([
    [undefined, configured],
    [{}, configured],
    [{ keyAlgorithm: null }, configured],
    [
      { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: 7 },
      { keyAlgorithm: 'ECDSA-P256', signingAlgorithm: '7' },
    ],
  ])('of %j is %j', (configuration, expected) => {
    expect(readConfigured(configuration)).toEqual(expected)
  })

  test('that is nested too deep to be shown is refused like any other', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
    expect(chooseConfigured({ keyAlgorithm: deep })).toEqual({
      ok: false,
      problem: expect.stringMatching(/nested too deep.*unknown/u),
    })
  })

  test.each([
    [{ keyAlgorithm: 'Foobar', signingAlgorithm: 'SHA256WITHRSA' }, /Foobar.*unknown/u],
    [{ keyAlgorithm: 'RSA-2048', signingAlgorithm: 'Foobar' }, /Foobar.*unknown/u],
    [{ keyAlgorithm: 'ECDSA-P256' }, /mismatched/u],
    [{ keyAlgorithm: ['RSA-2048'] }, /unknown/u],
  ])('%j is refused with a sentence', (configuration, message) => {
    expect(chooseConfigured(configuration)).toEqual({
      ok: false,
      problem: expect.stringMatching(message),
    })
  })

  test('one that can be used is chosen, and one that leaves all to the defaults is they', () => {
    const algorithms = { keyAlgorithm: 'ECDSA-P521', signingAlgorithm: 'ECDSA-WITH-SHA256' }
    expect(chooseConfigured(algorithms)).toEqual({ ok: true, algorithms })
    expect(chooseConfigured({})).toEqual({ ok: true, algorithms: configured })
  })
})
