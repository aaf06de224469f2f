import {
  AttachThingPrincipalCommand,
  DetachThingPrincipalCommand,
  ListAttachedPoliciesCommand,
} from '@aws-sdk/client-iot'
import { describe, expect } from 'vitest'
import { attachPolicy, createPolicy, detach } from '../operator/registry.ts'
import { attachByHand, type BareDevice, issueByHand, makeKey } from './bare-device.ts'
import {
  begin,
  certificatesOf,
  create,
  expectAtRest,
  goOverTo,
  rotateBare,
  rotateToRest,
  statusOf,
} from './bare-rotation.ts'
import { beforeRetirement } from './begun-rotation.ts'
import { type CloudTrials, test, testAlone } from './cloud-test.ts'
import type { World } from './world.ts'

describe.concurrent('a registry that is slow to tell', () => {
  testAlone(
    'C4: lists that show the state of seconds ago refuse nobody for good',
    async ({ cloud, expect }) => {
      const { world } = cloud
      const { registry } = world.cloud.services
      registry.consistency.listDelayMs = 2_500
      const device = await cloud.newDevice()
      cloud.after(
        world.cloud.api.interfere(call => {
          if (call.name !== 'ListThingPrincipalsV2') return undefined
          const shown = registry.principals.listPrincipals(device.thingName, Date.now()).map(([arn]) => arn)
          const true_ = registry.principals.principalsOf(device.thingName)
          if (shown.toSorted().join() !== true_.toSorted().join()) cloud.fired()
          return undefined
        }),
      )
      await rotateBare(world, device)
      await rotateToRest(world, device)
      const codes = device.answers.map(({ reply }) => reply['code'])
      expect(codes.filter(code => String(code).match(/ATTACHED|EXCLUSIVE|KEPT/u))).toEqual([])
    },
  )

  testAlone(
    'C6: a deletion that is refused because detaching has not spread is tried until it is done',
    async ({ cloud, expect }) => {
      const { world } = cloud
      world.cloud.services.registry.consistency.detachDelayMs = 5_000
      const device = await cloud.newDevice()
      const old = device.identity
      cloud.after(
        world.cloud.observe(event => {
          if (event.kind === 'call' && event.call.errorCode === 'DeleteConflictException') cloud.fired()
        }),
      )
      await rotateToRest(world, device)
      expect(statusOf(world, old.certificateId)).toBe('gone')
    },
  )
})

const harmlessPolicy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:GetThingShadow', Resource: '*' }],
})

/** AWS may answer with shorter pages than were asked for: here of one item. Counts the pages after the first. */
function shortPages(
  { world, after }: Pick<CloudTrials, 'world' | 'after'>,
  thingName: string,
  target: string,
) {
  const pages = { principals: 0, policies: 0 }
  after(
    world.cloud.api.interfere(({ name, params, query, input }) => {
      if (name === 'ListThingPrincipalsV2' && params['thingName'] === thingName) {
        if (query.has('nextToken')) pages.principals += 1
        query.set('maxResults', '1')
      }
      if (name === 'ListAttachedPolicies' && (params['target'] ?? input['target']) === target) {
        if (query.has('marker')) pages.policies += 1
        query.set('pageSize', '1')
      }
      return undefined
    }),
  )
  return pages
}

async function refusal(world: World, device: BareDevice): Promise<Record<string, unknown>> {
  const execution = await begin(world, device)
  const { accepted, reply } = await device.ask('create', { ...execution, csr: (await makeKey()).csr })
  expect(accepted).toBe(false)
  await device.report(execution.jobId, 'FAILED')
  return reply
}

describe.concurrent('what is attached to a thing', () => {
  test('C5: with more than one page of certificates and of policies, all are read', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const device = await cloud.newDevice()
    const factory = device.identity
    const others = [await attachByHand(world, device.thingName), await attachByHand(world, device.thingName)]
    const last = await attachByHand(world, device.thingName)
    await device.use(last)
    await detach(world.clients.iot, device.thingName, factory.certificateId)
    const names = Array.from({ length: 5 }, (_, index) => `Page-${index}`)
    for (const name of names) {
      await createPolicy(world.clients.iot, name, harmlessPolicy)
      await attachPolicy(world.clients.iot, name, last.certificateArn)
    }
    const pages = shortPages(cloud, device.thingName, last.certificateArn)
    // The certificate that asks is not on the first page; it is found, and so are the others.
    const { code, errorMsg } = await refusal(world, device)
    expect(code).toBe('UNKNOWN_CERTIFICATE_ATTACHED')
    for (const { certificateId } of others) {
      expect(errorMsg).toContain(certificateId)
      await detach(world.clients.iot, device.thingName, certificateId)
    }
    await rotateToRest(world, device)
    const target = last.certificateArn.replace(last.certificateId, device.identity.certificateId)
    const { policies = [] } = await world.clients.iot.send(new ListAttachedPoliciesCommand({ target }))
    expect(policies.map(({ policyName }) => policyName)).toEqual(expect.arrayContaining(names))
    expect(pages.principals).toBeGreaterThan(1)
    expect(pages.policies).toBeGreaterThan(1)
    cloud.fired(pages.principals + pages.policies)
  })

  test('C15: a stray certificate that the record names is retired with the next rotation', async ({
    cloud,
    expect,
  }) => {
    const { world } = cloud
    const { device, old: stray, events } = await beforeRetirement(cloud)
    const execution = await begin(world, device)
    const next = await create(device, execution)
    expect(certificatesOf(world, device.thingName).active).toContain(stray.certificateId)
    cloud.fired(events.held)
    events.release()
    await goOverTo(device, execution, next)
    await expectAtRest(world, device)
    expect(statusOf(world, stray.certificateId)).toBe('gone')
  })

  test.for([
    ['no rotation made', 'EXCLUSIVE_THING'],
    ["is not exclusively the thing's", 'NON_EXCLUSIVE_THING'],
  ] as const)(
    'C15: a stray certificate that %s is refused by its name, and never touched',
    async ([, thingPrincipalType], { cloud, expect }) => {
      const { world } = cloud
      const device = await cloud.newDevice()
      await rotateToRest(world, device)
      const stray = await issueByHand(world)
      const attachment = { thingName: device.thingName, principal: stray.certificateArn }
      await world.clients.iot.send(new AttachThingPrincipalCommand({ ...attachment, thingPrincipalType }))
      cloud.fired()
      const reply = await refusal(world, device)
      expect(reply).toMatchObject({ code: 'UNKNOWN_CERTIFICATE_ATTACHED' })
      expect(reply['errorMsg']).toContain(stray.certificateId)
      expect(certificatesOf(world, device.thingName).active).toContain(stray.certificateId)
      await world.clients.iot.send(new DetachThingPrincipalCommand(attachment))
      await rotateToRest(world, device)
      expect(statusOf(world, stray.certificateId)).toBe('ACTIVE')
    },
  )
})
