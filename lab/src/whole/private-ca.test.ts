import { createPublicKey, X509Certificate } from 'node:crypto'
import type { CallFault, ObservedCall } from '@rotator/local-cloud/api/call-hooks'
import { type BareDevice, makeKey } from './bare-device.ts'
import { begin, commit, expectAtRest, statusOf, succeed } from './bare-rotation.ts'
import type { CloudTrials } from './cloud-test.ts'
import { functionNames, throttled } from './function-calls.ts'
import { expectOne, issuedFor, test } from './private-ca-rotation.ts'
import { until } from './rotation.ts'

/** Lets the next calls of one name go wrong; every one counts. */
function failNext(cloud: CloudTrials, name: string, times: number, fault: CallFault): void {
  let left = times
  cloud.after(
    cloud.world.cloud.api.interfere(call => {
      if (call.name !== name || left === 0) return undefined
      left -= 1
      cloud.fired()
      return fault
    }),
  )
}

/** Holds the registration of a key's certificate until so many functions are about to make it. */
function meetAtRegistration({ world }: CloudTrials, privateKeyPem: string, functions: number): () => void {
  const key = createPublicKey(privateKeyPem)
  const met = Promise.withResolvers<void>()
  // Every process has a key of its own, which it keeps where the SDK repeats a call.
  const callers = new Set<unknown>()
  return world.cloud.api.interfere(async ({ name, input, caller }) => {
    if (name !== 'RegisterCertificateWithoutCA') return undefined
    if (!new X509Certificate(String(input['certificatePem'])).publicKey.equals(key)) return undefined
    callers.add(caller.accessKeyId)
    if (callers.size === functions) met.resolve()
    await met.promise
    return undefined
  })
}

const codesOf = ({ answers }: BareDevice) => answers.map(({ reply }) => reply['code'])

test('a thing rotates by AWS Private CA twice, and the first of its certificates is revoked there', async ({
  cloud,
  authority,
  expect,
}) => {
  const device = await cloud.newDevice()
  await expectOne(cloud, authority, device)
  const first = device.identity
  await expectOne(cloud, authority, device)
  expect(statusOf(cloud.world, first.certificateId)).toBe('gone')
  expect(issuedFor(authority, first)[0]?.revocation?.reason).toBe('SUPERSEDED')
  expect(issuedFor(authority, device.identity)[0]?.revocation).toBeUndefined()
})

test('C7: an authority that takes its time is waited for, and then asked again for the same certificate', async ({
  cloud,
  authority,
  expect,
}) => {
  const { privateAuthorities } = cloud.world.cloud.services
  const { issuingMs } = privateAuthorities
  privateAuthorities.issuingMs = 13_000
  cloud.after(() => void (privateAuthorities.issuingMs = issuingMs))
  const device = await cloud.newDevice()
  await expectOne(cloud, authority, device)
  const busy = codesOf(device).filter(code => code === 'ISSUER_BUSY')
  expect(busy.length).toBeGreaterThan(0)
  cloud.fired(busy.length)
})

test.for([
  ['IssueCertificate', 2],
  ['IssueCertificate', 20],
  ['GetCertificate', 7],
  ['RegisterCertificateWithoutCA', 7],
] as const)(
  'C7: %s throttled %i times leaves one certificate',
  async ([name, times], { cloud, authority, expect }) => {
    const device = await cloud.newDevice()
    failNext(cloud, name, times, { when: 'before', answer: throttled })
    await expectOne(cloud, authority, device)
    // The SDK tries five times before the function learns of it, and two functions may be at it.
    if (times === 20) expect(codesOf(device)).toContain('ISSUER_BUSY')
  },
)

test.for([
  ['IssueCertificate', 1],
  ['IssueCertificate', 6],
  ['RegisterCertificateWithoutCA', 1],
  ['RegisterCertificateWithoutCA', 6],
] as const)(
  'C7: the answer to %s lost %i times leaves one certificate',
  async ([name, times], { cloud, authority }) => {
    const device = await cloud.newDevice()
    failNext(cloud, name, times, { when: 'after', answer: 'drop' })
    await expectOne(cloud, authority, device)
  },
)

test.for(['IssueCertificate', 'GetCertificate', 'RegisterCertificateWithoutCA', 'UpdateThingShadow'])(
  'C7: a function that dies once %s has taken effect leaves one certificate',
  async (name, { cloud, authority, expect }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const before = authority.issued.size
    const kill = world.cloud.killAtCall({
      functionName: functionNames.create,
      callNumber: 1,
      when: 'after',
      // The record is also made, with nothing in it, before anything is issued.
      matches: call =>
        call.name === name && (name !== 'UpdateThingShadow' || namesNew(call, device.thingName)),
    })
    let issuedByThen = 0
    void kill.fired.then(() => (issuedByThen = authority.issued.size - before))
    cloud.after(() => kill.disarm())
    await expectOne(cloud, authority, device)
    expect((await kill.fired).name).toBe(name)
    // What a call does is done after the process has died of it.
    if (name !== 'IssueCertificate') expect(issuedByThen).toBeGreaterThan(0)
    cloud.fired()
  },
)

const namesNew = ({ params, input }: ObservedCall, thingName: string): boolean =>
  params['thingName'] === thingName && JSON.stringify(input).includes('"newCertificateId"')

test('C7: two creates at once are given one certificate, and the second finds it registered', async ({
  cloud,
  authority,
  expect,
}) => {
  const { world } = cloud
  const device = await cloud.newDevice()
  const execution = await begin(world, device)
  const { csr, privateKeyPem } = await makeKey()
  const known: unknown[] = []
  cloud.after(
    world.cloud.observe(event => {
      if (event.kind === 'call' && event.call.errorCode === 'ResourceAlreadyExistsException')
        known.push(event.call.input['certificatePem'])
    }),
  )
  cloud.after(meetAtRegistration(cloud, privateKeyPem, 2))
  await Promise.all([1, 2].map(async () => device.publish('create', { ...execution, csr })))
  const answers = await until(
    'two answers',
    () => device.answers.filter(({ kind, accepted }) => kind === 'create' && accepted),
    ({ length }) => length === 2,
  )
  const certificateIds = answers.map(({ reply }) => String(reply['certificateId']))
  expect(new Set(certificateIds).size).toBe(1)
  const [certificateId = ''] = certificateIds
  const certificatePem = String(answers[0]?.reply['certificatePem'])
  await device.use({ certificateId, certificatePem, privateKeyPem })
  await commit(device, execution)
  await succeed(device, execution)
  await expectAtRest(world, device)
  expect(issuedFor(authority, device.identity)).toHaveLength(1)
  expect(known).toContain(certificatePem)
  cloud.fired()
})

test.for([
  ['ISSUER_NOT_ACTIVE', 'DISABLED'],
  ['ISSUER_NOT_ACTIVE', 'DELETED'],
] as const)(
  'a create is refused as %s while the authority is %s',
  async ([code, set], { cloud, authority, expect }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    authority.set = set
    cloud.after(() => void (authority.set = 'ACTIVE'))
    const execution = await begin(world, device)
    const { accepted, reply } = await device.ask('create', { ...execution, csr: (await makeKey()).csr })
    expect({ accepted, ...reply }).toMatchObject({
      accepted: false,
      code,
      retryable: false,
      errorMsg: expect.stringContaining(`the authority is ${set}`),
    })
    await device.report(execution.jobId, 'FAILED')
  },
)
