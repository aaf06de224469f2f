import { generateKeyPairSync, randomUUID } from 'node:crypto'
import {
  AttachSecurityProfileCommand,
  CreateAuditSuppressionCommand,
  CreateScheduledAuditCommand,
  CreateSecurityProfileCommand,
  DescribeAccountAuditConfigurationCommand,
  DescribeAuditTaskCommand,
  IoTClient,
  ListAuditFindingsCommand,
  ListAuditTasksCommand,
  paginateListAuditFindings,
  StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { Certificates } from '../certificates/certificates.ts'
import { distinguishedName, issueCertificate, pemOf } from '../certificates/issue.ts'
import { Schedules } from '../schedules/schedules.ts'
import { serveOperations } from '../testing/api-server.ts'
import { testIssuer } from '../testing/device-fleet.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { vulnerablePublicKey } from '../testing/vulnerable-key.ts'
import { type DeviceDefender, deviceDefender } from './device-defender.ts'

const dayMs = 86_400_000
const topicArn = 'arn:aws:sns:us-east-1:123456789012:audits'
const roleArn = 'arn:aws:iam::123456789012:role/Audits'
const age = 'DEVICE_CERTIFICATE_AGE_CHECK'
const expiring = 'DEVICE_CERTIFICATE_EXPIRING_CHECK'
const keyQuality = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK'

const clock = new ManualClock()
const schedules = new Schedules(clock)
const certificates = new Certificates(defaultAccount, randomUUID)
const issuer = testIssuer()
let told: { topicArn: string; message: Record<string, unknown> }[] = []
let failures: string[] = []
let topicIsThere = true
let server: Awaited<ReturnType<typeof serveOperations>>
let iot: IoTClient
let defender: DeviceDefender

beforeAll(async () => {
  defender = deviceDefender({
    account: defaultAccount,
    clock,
    newId: randomUUID,
    registry: { certificates },
    schedules,
    publish(topic, message) {
      if (!topicIsThere) throw new Error('Topic does not exist')
      told.push({ topicArn: topic, message: JSON.parse(message) })
    },
    failed: (source, reason) => failures.push(`${source}: ${reason}`),
  })
  server = await serveOperations({ operations: defender.operations })
  iot = new IoTClient({ ...server.settings, maxAttempts: 1 })
})

beforeEach(() => {
  told = []
  failures = []
  topicIsThere = true
  for (const { certificateId } of certificates.all()) {
    certificates.setStatus(certificateId, 'INACTIVE', clock.now())
    certificates.delete(certificateId)
  }
})

afterAll(async () => {
  schedules.stop()
  iot.destroy()
  await server.stop()
})

function ellipticKey(): Buffer {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return publicKey.export({ format: 'der', type: 'spki' })
}

/** @returns the id of a certificate that is active */
function certificate({ publicKeyInfo = ellipticKey(), validDays = 3_000, ageDays = 0 } = {}): string {
  const nowMs = clock.now()
  const der = issueCertificate(issuer, {
    subject: distinguishedName([['CN', 'device']]),
    publicKeyInfo,
    notBefore: new Date(nowMs - 3_000 * dayMs),
    notAfter: new Date(nowMs + validDays * dayMs),
    purpose: 'client',
  })
  const made = certificates.register(pemOf('CERTIFICATE', der), 'DEFAULT', 'ACTIVE', nowMs - ageDays * dayMs)
  return made.certificateId
}

async function enable(checks: Record<string, Record<string, string>>): Promise<void> {
  const auditCheckConfigurations = Object.fromEntries(
    Object.entries(checks).map(([name, configuration]) => [name, { enabled: true, configuration }]),
  )
  await iot.send(
    new UpdateAccountAuditConfigurationCommand({
      roleArn,
      auditCheckConfigurations,
      auditNotificationTargetConfigurations: { SNS: { targetArn: topicArn, roleArn, enabled: true } },
    }),
  )
}

async function audit(...targetCheckNames: string[]): Promise<string> {
  const { taskId = '' } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }))
  clock.advance(1)
  return taskId
}

async function findingsOf(taskId: string, checkName?: string) {
  const { findings = [] } = await iot.send(new ListAuditFindingsCommand({ taskId, checkName }))
  return findings.map(({ nonCompliantResource, severity, reasonForNonComplianceCode }) => [
    nonCompliantResource?.resourceIdentifier?.deviceCertificateId,
    severity,
    reasonForNonComplianceCode,
  ])
}

describe('an audit', () => {
  test('finds certificates from the age that is set for them', async () => {
    await enable({ [age]: { CERT_AGE_THRESHOLD_IN_DAYS: '100' } })
    certificate({ ageDays: 99 })
    const old = certificate({ ageDays: 100 })
    expect(await findingsOf(await audit(age))).toEqual([[old, 'LOW', 'CERTIFICATE_PAST_AGE_THRESHOLD']])
  })

  test('finds certificates that expire within the usual 30 days, or have expired', async () => {
    await enable({ [expiring]: {} })
    certificate({ validDays: 31 })
    const soon = certificate({ validDays: 29 })
    const past = certificate({ validDays: -1 })
    expect(await findingsOf(await audit(expiring))).toEqual([
      [soon, 'MEDIUM', 'CERTIFICATE_APPROACHING_EXPIRATION'],
      [past, 'MEDIUM', 'CERTIFICATE_PAST_EXPIRATION'],
    ])
  })

  test('finds RSA keys that CVE-2017-15361 gives away, and no others', async () => {
    await enable({ [keyQuality]: {} })
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    certificate({ publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }) })
    certificate()
    const weak = certificate({ publicKeyInfo: vulnerablePublicKey() })
    expect(await findingsOf(await audit(keyQuality))).toEqual([
      [weak, 'CRITICAL', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361'],
    ])
  })

  test('looks at active certificates alone', async () => {
    await enable({ [age]: {} })
    const retired = certificate({ ageDays: 400 })
    certificates.setStatus(retired, 'INACTIVE', clock.now())
    expect(await findingsOf(await audit(age))).toEqual([])
  })

  test('tells the account’s topic numbers and no certificate', async () => {
    await enable({ [age]: {}, [keyQuality]: {} })
    certificate({ ageDays: 400 })
    certificate()
    const taskId = await audit(age, keyQuality)
    expect(told).toEqual([
      {
        topicArn,
        message: {
          accountId: '123456789012',
          taskId,
          taskStatus: 'COMPLETED',
          taskType: 'ON_DEMAND_AUDIT_TASK',
          failedChecksCount: 0,
          canceledChecksCount: 0,
          nonCompliantChecksCount: 1,
          compliantChecksCount: 1,
          totalChecksCount: 2,
          taskStartTime: clock.now() - 1,
          auditDetails: [
            {
              checkName: age,
              checkRunStatus: 'COMPLETED_NON_COMPLIANT',
              nonCompliantResourcesCount: 1,
              totalResourcesCount: 2,
            },
            {
              checkName: keyQuality,
              checkRunStatus: 'COMPLETED_COMPLIANT',
              nonCompliantResourcesCount: 0,
              totalResourcesCount: 2,
            },
          ],
        },
      },
    ])
  })

  test('that can tell nobody is a problem of the cloud, and ends all the same', async () => {
    await enable({ [age]: {} })
    topicIsThere = false
    const taskId = await audit(age)
    expect(failures).toEqual(['Device Defender: Topic does not exist'])
    const { taskStatus } = await iot.send(new DescribeAuditTaskCommand({ taskId }))
    expect(taskStatus).toBe('COMPLETED')
  })

  test('is under way until it is made, and is described and listed', async () => {
    await enable({ [age]: {} })
    certificate({ ageDays: 400 })
    const startTime = new Date(clock.now())
    const { taskId } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [age] }))
    const described = async () => iot.send(new DescribeAuditTaskCommand({ taskId }))
    expect(await described()).toMatchObject({
      taskStatus: 'IN_PROGRESS',
      taskStatistics: { totalChecks: 1, inProgressChecks: 1 },
    })
    clock.advance(1)
    expect(await described()).toMatchObject({
      taskStatus: 'COMPLETED',
      taskStartTime: startTime,
      taskStatistics: { inProgressChecks: 0, nonCompliantChecks: 1 },
      auditDetails: {
        [age]: { checkCompliant: false, nonCompliantResourcesCount: 1, totalResourcesCount: 1 },
      },
    })
    const listed = async (taskStatus: 'COMPLETED' | 'FAILED') => {
      const endTime = new Date(clock.now())
      const { tasks = [] } = await iot.send(new ListAuditTasksCommand({ startTime, endTime, taskStatus }))
      return tasks.map(task => task.taskId)
    }
    expect(await listed('COMPLETED')).toEqual([taskId])
    expect(await listed('FAILED')).toEqual([])
  })

  test('keeps its findings page by page, of 25 unless more are asked for', async () => {
    await enable({ [age]: {} })
    const publicKeyInfo = ellipticKey()
    const ids = Array.from({ length: 30 }, () => certificate({ publicKeyInfo, ageDays: 400 }))
    const taskId = await audit(age)
    const { findings } = await iot.send(new ListAuditFindingsCommand({ taskId }))
    expect(findings).toHaveLength(25)
    const pages: (string | undefined)[][] = []
    for await (const page of paginateListAuditFindings({ client: iot, pageSize: 20 }, { taskId }))
      pages.push(
        (page.findings ?? []).map(
          ({ nonCompliantResource }) => nonCompliantResource?.resourceIdentifier?.deviceCertificateId,
        ),
      )
    expect(pages.map(({ length }) => length)).toEqual([20, 10])
    expect(pages.flat()).toEqual(ids)
  })

  test('counts no suppressed finding, and lists it apart', async () => {
    await enable({ [age]: {} })
    const deviceCertificateId = certificate({ ageDays: 400 })
    await iot.send(
      new CreateAuditSuppressionCommand({
        checkName: age,
        resourceIdentifier: { deviceCertificateId },
        suppressIndefinitely: true,
        clientRequestToken: randomUUID(),
      }),
    )
    const taskId = await audit(age)
    expect(told[0]?.message).toMatchObject({ nonCompliantChecksCount: 0, compliantChecksCount: 1 })
    const listed = async (listSuppressedFindings?: boolean) => {
      const { findings } = await iot.send(new ListAuditFindingsCommand({ taskId, listSuppressedFindings }))
      return findings?.map(({ isSuppressed }) => isSuppressed)
    }
    expect([await listed(false), await listed(true), await listed()]).toEqual([[], [true], [true]])
  })

  test('is found by the time of its findings as well', async () => {
    await enable({ [age]: {} })
    certificate({ ageDays: 400 })
    const startTime = new Date(clock.now())
    await audit(age)
    const within = async (endTime: Date) =>
      (await iot.send(new ListAuditFindingsCommand({ startTime, endTime }))).findings?.length
    expect([await within(new Date(clock.now())), await within(startTime)]).toEqual([1, 1])
    clock.advance(1_000)
    const { findings } = await iot.send(
      new ListAuditFindingsCommand({ startTime: new Date(clock.now()), endTime: new Date(clock.now()) }),
    )
    expect(findings).toEqual([])
  })

  test.each([
    ['a check that is off', async () => audit(expiring), /not enabled/],
    ['a check that nobody knows', async () => audit('MAGIC_CHECK'), /not enabled/],
    ['no check', async () => audit(), /must name checks/],
  ])('of %s is refused', async (_, begin, reason) => {
    defender.audits.configuration.checks.clear()
    await expect(begin()).rejects.toThrow(reason)
  })

  test('that is not there cannot be described', async () => {
    await expect(iot.send(new DescribeAuditTaskCommand({ taskId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  test('has no findings but by its task, or between two times', async () => {
    await expect(iot.send(new ListAuditFindingsCommand({ checkName: age }))).rejects.toThrow(/Either taskId/)
    await expect(
      iot.send(new ListAuditFindingsCommand({ taskId: 't', startTime: new Date(), endTime: new Date() })),
    ).rejects.toThrow(/Either taskId/)
  })
})

describe('a scheduled audit', () => {
  const schedule = async (scheduledAuditName: string, frequency: 'DAILY' | 'WEEKLY' = 'DAILY') =>
    iot.send(new CreateScheduledAuditCommand({ scheduledAuditName, frequency, targetCheckNames: [age] }))

  test('is made every day, and told by its name', async () => {
    await enable({ [age]: {} })
    const { scheduledAuditArn } = await schedule('daily')
    expect(scheduledAuditArn).toBe('arn:aws:iot:us-east-1:123456789012:scheduledaudit/daily')
    clock.advance(dayMs + 1)
    clock.advance(dayMs + 1)
    const day = { taskType: 'SCHEDULED_AUDIT_TASK', scheduledAuditName: 'daily', taskStatus: 'COMPLETED' }
    expect(told.map(({ message }) => message)).toMatchObject([day, day])
    const taskId = String(told[0]?.message['taskId'])
    const { taskType, scheduledAuditName } = await iot.send(new DescribeAuditTaskCommand({ taskId }))
    expect([taskType, scheduledAuditName]).toEqual(['SCHEDULED_AUDIT_TASK', 'daily'])
  })

  test('is made once, of checks that are on, and as often as this cloud can', async () => {
    await enable({ [age]: {} })
    await schedule('once')
    await expect(schedule('once')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' })
    await expect(schedule('seldom', 'WEEKLY')).rejects.toThrow(/not in this cloud/)
    defender.audits.configuration.checks.clear()
    await expect(schedule('off')).rejects.toThrow(/not enabled/)
    clock.advance(dayMs)
    expect(failures).toContainEqual(expect.stringContaining('scheduledaudit/once'))
  })
})

describe('the configuration of the account', () => {
  test('is kept, and only what is given changes', async () => {
    await enable({ [age]: { CERT_AGE_THRESHOLD_IN_DAYS: '90' } })
    await iot.send(
      new UpdateAccountAuditConfigurationCommand({
        auditCheckConfigurations: { [keyQuality]: { enabled: false } },
      }),
    )
    expect(await iot.send(new DescribeAccountAuditConfigurationCommand({}))).toMatchObject({
      roleArn,
      auditNotificationTargetConfigurations: { SNS: { targetArn: topicArn, roleArn, enabled: true } },
      auditCheckConfigurations: {
        [age]: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '90' } },
        [keyQuality]: { enabled: false },
      },
    })
  })

  test('needs a role in the first place', async () => {
    defender.audits.configuration.roleArn = undefined
    await expect(iot.send(new UpdateAccountAuditConfigurationCommand({}))).rejects.toThrow(/roleArn/)
  })

  test.each([
    ['29 days', { [age]: { CERT_AGE_THRESHOLD_IN_DAYS: '29' } }, /from 30 to 3652/],
    ['days that are no number', { [age]: { CERT_AGE_THRESHOLD_IN_DAYS: 'many' } }, /from 30 to 3652/],
    ['a setting of another check', { [age]: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '30' } }, /no setting/],
    ['a check that nobody knows', { MAGIC_CHECK: {} }, /no audit check/],
  ])('with %s is refused', async (_, checks, reason) => {
    await expect(enable(checks)).rejects.toThrow(reason)
  })
})

describe('a violation', () => {
  const behaviors = [{ name: 'too-many-messages', metric: 'aws:num-messages-sent' }]
  const profile = async (name: string, alertTargetArn?: string) =>
    iot.send(
      new CreateSecurityProfileCommand({
        securityProfileName: name,
        behaviors,
        ...(alertTargetArn !== undefined && { alertTargets: { SNS: { alertTargetArn, roleArn } } }),
      }),
    )
  const violate = (name: string, behavior = 'too-many-messages') =>
    defender.detect.violate({ profile: name, behavior, thingName: 'thing-1', count: 9 })

  test('is told when it begins and when it is over, by one id', async () => {
    await profile('told', topicArn)
    const { violationId, clear } = violate('told')
    const event = {
      violationEventTime: clock.now(),
      thingName: 'thing-1',
      behavior: behaviors[0],
      metricValue: { count: 9 },
      violationId,
      securityProfileName: 'told',
    }
    expect(told).toEqual([{ topicArn, message: { ...event, violationEventType: 'in-alarm' } }])
    clear()
    expect(told[1]).toEqual({ topicArn, message: { ...event, violationEventType: 'alarm-cleared' } })
  })

  test('of a profile without a target is told to nobody', async () => {
    await profile('untold')
    violate('untold')
    expect(told).toEqual([])
  })

  test('is of a profile and a behavior of it', async () => {
    await profile('narrow')
    expect(() => violate('wide')).toThrow(/no behavior/)
    expect(() => violate('narrow', 'too-few-messages')).toThrow(/no behavior/)
  })

  test('a profile is attached to what it is for', async () => {
    const securityProfileTargetArn = 'arn:aws:iot:us-east-1:123456789012:thinggroup/cores'
    const attach = (securityProfileName: string) =>
      iot.send(new AttachSecurityProfileCommand({ securityProfileName, securityProfileTargetArn }))
    await profile('attached')
    await attach('attached')
    expect(defender.detect.targetsOf('attached')).toEqual([securityProfileTargetArn])
    await expect(attach('none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('a profile is made once', async () => {
    await profile('once')
    await expect(profile('once')).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' })
  })
})
