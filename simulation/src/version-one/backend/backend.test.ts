import { FakeAws } from '@rotator/backend/testing/fake-aws/fake-aws'
import { AwsFailure } from '@rotator/backend/testing/fake-aws/wire'
import { issueCertificate } from '@rotator/backend/testing/fake-certificates'
import { fakeClients } from '@rotator/backend/testing/fake-clients'
import { deviceSubject, newKey, requestFor, spki } from '@rotator/backend/testing/fake-requests'
import { jobDocumentText } from '@rotator/protocol/names'
import { describe, expect, test } from 'vitest'
import { addVersionOneOperations } from '../testing/version-one-operations.ts'
import { versionOneBackend } from './backend.ts'

const csr = await requestFor(newKey())
const thing = 'dev1'
const topic = (request: string) => `awslabs/things/${thing}/certificate/${request}`

/** Version 1's functions on a fake AWS, by the SDK's own clients, and a thing with its certificate OLD. */
function openScene({ document = jobDocumentText, status = 'IN_PROGRESS' } = {}) {
  const aws = new FakeAws()
  addVersionOneOperations(aws, document)
  aws.iot.addThing(thing)
  const addCertificate = () => {
    const id = aws.iot.addCertificate(issueCertificate(deviceSubject, spki(newKey())).pem, ['device-policy'])
    aws.iot.attach(thing, id)
    return id
  }
  const old = addCertificate()
  aws.data.setExecution(thing, { jobId: 'J1', executionNumber: 1, status, document })
  const backend = versionOneBackend(fakeClients(aws), 'arn:aws:sns:eu-west-1:123456789012:notifications')
  const asked = (request: string, principal: string) => ({
    jobId: 'J1',
    thingName: thing,
    topic: topic(request),
    clientId: thing,
    principal,
  })
  return {
    aws,
    old,
    addCertificate,
    create: (more = {}) => backend.create({ ...asked('create', old), csr, ...more }),
    commit: (principal: string, more = {}) => backend.commit({ ...asked('commit', principal), ...more }),
    end: (ended: string) =>
      backend.finish({ jobId: 'J1', thingArn: `arn:aws:iot:eu-west-1:1:thing/${thing}`, status: ended }),
    get record() {
      return aws.data.shadows.get(thing)?.reported
    },
    get new() {
      return String(this.record?.['newCertificateId'])
    },
    get attached() {
      return aws.iot.attached(thing)
    },
    get replies() {
      return aws.data.published.map(({ topic: to, payload, qos }) => ({
        verdict: to.split('/').slice(-2).join('/'),
        payload,
        qos,
      }))
    },
    get told() {
      return aws.messaging.notifications.map(({ message }) => message)
    },
  }
}

const notMet = (request: string) => ({
  verdict: `${request}/rejected`,
  payload: { errorMsg: 'Pre-conditions not met' },
  qos: 0,
})

async function created() {
  const scene = openScene()
  await scene.create()
  return scene
}

async function committed() {
  const scene = await created()
  await scene.commit(scene.new)
  return scene
}

describe('create', () => {
  test('issues, copies the policies, attaches, records three fields and answers with the certificate alone', async () => {
    const scene = await created()
    const { new: trial, old } = scene
    expect(scene.attached).toEqual([old, trial])
    expect([...(scene.aws.iot.certificates.get(trial)?.policies ?? [])]).toEqual(['device-policy'])
    expect(scene.record).toEqual({ progress: 'created', oldCertificateId: old, newCertificateId: trial })
    const { pem } = scene.aws.iot.certificates.get(trial) ?? {}
    expect(scene.replies).toEqual([{ verdict: 'create/accepted', payload: { certificatePem: pem }, qos: 0 }])
    expect(scene.aws.calls).toEqual([
      'ListThingPrincipalsV2',
      'DescribeJobExecution',
      'CreateCertificateFromCsr',
      'ListPrincipalPolicies',
      'AttachPolicy',
      'AttachThingPrincipal',
      'UpdateThingShadow',
      'Publish',
    ])
  })

  test('a second one is refused', async () => {
    const scene = await created()
    await scene.create()
    expect(scene.replies.at(-1)).toEqual(notMet('create'))
    expect(scene.attached).toHaveLength(2)
  })

  test('two at once leave three certificates, and the thing is blocked for good', async () => {
    const scene = openScene()
    await Promise.all([scene.create(), scene.create()])
    expect(scene.attached).toHaveLength(3)
    await scene.commit(scene.new)
    await scene.end('FAILED')
    expect(scene.attached).toHaveLength(3)
  })

  test.each([
    ['a job that is not in progress', { status: 'QUEUED' }, {}],
    ['an ended job', { status: 'SUCCEEDED' }, {}],
    ['a document with one more space', { document: '{"operation": "ROTATE_CERTIFICATE"}' }, {}],
    ['a connection of another certificate', {}, { principal: 'a'.repeat(64) }],
    ['a client id of another thing', {}, { clientId: 'dev2' }],
  ])('refuses %s', async (_, options, more) => {
    const scene = openScene(options)
    await scene.create(more)
    expect(scene.replies).toEqual([notMet('create')])
    expect(scene.attached).toEqual([scene.old])
  })

  test('takes dev10 for dev1', async () => {
    const scene = openScene()
    await scene.create({ clientId: 'dev10' })
    expect(scene.replies).toMatchObject([{ verdict: 'create/accepted' }])
  })

  test('does not see a certificate that is not exclusive', async () => {
    const scene = openScene()
    scene.aws.iot.attach(thing, scene.addCertificate(), false)
    await scene.create()
    expect(scene.replies).toMatchObject([{ verdict: 'create/accepted' }])
  })

  test('tells why no certificate was issued', async () => {
    const scene = openScene()
    await scene.create({ csr: 'garbage' })
    expect(scene.replies).toMatchObject([
      {
        verdict: 'create/rejected',
        payload: { errorMsg: expect.stringMatching(/^Failed to create certificate from CSR: ./u) },
      },
    ])
  })

  test('a missing csr ends it without an answer', async () => {
    const scene = openScene()
    await expect(scene.create({ csr: undefined })).rejects.toThrow('no csr')
    expect(scene.replies).toEqual([])
  })

  test.each(['ListThingPrincipalsV2', 'DescribeJobExecution'])(
    'a throttled %s is a refusal',
    async operation => {
      const scene = openScene()
      scene.aws.failNext(operation, 'before', new AwsFailure(429, 'ThrottlingException'))
      await scene.create()
      expect(scene.replies).toEqual([notMet('create')])
    },
  )

  test.each(['ListPrincipalPolicies', 'AttachPolicy', 'AttachThingPrincipal', 'UpdateThingShadow'])(
    'a throttled %s ends it without an answer',
    async operation => {
      const scene = openScene()
      scene.aws.failNext(operation, 'before', new AwsFailure(429, 'ThrottlingException'))
      await expect(scene.create()).rejects.toThrow('ThrottlingException')
      expect(scene.replies).toEqual([])
    },
  )
})

describe('commit', () => {
  test('by NEW is recorded and answered with an empty object', async () => {
    const scene = await committed()
    expect(scene.record).toMatchObject({ progress: 'committed', oldCertificateId: scene.old })
    expect(scene.replies.at(-1)).toEqual({ verdict: 'commit/accepted', payload: {}, qos: 0 })
  })

  test('is refused when it comes again', async () => {
    const scene = await committed()
    await scene.commit(scene.new)
    expect(scene.replies.at(-1)).toEqual(notMet('commit'))
  })

  test('is refused over OLD, from another client, after the end, and with a certificate too many', async () => {
    for (const spoil of ['old', 'client', 'ended', 'third'] as const) {
      const scene = await created()
      if (spoil === 'third') scene.addCertificate()
      if (spoil === 'ended') scene.aws.data.deleteExecutions(thing)
      await scene.commit(spoil === 'old' ? scene.old : scene.new, spoil === 'client' ? { clientId: 'x' } : {})
      expect(scene.replies.at(-1)).toEqual(notMet('commit'))
      expect(scene.record).toMatchObject({ progress: 'created' })
    }
  })

  test('is refused where the record cannot be read', async () => {
    const scene = await created()
    scene.aws.failNext('GetThingShadow', 'before')
    await scene.commit(scene.new)
    expect(scene.replies.at(-1)).toEqual(notMet('commit'))
  })
})

describe('the end of an execution', () => {
  test('SUCCEEDED after a commit deletes OLD and tells nobody', async () => {
    const scene = await committed()
    const { new: kept } = scene
    await scene.end('SUCCEEDED')
    expect(scene.attached).toEqual([kept])
    expect([...scene.aws.iot.certificates.keys()]).toEqual([kept])
    expect(scene.record).toBeUndefined()
    expect(scene.told).toEqual([])
  })

  test('SUCCEEDED without a commit keeps both', async () => {
    const scene = await created()
    await scene.end('SUCCEEDED')
    expect(scene.attached).toHaveLength(2)
    expect(scene.told).toEqual([expect.stringContaining('contradicts')])
  })

  test.each(['FAILED', 'TIMED_OUT'])('%s without a commit deletes NEW', async ended => {
    const scene = await created()
    await scene.end(ended)
    expect(scene.attached).toEqual([scene.old])
    expect(scene.told).toEqual([expect.stringContaining('Old certificate is still active')])
  })

  test.each(['FAILED', 'TIMED_OUT'])('%s after a commit keeps both, which blocks the thing', async ended => {
    const scene = await committed()
    await scene.end(ended)
    expect(scene.attached).toHaveLength(2)
    expect(scene.told).toHaveLength(1)
  })

  test.each(['CANCELED', 'REMOVED', 'REJECTED', 'DELETED'])(
    '%s deletes the record and nothing else, and tells nobody',
    async ended => {
      const scene = await created()
      await scene.end(ended)
      expect(scene.record).toBeUndefined()
      expect(scene.attached).toHaveLength(2)
      expect(scene.told).toEqual([])
    },
  )

  test('a job of another document is not cleaned up after, although the record is gone', async () => {
    const scene = openScene({ document: '{"operation":"REBOOT"}' })
    scene.aws.data.writeShadow(thing, { progress: 'created', oldCertificateId: 'a', newCertificateId: 'b' })
    await scene.end('FAILED')
    expect(scene.record).toBeUndefined()
    expect(scene.told).toEqual([expect.stringContaining('invalid')])
  })

  test('the same end twice tells of a success that it calls a contradiction', async () => {
    const scene = await committed()
    await scene.end('SUCCEEDED')
    await scene.end('SUCCEEDED')
    expect(scene.told).toEqual([expect.stringContaining('contradicts')])
  })

  test('a record that cannot be deleted counts as none', async () => {
    const scene = await committed()
    scene.aws.failNext('DeleteThingShadow', 'before')
    await scene.end('SUCCEEDED')
    expect(scene.attached).toHaveLength(2)
  })

  test('a record that lacks a field counts as none', async () => {
    const scene = await committed()
    scene.aws.data.writeShadow(thing, { oldCertificateId: null })
    await scene.end('SUCCEEDED')
    expect(scene.attached).toHaveLength(2)
  })

  test('with a third certificate nothing is deleted, and after SUCCEEDED nobody hears of it', async () => {
    const scene = await committed()
    scene.addCertificate()
    await scene.end('SUCCEEDED')
    expect(scene.attached).toHaveLength(3)
    expect(scene.told).toEqual([])
  })

  test('an INACTIVE certificate is deleted without being deactivated', async () => {
    const scene = await committed()
    const certificate = scene.aws.iot.certificates.get(scene.old)
    if (certificate !== undefined) certificate.status = 'INACTIVE'
    await scene.end('SUCCEEDED')
    expect(scene.aws.count('UpdateCertificate')).toBe(0)
    expect(scene.aws.iot.certificates.has(scene.old)).toBe(false)
  })

  test('a detachment that has not spread leaves the certificate inactive, for good', async () => {
    const scene = await committed()
    const { old } = scene
    scene.aws.iot.slowDetachments = 1
    await expect(scene.end('SUCCEEDED')).rejects.toThrow('detached')
    expect(scene.aws.iot.certificates.get(old)?.status).toBe('INACTIVE')
    expect(scene.record).toBeUndefined()
  })
})
