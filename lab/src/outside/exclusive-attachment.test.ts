import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  AddThingToThingGroupCommand,
  AttachThingPrincipalCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
} from '@aws-sdk/client-iot'
import { AwsError, invalidRequest } from '@rotator/local-cloud/api/aws-error'
import { describe } from 'vitest'
import { issueByHand } from '../whole/bare-device.ts'
import { cloudTest } from '../whole/cloud-test.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { runCommand } from './automation/run-command.ts'

const script = join(repositoryRoot, 'tools/fleet/attach-exclusively.sh')

/** A fleet of version 1: things of a group of their own, with certificates attached as that did it. */
const test = cloudTest().extend('fleet', async ({ cloud, task }) => {
  const { world } = cloud
  const group = `fleet-${task.id}`
  const { iot } = world.clients
  const { principals } = world.cloud.services.registry
  await iot.send(new CreateThingGroupCommand({ thingGroupName: group }))
  let calls: string[] = []
  /** @returns the certificate's ARN */
  const certificate = async () => (await issueByHand(world)).certificateArn
  const thingIn = async (thingGroupName: string, name: string, certificates: readonly string[]) => {
    const thingName = `${group}-${name}`
    await iot.send(new CreateThingCommand({ thingName }))
    for (const principal of certificates)
      await iot.send(new AttachThingPrincipalCommand({ thingName, principal }))
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }))
    return thingName
  }
  const thing = (name: string, ...certificates: string[]) => thingIn(group, name, certificates)
  /** Has attachments answered by a fault while it says so. */
  const meet = (isMet: (way: string | null) => boolean, fault: Fault) =>
    cloud.after(
      world.cloud.api.interfere(call => {
        if (call.name !== 'AttachThingPrincipal' || !isMet(call.query.get('thingPrincipalType')))
          return undefined
        const answer = fault()
        return answer && { when: 'before', answer }
      }),
    )
  return {
    certificate,
    thing,
    /** A thing of a group below the fleet's. */
    thingBelow: async (name: string, ...certificates: string[]) => {
      const child = { thingGroupName: `${group}-below`, parentGroupName: group }
      await iot.send(new CreateThingGroupCommand(child))
      return thingIn(child.thingGroupName, name, certificates)
    },
    /** A thing with one certificate, which is no other's. */
    usual: async (name: string) => {
      const arn = await certificate()
      return { certificate: arn, thing: await thing(name, arn) }
    },
    meetAny: (fault: Fault) => meet(() => true, fault),
    meetExclusive: (fault: Fault) => meet(way => way === 'EXCLUSIVE_THING', fault),
    /** Certificates of a thing, with the way in which each is attached. */
    of: (thingName: string) => principals.listPrincipals(thingName, Date.now()),
    /** The calls of the last run that change something. */
    changes: () => calls.filter(name => name.endsWith('tachThingPrincipal')),
    /** For the group, or for what is given in its place. */
    run: async (given = `'${group}'`) => {
      calls = []
      const stop = world.cloud.observe(event => {
        if (event.kind === 'call') calls.push(event.call.name)
      })
      const folder = join(world.folder, group)
      mkdirSync(folder, { recursive: true })
      const ended = await runCommand(`bash '${script}' ${given}`, folder, world.cloud.endpoints.http, {
        PAUSE_SECONDS: '0',
        ATTEMPTS: '3',
      })
      stop()
      return ended
    },
  }
})

/** What an attachment is answered, if anything. */
type Fault = () => AwsError | undefined

const conflict = () => invalidRequest('Principal already has a Thing attached to it')

describe('a fleet is made exclusive', { timeout: 240_000 }, () => {
  test('without detaching anything where AWS IoT takes it so, and once for all', async ({
    fleet,
    expect,
  }) => {
    const { thing, certificate } = await fleet.usual('one')
    const well = { exitCode: 0, output: '1 things looked at, 0 need a person\n' }
    expect(await fleet.run()).toEqual(well)
    expect(fleet.of(thing)).toEqual([[certificate, 'EXCLUSIVE_THING']])
    expect(fleet.changes()).toEqual(['AttachThingPrincipal'])
    expect(await fleet.run()).toEqual(well)
    expect(fleet.changes()).toEqual([])
  })

  test('by detaching first where it does not, however long that takes to spread', async ({
    fleet,
    expect,
  }) => {
    const { thing, certificate } = await fleet.usual('one')
    let refusals = 0
    fleet.meetExclusive(() => (refusals++ < 3 ? conflict() : undefined))
    expect(await fleet.run()).toEqual({
      exitCode: 0,
      output: expect.stringContaining('to attach it again'),
    })
    expect(fleet.of(thing)).toEqual([[certificate, 'EXCLUSIVE_THING']])
    expect(fleet.changes()).toContain('DetachThingPrincipal')
  })

  test('but for what is shared, or has several certificates: that stays as it is, by name', async ({
    fleet,
    expect,
  }) => {
    const shared = await fleet.certificate()
    const golden = [await fleet.thing('golden', shared), await fleet.thing('image', shared)]
    const double = await fleet.thing('double', await fleet.certificate(), await fleet.certificate())
    const bare = await fleet.thing('bare')
    const { thing: good } = await fleet.usual('good')
    const { exitCode, output } = await fleet.run()
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 })
    for (const thing of golden) {
      expect(output).toContain(`${thing}: shares its certificate; these have it: ${golden.join(' ')}.`)
      expect(fleet.of(thing)).toEqual([[shared, 'NON_EXCLUSIVE_THING']])
    }
    for (const thing of [double, bare]) expect(output).toContain(`${thing}: has not exactly one certificate`)
    expect(fleet.of(double)).toHaveLength(2)
    expect(fleet.of(good).map(([, type]) => type)).toEqual(['EXCLUSIVE_THING'])
    expect(fleet.changes()).toEqual(['AttachThingPrincipal'])
    expect(output).toMatch(/^5 things looked at, 4 need a person$/mu)
  })

  test('with the things of the groups below it', async ({ fleet, expect }) => {
    const above = await fleet.thing('above', await fleet.certificate())
    const below = await fleet.thingBelow('below', await fleet.certificate())
    expect(await fleet.run()).toEqual({ exitCode: 0, output: '2 things looked at, 0 need a person\n' })
    for (const thing of [above, below])
      expect(fleet.of(thing).map(([, type]) => type)).toEqual(['EXCLUSIVE_THING'])
  })

  test('in parts, by name: only the things that are named', async ({ fleet, expect }) => {
    const named = [
      await fleet.thing('1', await fleet.certificate()),
      await fleet.thing('2', await fleet.certificate()),
    ]
    const other = await fleet.thing('3', await fleet.certificate())
    expect(await fleet.run(`--things ${named.join(' ')}`)).toEqual({
      exitCode: 0,
      output: '2 things looked at, 0 need a person\n',
    })
    const typesOf = (thing: string) => fleet.of(thing).map(([, type]) => type)
    expect(named.map(typesOf)).toEqual([['EXCLUSIVE_THING'], ['EXCLUSIVE_THING']])
    expect(typesOf(other)).toEqual(['NON_EXCLUSIVE_THING'])
  })

  test('and not by no name at all; a name of no thing is told, and keeps no other from it', async ({
    fleet,
    expect,
  }) => {
    const nobody = await fleet.run('--things')
    expect(nobody.exitCode).toBe(2)
    expect(nobody.output).toContain('Give the names of the things.')
    const good = await fleet.thing('good', await fleet.certificate())
    const { exitCode, output } = await fleet.run(`--things no-such-thing ${good}`)
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 })
    expect(output).toContain('no-such-thing: is no thing, or none any more.')
    expect(fleet.of(good).map(([, type]) => type)).toEqual(['EXCLUSIVE_THING'])
  })

  test('not where certificates cannot be listed: nothing is touched', async ({
    fleet,
    world,
    onTestFinished,
    expect,
  }) => {
    const things = [
      await fleet.thing('1', await fleet.certificate()),
      await fleet.thing('2', await fleet.certificate()),
    ]
    const expired = new AwsError('ExpiredTokenException', 403, 'The security token is expired')
    let refusals = 0
    onTestFinished(
      world.cloud.api.interfere(({ name }) => {
        if (name !== 'ListThingPrincipalsV2' && name !== 'DescribeThing') return undefined
        refusals += 1
        return { when: 'before', answer: expired }
      }),
    )
    const { exitCode, output } = await fleet.run(`--things ${things.join(' ')}`)
    expect({ exitCode, output }).toEqual({
      exitCode: 2,
      output: expect.stringContaining(`${things[0]}: its certificates could not be listed.`),
    })
    expect(refusals).toBe(2)
    expect(fleet.changes()).toEqual([])
  })

  test('not by who may not attach: nothing is detached, and the rest is left alone', async ({
    fleet,
    expect,
  }) => {
    const things = [await fleet.usual('1'), await fleet.usual('2')]
    const denied = new AwsError('AccessDeniedException', 403, 'not authorized to perform that')
    fleet.meetExclusive(() => denied)
    expect(await fleet.run()).toEqual({ exitCode: 2, output: expect.stringContaining('AccessDenied') })
    for (const { thing, certificate } of things)
      expect(fleet.of(thing)).toEqual([[certificate, 'NON_EXCLUSIVE_THING']])
    expect(fleet.changes()).toEqual(['AttachThingPrincipal'])
  })

  test('not where AWS IoT never takes it: the certificate is attached as it was', async ({
    fleet,
    expect,
  }) => {
    const { thing, certificate } = await fleet.usual('one')
    fleet.meetExclusive(conflict)
    expect(await fleet.run()).toEqual({
      exitCode: 1,
      output: expect.stringContaining(`${thing}: AWS IoT does not attach its certificate exclusively`),
    })
    expect(fleet.of(thing)).toEqual([[certificate, 'NON_EXCLUSIVE_THING']])
  })

  test('with a cry and no further thing where it cannot be attached again at all', async ({
    fleet,
    expect,
  }) => {
    const { thing, certificate } = await fleet.usual('1')
    const { thing: next } = await fleet.usual('2')
    const expired = new AwsError('ExpiredTokenException', 403, 'The security token is expired')
    let calls = 0
    fleet.meetAny(() => (calls++ === 0 ? conflict() : expired))
    expect(await fleet.run()).toEqual({
      exitCode: 2,
      output: expect.stringContaining(`${thing}: HAS NO CERTIFICATE NOW. Attach ${certificate}`),
    })
    expect(fleet.of(thing)).toEqual([])
    expect(fleet.of(next).map(([, type]) => type)).toEqual(['NON_EXCLUSIVE_THING'])
  })
})
