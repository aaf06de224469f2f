import { FakeTimers } from '@rotator/component/testing/fake-timers'
import { describe, expect, test } from 'vitest'
import { VersionOneDevice } from './device.ts'
import type { FileName, IdentityFiles } from './identity-files.ts'
import type { Publication } from './messages.ts'

const jobs = '$aws/things/dev1/jobs'
const certificate = 'awslabs/things/dev1/certificate'

/** Files in memory, where one write can be refused. */
class PlainFiles implements IdentityFiles {
  readonly texts: Map<FileName, string>
  refused: FileName | undefined

  constructor(texts: Partial<Record<FileName, string>> = {}) {
    this.texts = new Map(
      Object.entries({ certificate: 'OLD', 'private-key': 'old key', ...texts }) as [FileName, string][],
    )
  }

  exists(name: FileName): boolean {
    return this.texts.has(name)
  }

  read(name: FileName): string {
    return this.texts.get(name) ?? ''
  }

  write(name: FileName, text: string): void {
    if (name === this.refused) throw new Error('EIO')
    this.texts.set(name, text)
  }

  remove(name: FileName): void {
    if (name === this.refused) throw new Error('EIO')
    this.texts.delete(name)
  }

  get all(): Record<string, string> {
    return Object.fromEntries(this.texts)
  }
}

const backup = { 'certificate.bak': 'OLD', 'private_key.bak': 'old key' } as const
const onNew = { certificate: 'NEW', 'private-key': 'new key', ...backup } as const
const restored = { certificate: 'OLD', 'private-key': 'old key' }

interface Setting {
  files?: PlainFiles
  subscribes?: () => boolean
  makesKey?: () => boolean
}

async function startDevice({
  files = new PlainFiles(),
  subscribes = () => true,
  makesKey = () => true,
}: Setting = {}) {
  const timers = new FakeTimers()
  const published: Publication[] = []
  const filters: string[] = []
  let restarts = 0
  const device = new VersionOneDevice({
    thing: 'dev1',
    files,
    publish: publication => published.push(publication),
    subscribe: async filter => {
      filters.push(filter)
      return subscribes()
    },
    after: (delayMs, task) => timers.after(delayMs, task),
    makeKeyAndCsr: async () => {
      if (!makesKey()) throw new Error('no entropy')
      return { privateKeyPem: 'new key', csrPem: 'CSR' }
    },
    restartGreengrass: () => {
      restarts += 1
    },
  })
  const settled = () => new Promise(resolve => void setImmediate(resolve))
  void device.start()
  await settled()
  return {
    device,
    files,
    timers,
    filters,
    settled,
    published: () => published.splice(0),
    restarts: () => restarts,
    hear: async (topic: string, body: unknown) => {
      device.receive(topic, typeof body === 'string' ? body : JSON.stringify(body))
      await settled()
    },
  }
}

const rotation = (status: string, jobId = 'J1') => ({
  execution: { jobId, status, jobDocument: { operation: 'ROTATE_CERTIFICATE' } },
})

async function untilCreate(setting: Setting = {}) {
  const run = await startDevice(setting)
  await run.hear(`${jobs}/$next/get/accepted`, rotation('QUEUED'))
  await run.hear(`${jobs}/J1/update/accepted`, {})
  return run
}

async function untilCommit(files = new PlainFiles(onNew), setting: Setting = {}) {
  const run = await startDevice({ files, ...setting })
  run.published()
  await run.hear(`${jobs}/$next/get/accepted`, rotation('IN_PROGRESS'))
  return run
}

const failedBecause = (reason: string, jobId = 'J1') => ({
  topic: `${jobs}/${jobId}/update`,
  payload: {
    status: 'FAILED',
    statusDetails: { CertificateRotator: true, DeviceFailureReason: expect.stringMatching(`^${reason}`) },
  },
})

describe('the way of a rotation', () => {
  test('it subscribes to nine topics in order and asks for the next job', async () => {
    const { filters, published } = await startDevice()
    expect(filters).toEqual([
      `${jobs}/notify-next`,
      `${jobs}/+/get/accepted`,
      `${jobs}/+/get/rejected`,
      `${jobs}/+/update/accepted`,
      `${jobs}/+/update/rejected`,
      `${certificate}/create/accepted`,
      `${certificate}/create/rejected`,
      `${certificate}/commit/accepted`,
      `${certificate}/commit/rejected`,
    ])
    expect(published()).toEqual([{ topic: `${jobs}/$next/get`, payload: {} }])
  })

  test('a queued rotation is begun, and its certificate asked for', async () => {
    const { published, device } = await untilCreate()
    expect(published().slice(1)).toEqual([
      {
        topic: `${jobs}/J1/update`,
        payload: { status: 'IN_PROGRESS', statusDetails: { CertificateRotator: true } },
      },
      { topic: `${certificate}/create`, payload: { jobId: 'J1', csr: 'CSR' } },
    ])
    expect(device.state).toBe('CreatingCertificate')
  })

  test('the certificate is installed over a backup; the restart comes when the timer of the state is over', async () => {
    const { hear, files, timers, restarts, published } = await untilCreate()
    published()
    timers.advance(3_000)
    await hear(`${certificate}/create/accepted`, { certificatePem: 'NEW' })
    expect(files.all).toEqual(onNew)
    timers.advance(26_999)
    expect(restarts()).toBe(0)
    timers.advance(1)
    expect(restarts()).toBe(1)
    expect(published()).toEqual([])
  })

  test('on NEW it commits, deletes the backup, reports SUCCEEDED and is idle', async () => {
    const { published, hear, files, device, timers } = await untilCommit()
    expect(published()).toEqual([{ topic: `${certificate}/commit`, payload: { jobId: 'J1' } }])
    await hear(`${certificate}/commit/accepted`, {})
    expect(published()).toEqual([{ topic: `${jobs}/J1/update`, payload: { status: 'SUCCEEDED' } }])
    expect(files.all).toEqual({ certificate: 'NEW', 'private-key': 'new key' })
    expect(device.state).toBe('Idle')
    expect(timers.pending()).toEqual([])
  })

  test('an idle device begins with notify-next', async () => {
    const { hear, published, device } = await startDevice()
    await hear(`${jobs}/$next/get/accepted`, {})
    expect(device.state).toBe('Idle')
    await hear(`${jobs}/notify-next`, rotation('IN_PROGRESS'))
    expect(device.state).toBe('Idle')
    published()
    await hear(`${jobs}/notify-next`, rotation('QUEUED', 'J2'))
    expect(published()).toMatchObject([{ topic: `${jobs}/J2/update` }])
  })
})

describe('what strands or blocks it', () => {
  test('any other message while it asks for the job makes it idle on NEW, with the backup kept', async () => {
    const { hear, files, device, timers } = await startDevice({ files: new PlainFiles(onNew) })
    await hear(`${jobs}/other/update/accepted`, {})
    expect(device.state).toBe('Idle')
    await hear(`${jobs}/$next/get/accepted`, rotation('IN_PROGRESS'))
    timers.advance(3_600_000)
    expect(device.state).toBe('Idle')
    expect(files.all).toEqual(onNew)
  })

  test('an unanswered commit is reported FAILED before it rolls back', async () => {
    const { published, timers, files, restarts } = await untilCommit()
    published()
    timers.advance(30_000)
    expect(published()).toEqual([failedBecause('Comms failure when committing')])
    expect(files.all).toEqual(restored)
    timers.advance(5_000)
    expect(restarts()).toBe(1)
  })

  test('a rejected commit likewise', async () => {
    const { published, hear, files } = await untilCommit()
    published()
    await hear(`${certificate}/commit/rejected`, { errorMsg: 'Pre-conditions not met' })
    expect(published()).toEqual([failedBecause('Commit was rejected')])
    expect(files.all).toEqual(restored)
  })

  test('a second copy of create/accepted puts NEW over the backup of OLD', async () => {
    const { hear, files } = await untilCreate()
    await hear(`${certificate}/create/accepted`, { certificatePem: 'NEW' })
    await hear(`${certificate}/create/accepted`, { certificatePem: 'NEW' })
    expect(files.all).toMatchObject({ 'certificate.bak': 'NEW', 'private_key.bak': 'new key' })
  })

  test("the reply to another program's update is taken for its own, and so is that job", async () => {
    const { hear, published } = await startDevice()
    await hear(`${jobs}/$next/get/accepted`, rotation('QUEUED'))
    published()
    await hear(`${jobs}/other/update/accepted`, {})
    expect(published()).toMatchObject([{ payload: { jobId: 'other', csr: 'CSR' } }])
  })

  test('without a backup a job in progress is reported FAILED, whichever identity it is on', async () => {
    const { published } = await untilCommit(new PlainFiles({ certificate: 'NEW' }))
    expect(published()).toEqual([failedBecause('Rollback completed')])
  })

  test('one backup file of two is no backup', async () => {
    const { published } = await untilCommit(new PlainFiles({ 'private_key.bak': 'old key' }))
    expect(published()).toEqual([failedBecause('Rollback completed')])
  })
})

describe('refusals, silence and errors', () => {
  test('a rejected create is FAILED, and nothing was changed', async () => {
    const { hear, published, files, device } = await untilCreate()
    published()
    await hear(`${certificate}/create/rejected`, {})
    expect(published()).toEqual([failedBecause('Create was rejected')])
    expect(files.all).toEqual(restored)
    expect(device.state).toBe('Idle')
  })

  test('an unanswered create is FAILED after 30 s, and what comes then is not installed', async () => {
    const { hear, published, files, timers } = await untilCreate()
    published()
    timers.advance(30_000)
    expect(published()).toEqual([failedBecause('Comms failure when creating')])
    await hear(`${certificate}/create/accepted`, { certificatePem: 'NEW' })
    expect(files.all).toEqual(restored)
  })

  test('a rejected or unanswered IN_PROGRESS is given up silently', async () => {
    const refused = await startDevice()
    await refused.hear(`${jobs}/$next/get/accepted`, rotation('QUEUED'))
    await refused.hear(`${jobs}/J1/update/rejected`, {})
    expect(refused.device.state).toBe('Idle')
    const silent = await startDevice()
    await silent.hear(`${jobs}/$next/get/accepted`, rotation('QUEUED'))
    silent.timers.advance(30_000)
    expect(silent.device.state).toBe('Idle')
  })

  test('a key that cannot be made is FAILED', async () => {
    const { published } = await untilCreate({ makesKey: () => false })
    expect(published().slice(2)).toEqual([failedBecause('Error creating the CSR')])
  })

  test('an install that fails is FAILED and restarts; a complete backup stays behind', async () => {
    const files = new PlainFiles()
    const { hear, published, timers, restarts } = await untilCreate({ files })
    published()
    files.refused = 'certificate'
    await hear(`${certificate}/create/accepted`, { certificatePem: 'NEW' })
    expect(published()).toEqual([failedBecause('Error rotating the')])
    expect(files.all).toEqual({ ...restored, ...backup })
    timers.advance(5_000)
    expect(restarts()).toBe(1)
  })

  test('a backup that cannot be deleted after the commit ends as FAILED with a rollback', async () => {
    const files = new PlainFiles(onNew)
    const { hear, published, timers } = await untilCommit(files)
    published()
    files.refused = 'certificate.bak'
    await hear(`${certificate}/commit/accepted`, {})
    expect(published()).toEqual([])
    timers.advance(30_000)
    expect(published()).toEqual([failedBecause('Comms failure when committing')])
    expect(files.all).toMatchObject(restored)
  })

  test('payloads that are no JSON object are dropped', async () => {
    const { hear, device } = await startDevice()
    await hear(`${jobs}/$next/get/accepted`, '{')
    await hear(`${jobs}/$next/get/accepted`, 'null')
    expect(device.state).toBe('GettingJob')
  })

  test('a refused look at the queue rolls back where there is a backup, and the job is not told', async () => {
    const { hear, published, files, timers, restarts } = await startDevice({ files: new PlainFiles(onNew) })
    published()
    await hear(`${jobs}/$next/get/rejected`, {})
    expect(files.all).toEqual(restored)
    timers.advance(29_000)
    expect(restarts()).toBe(0)
    timers.advance(1_000)
    expect(restarts()).toBe(1)
    expect(published()).toEqual([])
  })

  test('an unanswered look at the queue rolls back, or is idle without a backup', async () => {
    const onTrial = await startDevice({ files: new PlainFiles(onNew) })
    onTrial.timers.advance(35_000)
    expect(onTrial.files.all).toEqual(restored)
    expect(onTrial.restarts()).toBe(1)
    const onOld = await startDevice()
    onOld.timers.advance(30_000)
    expect(onOld.device.state).toBe('Idle')
    expect(onOld.restarts()).toBe(0)
  })
})

describe('subscribing', () => {
  test('a failing round is begun anew after 10 s', async () => {
    let refusals = 1
    const { filters, timers, settled, published } = await startDevice({ subscribes: () => refusals-- <= 0 })
    expect(filters).toHaveLength(1)
    expect(published()).toEqual([])
    timers.advance(10_000)
    await settled()
    expect(filters).toHaveLength(10)
    expect(published()).toHaveLength(1)
  })

  test('with a backup the first failure rolls back and restarts', async () => {
    const { files, timers, restarts } = await startDevice({
      files: new PlainFiles(onNew),
      subscribes: () => false,
    })
    expect(files.all).toEqual(restored)
    timers.advance(5_000)
    expect(restarts()).toBe(1)
  })

  test('a killed process does nothing more', async () => {
    const { device, hear, published, timers, restarts } = await untilCommit()
    published()
    device.kill()
    await hear(`${certificate}/commit/accepted`, {})
    timers.advance(3_600_000)
    expect(published()).toEqual([])
    expect(restarts()).toBe(0)
  })
})
