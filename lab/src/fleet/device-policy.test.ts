import { devicePolicy } from '@rotator/infra/device-policy'
import { defaultAccount } from '@rotator/local-cloud/account'
import { deviceAuthority } from '@rotator/local-cloud/policies/device-authority'
import { readPolicyDocument } from '@rotator/local-cloud/policies/policy-document'
import { wirelessBroker } from '@rotator/local-cloud/testing/wireless-broker'
import { jobIdSchema, type ThingName, thingNameSchema } from '@rotator/protocol/ids'
import { recordShadowName } from '@rotator/protocol/names'
import { certificateTopics, jobTopics, subscriptions } from '@rotator/protocol/topics'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'

const { region, accountId } = defaultAccount
const text = devicePolicy({ partition: 'aws', region, accountId, roleAlias: 'Alias' })
const own = v.parse(thingNameSchema, 'pump1')
const other = v.parse(thingNameSchema, 'pump10')
const jobId = v.parse(jobIdSchema, 'a-job')

/** What the local cloud's policy engine lets a device with this policy do, and perhaps with another one. */
function mayDevice(...more: object[]) {
  const broker = wirelessBroker()
  const policy = [...JSON.parse(text).Statement, ...more]
  const { certificateId } = broker.device({ policy, thingName: own }).certificate
  const connection = deviceAuthority(
    { account: defaultAccount, ...broker.registry },
    { certificateId, clientId: own },
  )
  return (action: string, resource: string): boolean => connection.allows(action, resource)
}

const requestsOf = (thing: ThingName): string[] => [
  certificateTopics.create(thing),
  certificateTopics.commit(thing),
  jobTopics.get(thing, '$next'),
  jobTopics.update(thing, jobId),
]

const record = `$aws/things/${own}/shadow/name/${recordShadowName}`
const writing: [string, string][] = [
  ['iot:Publish', `topic/${record}/update`],
  ['iot:Publish', `topic/${record}/delete`],
  ['iot:UpdateThingShadow', `thing/${own}/${recordShadowName}`],
  ['iot:DeleteThingShadow', `thing/${own}/${recordShadowName}`],
]

/**
 * What Greengrass itself says and hears, from the sources of its nucleus 2.18 (`IotJobsClientWrapper`, `ShadowDeploymentListener`,
 * `FleetStatusService`, `TelemetryAgent`) and of Nucleus Lite 2.6 (`iot_jobs_listener.c`, `fleet_status_service.c`). A publish
 * that is not allowed has AWS IoT drop the connection.
 */
const greengrassJobs = `$aws/things/${own}/jobs`
const deploymentShadow = `$aws/things/${own}/shadow/name/AWSManagedGreengrassV2Deployment`
const saidByGreengrass = [
  `${greengrassJobs}/$next/namespace-aws-gg-deployment/get`,
  `${greengrassJobs}/a-deployment/namespace-aws-gg-deployment/update`,
  `${deploymentShadow}/get`,
  `${deploymentShadow}/update`,
  `$aws/things/${own}/greengrassv2/health/json`,
  `$aws/things/${own}/greengrass/health/json`,
]
const heardByGreengrass = [
  `${greengrassJobs}/notify-namespace-aws-gg-deployment`,
  `${greengrassJobs}/notify-next-namespace-aws-gg-deployment`,
  `${greengrassJobs}/$next/namespace-aws-gg-deployment/get/accepted`,
  `${greengrassJobs}/$next/namespace-aws-gg-deployment/get/rejected`,
  `${greengrassJobs}/+/namespace-aws-gg-deployment/update/accepted`,
  `${greengrassJobs}/+/namespace-aws-gg-deployment/update/rejected`,
  `${deploymentShadow}/get/accepted`,
  `${deploymentShadow}/update/accepted`,
  `${deploymentShadow}/update/rejected`,
]

describe('the policy of a device', () => {
  test.each(saidByGreengrass)('allows what Greengrass itself says on %s', topic => {
    expect(mayDevice()('iot:Publish', `topic/${topic}`)).toBe(true)
  })

  test.each(heardByGreengrass)('allows what Greengrass itself hears on %s', filter => {
    const allows = mayDevice()
    expect(allows('iot:Subscribe', `topicfilter/${filter}`)).toBe(true)
    expect(allows('iot:Receive', `topic/${filter.replace('+', 'a-deployment')}`)).toBe(true)
  })

  test('allows everything that a rotation says and hears', () => {
    const allows = mayDevice()
    for (const topic of requestsOf(own))
      expect([topic, allows('iot:Publish', `topic/${topic}`)]).toEqual([topic, true])
    for (const filter of subscriptions(own)) {
      const topic = filter.replace('+', 'a-job')
      expect([filter, allows('iot:Subscribe', `topicfilter/${filter}`)]).toEqual([filter, true])
      expect([topic, allows('iot:Receive', `topic/${topic}`)]).toEqual([topic, true])
    }
    expect(allows('iot:AssumeRoleWithCertificate', 'rolealias/Alias')).toBe(true)
  })

  test('allows the connections of Greengrass and of the probe', () => {
    const allows = mayDevice()
    for (const clientId of [own, `${own}#2`, `${own}#certificate-probe`]) {
      expect(allows('iot:Connect', `client/${clientId}`)).toBe(true)
    }
    expect(allows('iot:Connect', `client/${other}`)).toBe(false)
  })

  test('allows nothing in the name of another thing', () => {
    const allows = mayDevice()
    for (const topic of requestsOf(other)) expect(allows('iot:Publish', `topic/${topic}`)).toBe(false)
    for (const filter of subscriptions(other))
      expect(allows('iot:Subscribe', `topicfilter/${filter}`)).toBe(false)
  })

  test.each(writing)('refuses %s on the record, %s, whatever else is allowed', (action, resource) => {
    expect(mayDevice()(action, resource)).toBe(false)
    const anything = { Effect: 'Allow', Action: 'iot:*', Resource: '*' }
    const allows = mayDevice(anything)
    expect(allows(action, resource)).toBe(false)
    expect(allows(action, resource.replace(recordShadowName, 'another'))).toBe(true)
  })

  test('fits into AWS IoT’s 2048 characters in the longest of regions and with the longest of aliases', () => {
    const longest = devicePolicy({
      partition: 'aws-us-gov',
      region: 'us-gov-west-1',
      accountId: '123456789012',
      roleAlias: 'x'.repeat(128),
    })
    expect(longest.length).toBeLessThanOrEqual(2_048)
    expect(readPolicyDocument(longest)).toHaveLength(6)
  })
})
