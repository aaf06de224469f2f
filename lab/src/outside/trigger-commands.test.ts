import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateThingGroupCommand, DescribeAccountAuditConfigurationCommand } from '@aws-sdk/client-iot'
import { readTriggers } from '@rotator/infra/triggers/trigger-settings'
import { startCloud } from '@rotator/local-cloud/cloud'
import { test } from 'vitest'
import { awsClients } from '../operator/aws-clients.ts'
import { accountId, region } from '../world/lab.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { awsEnvironment } from './aws-command.ts'
import { programs } from './debian-packages.ts'
import { runForeign } from './foreign-run.ts'

const page = readFileSync(join(repositoryRoot, 'docs/how-to/trigger-rotations.md'), 'utf8')
const codeBlock = /```sh\n([\s\S]*?)```/gu
const blocksOf = (text: string): string[] => [...text.matchAll(codeBlock)].map(([, block = '']) => block)
const blocks = blocksOf(page)
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`
const thingGroupName = 'core-devices'
/** What the page has the operator make first. */
const variables = {
  audit_role_arn: `arn:aws:iam::${accountId}:role/Audits`,
  publish_role_arn: `arn:aws:iam::${accountId}:role/Publish`,
  thing_group_arn: arn('iot', `thinggroup/${thingGroupName}`),
}

test('aws cli: the commands of the page about triggers set audits and alarms up', async ({
  expect,
  onTestFinished,
}) => {
  const directory = mkdtempSync(join(tmpdir(), 'rotator-commands-'))
  const cloud = await startCloud({ directory })
  const clients = awsClients(cloud.endpoints.http, region)
  onTestFinished(async () => {
    clients.destroy()
    await cloud.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await clients.iot.send(new CreateThingGroupCommand({ thingGroupName }))
  const commands = blocks.filter(block => /\baws /u.test(block))
  expect(commands).toHaveLength(3)
  for (const command of commands) {
    const aws = `aws() { ${programs.aws.path} --endpoint-url ${cloud.endpoints.http} --region ${region} "$@"; }`
    const environment = { ...awsEnvironment, ...variables }
    const { exitCode, stderr } = await runForeign('/bin/sh', ['-ec', `${aws}\n${command}`], { environment })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  }
  const { sns, deviceDefender } = cloud.services
  expect(sns.topics.list().map(({ name }) => name)).toEqual(['certificate-audits', 'certificate-anomalies'])
  const configured = await clients.iot.send(new DescribeAccountAuditConfigurationCommand({}))
  expect(configured).toMatchObject({
    roleArn: variables.audit_role_arn,
    auditNotificationTargetConfigurations: {
      SNS: {
        targetArn: arn('sns', 'certificate-audits'),
        roleArn: variables.publish_role_arn,
        enabled: true,
      },
    },
    auditCheckConfigurations: {
      DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true },
      DEVICE_CERTIFICATE_EXPIRING_CHECK: { enabled: true },
      DEVICE_CERTIFICATE_KEY_QUALITY_CHECK: { enabled: true },
    },
  })
  expect(deviceDefender.detect.targetsOf('cores')).toEqual([variables.thing_group_arn])
})

test('the context of the page about triggers is understood', ({ expect }) => {
  const pairs = [...page.matchAll(/-c ["']?(Trigger\w+)=([^"'\n`]*?)(?=["'\n`]| -c)/gu)]
  const topics: Record<string, string> = {
    TriggerAuditTopicArn: arn('sns', 'certificate-audits'),
    TriggerAnomalyTopicArn: arn('sns', 'certificate-anomalies'),
  }
  const context = Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [name, value === '$topic' ? topics[name] : value]),
  )
  expect(readTriggers(context, problem => new Error(problem))).toEqual({
    thingGroup: thingGroupName,
    aged: { afterDays: 365, schedule: 'rate(6 hours)' },
    auditTopicArn: topics['TriggerAuditTopicArn'],
    anomalyTopicArn: topics['TriggerAnomalyTopicArn'],
  })
})

const howTos = join(repositoryRoot, 'docs/how-to')
const settingGiven = /-c ["']?[A-Z]\w+=/u
const deployment =
  /^npx aws-cdk@\S+ deploy --import-existing-resources --app cdk\.out AWSLabsCertificateRotator$/mu

test.for(['trigger-rotations.md', 'issue-by-private-ca.md', 'upgrade-from-v1.md'])(
  'settings of %s are given to a synthesis, which is what is deployed then',
  (name, { expect }) => {
    const text = readFileSync(join(howTos, name), 'utf8')
    const giving = blocksOf(text).filter(block => settingGiven.test(block))
    expect(giving.length).toBeGreaterThan(0)
    for (const block of giving) {
      expect(block).toMatch(/^npm run synth -- /u)
      expect(block).toMatch(deployment)
    }
    const sentences = text.replaceAll(codeBlock, '')
    expect(sentences).not.toMatch(settingGiven)
  },
)

test('a schedule is stopped by a synthesis without it', ({ expect }) => {
  expect(page).toContain('To stop it, synthesize without `TriggerAfterDays`')
  expect(blocks.filter(block => /^npm run synth$/mu.test(block) && deployment.test(block))).toHaveLength(1)
})

test('no how-to gives settings to the command that deploys, which would not see them', ({ expect }) => {
  const commands = readdirSync(howTos).flatMap(name =>
    blocksOf(readFileSync(join(howTos, name), 'utf8')).flatMap(block => block.split('\n')),
  )
  const deploying = commands.filter(command => command.includes('cdk@') && command.includes(' --app '))
  expect(deploying.length).toBeGreaterThan(5)
  expect(deploying.filter(command => settingGiven.test(command))).toEqual([])
})
