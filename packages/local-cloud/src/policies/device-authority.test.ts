import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { groupArn } from '../registry/registry-service.ts'
import { allow } from '../testing/device-fleet.ts'
import { type WirelessBroker, wirelessBroker } from '../testing/wireless-broker.ts'
import { deviceAuthority } from './device-authority.ts'

let world: WirelessBroker

beforeEach(() => {
  world = wirelessBroker()
})

const authorityOf = (certificateId: string, clientId?: string) =>
  deviceAuthority(
    { account: defaultAccount, ...world.registry },
    { certificateId, ...(clientId !== undefined && { clientId }) },
  )

const publishing = (topic: string, Condition?: object) => ({
  Effect: 'Allow',
  Action: 'iot:Publish',
  Resource: `arn:aws:iot:us-east-1:123456789012:topic/${topic}`,
  ...(Condition !== undefined && { Condition }),
})

describe('the thing of a connection', () => {
  test('is the exclusive thing of the certificate, whatever the client id', () => {
    const { certificate } = world.device({ thingName: 'pump1' })
    world.registry.things.create('pump10', undefined, {})
    expect(authorityOf(certificate.certificateId, 'pump10').thingName()).toBe('pump1')
    expect(authorityOf(certificate.certificateId).thingName()).toBe('pump1')
  })

  test('is the one named like the client id where the certificate is not exclusive', () => {
    const { certificate } = world.device({ thingName: 'pump1', type: 'NON_EXCLUSIVE_THING' })
    expect(authorityOf(certificate.certificateId, 'pump1').thingName()).toBe('pump1')
    expect(authorityOf(certificate.certificateId, 'pump10').thingName()).toBeUndefined()
    expect(authorityOf(certificate.certificateId, 'pump1').exclusiveThingName()).toBeUndefined()
  })

  test('counts as attached only where the certificate is attached to it', () => {
    const policy = publishing('a', { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } })
    const attached = world.device({ policy, thingName: 'pump1', type: 'NON_EXCLUSIVE_THING' })
    const stranger = world.device({ policy })
    expect(authorityOf(attached.certificate.certificateId, 'pump1').allows('iot:Publish', 'topic/a')).toBe(
      true,
    )
    expect(authorityOf(stranger.certificate.certificateId, 'pump1').allows('iot:Publish', 'topic/a')).toBe(
      false,
    )
  })
})

describe('the policies of a connection', () => {
  test('are those of its certificate and of the groups of its thing, and of their parents', () => {
    const { groups } = world.registry
    const { certificate } = world.device({ policy: publishing('own'), thingName: 'pump1' })
    groups.create('above', undefined, { description: '', attributes: {} }, 0)
    groups.create('below', 'above', { description: '', attributes: {} }, 0)
    groups.join('below', 'pump1')
    allow(world.registry, groupArn(defaultAccount, 'above'), publishing('above'), 0)
    allow(world.registry, groupArn(defaultAccount, 'below'), publishing('below'), 0)
    const authority = authorityOf(certificate.certificateId, 'any')
    const allowed = ['own', 'above', 'below', 'other'].filter(topic =>
      authority.allows('iot:Publish', `topic/${topic}`),
    )
    expect(allowed).toEqual(['own', 'above', 'below'])
  })

  test('of the groups of a thing do not serve a certificate that is not attached to it', () => {
    const { groups, things } = world.registry
    things.create('pump1', undefined, {})
    groups.create('group', undefined, { description: '', attributes: {} }, 0)
    groups.join('group', 'pump1')
    allow(world.registry, groupArn(defaultAccount, 'group'), publishing('a'), 0)
    const { certificate } = world.device({ policy: publishing('own') })
    expect(authorityOf(certificate.certificateId, 'pump1').allows('iot:Publish', 'topic/a')).toBe(false)
  })

  test('count from the next action on when they change', () => {
    const { certificate, certificateArn } = world.device({ policy: publishing('own') })
    const authority = authorityOf(certificate.certificateId, 'dev1')
    const may = () => authority.allows('iot:Publish', 'topic/extra')
    expect(may()).toBe(false)
    const policyName = allow(world.registry, certificateArn, publishing('extra'), 0)
    expect(may()).toBe(true)
    world.registry.policies.detach(policyName, certificateArn, 0)
    expect(may()).toBe(false)
  })

  test('see attributes and attachments as they are now', () => {
    const { things, principals } = world.registry
    const condition = { StringEquals: { 'iot:Connection.Thing.ThingName': 'pump1' } }
    const { certificate, certificateArn } = world.device({
      policy: [publishing('${iot:Connection.Thing.Attributes[site]}'), publishing('mine', condition)],
      thingName: 'pump1',
    })
    const authority = authorityOf(certificate.certificateId)
    expect(authority.allows('iot:Publish', 'topic/berlin')).toBe(false)
    const attributes = { site: 'berlin' }
    things.update('pump1', { attributes, merge: true, thingTypeName: undefined, expectedVersion: undefined })
    expect(authority.allows('iot:Publish', 'topic/berlin')).toBe(true)
    expect(authority.allows('iot:Publish', 'topic/mine')).toBe(true)
    principals.detach('pump1', certificateArn, 0)
    expect(authority.allows('iot:Publish', 'topic/mine')).toBe(false)
  })
})
