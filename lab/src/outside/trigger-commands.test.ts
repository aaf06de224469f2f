import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/gu)].map(([, block = '']) => block)
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
  expect(readTriggers(context)).toEqual({
    thingGroup: thingGroupName,
    aged: { afterDays: 365, schedule: 'rate(6 hours)' },
    auditTopicArn: topics['TriggerAuditTopicArn'],
    anomalyTopicArn: topics['TriggerAnomalyTopicArn'],
  })
})
