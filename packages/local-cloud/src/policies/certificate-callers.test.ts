import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { type WirelessBroker, wirelessBroker } from '../testing/wireless-broker.ts'
import { authorizeCertificateCaller } from './certificate-callers.ts'

let world: WirelessBroker

beforeEach(() => {
  world = wirelessBroker()
})

const allowing = (Action: string, resource: string) => ({
  Effect: 'Allow',
  Action,
  Resource: `arn:aws:iot:us-east-1:123456789012:${resource}`,
})

function admits(certificateId: string, name: string, params: Record<string, string>, query = ''): boolean {
  const call = {
    service: 'iotdata',
    name,
    caller: { certificateId },
    params,
    query: new URLSearchParams(query),
    headers: {},
    input: {},
  }
  try {
    authorizeCertificateCaller({ account: defaultAccount, ...world.registry }, certificateId, call)
    return true
  } catch {
    return false
  }
}

describe('a call by mutual TLS', () => {
  test.each([
    'GetPendingJobExecutions',
    'StartNextPendingJobExecution',
    'DescribeJobExecution',
    'UpdateJobExecution',
  ])('to %s needs the action of that name on the thing', name => {
    const policy = allowing(`iotjobsdata:${name}`, 'thing/${iot:Connection.Thing.ThingName}')
    const { certificateId } = world.device({ policy, thingName: 'pump1' }).certificate
    expect(admits(certificateId, name, { thingName: 'pump1' })).toBe(true)
    expect(admits(certificateId, name, { thingName: 'pump10' })).toBe(false)
    const other = world.device({ policy: allowing('iotjobsdata:Other', 'thing/*'), thingName: 'pump2' })
    expect(admits(other.certificate.certificateId, name, { thingName: 'pump2' })).toBe(false)
  })

  test('to a shadow needs the permission for that shadow, named or not', () => {
    const policy = [
      allowing('iot:GetThingShadow', 'thing/pump1'),
      allowing('iot:*ThingShadow', 'thing/pump1/mine'),
    ]
    const { certificateId } = world.device({ policy }).certificate
    const may = (name: string, query: string) => admits(certificateId, name, { thingName: 'pump1' }, query)
    expect([may('GetThingShadow', ''), may('UpdateThingShadow', '')]).toEqual([true, false])
    expect([may('UpdateThingShadow', 'name=mine'), may('DeleteThingShadow', 'name=other')]).toEqual([
      true,
      false,
    ])
  })

  test('to an operation that no device has is refused whatever the policy says', () => {
    const { certificateId } = world.device().certificate
    expect(admits(certificateId, 'CreateThing', {})).toBe(false)
  })

  test('with a certificate that is not active, or unknown, is refused', () => {
    const { certificateId } = world.device().certificate
    expect(admits(certificateId, 'Publish', { topic: 'a' })).toBe(true)
    world.registry.certificates.setStatus(certificateId, 'INACTIVE', 0)
    expect(admits(certificateId, 'Publish', { topic: 'a' })).toBe(false)
    expect(admits('f'.repeat(64), 'Publish', { topic: 'a' })).toBe(false)
  })
})
