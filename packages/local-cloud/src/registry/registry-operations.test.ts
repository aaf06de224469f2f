import {
  AddThingToThingGroupCommand,
  AttachThingPrincipalCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  DeleteThingCommand,
  DeleteThingGroupCommand,
  DescribeEndpointCommand,
  DescribeThingCommand,
  DescribeThingGroupCommand,
  DescribeThingTypeCommand,
  DetachThingPrincipalCommand,
  IoTClient,
  ListPrincipalThingsCommand,
  ListPrincipalThingsV2Command,
  ListThingGroupsCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsCommand,
  ListThingPrincipalsV2Command,
  ListThingsCommand,
  ListThingsInThingGroupCommand,
  RemoveThingFromThingGroupCommand,
  UpdateThingCommand,
  UpdateThingGroupCommand,
} from '@aws-sdk/client-iot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'
import type { RegistryChange } from './registry.ts'

let door: FrontDoor
let iot: IoTClient
const changes: RegistryChange[] = []

beforeAll(async () => {
  door = await startFrontDoor()
  iot = new IoTClient({ ...door.settings, maxAttempts: 1 })
  door.registry.onChange(change => changes.push(change))
})

afterAll(async () => {
  iot.destroy()
  await door.stop()
})

const thing = (thingName: string) => iot.send(new CreateThingCommand({ thingName }))
const newCertificate = () => enrol(door.registry, { now: Date.now() }).certificateArn
const fails = (name: string, httpStatusCode: number, message: unknown = expect.any(String)) =>
  expect.objectContaining({ name, message, $metadata: expect.objectContaining({ httpStatusCode }) })

describe('things', () => {
  test('are created, described, updated and deleted', async () => {
    await iot.send(new CreateThingTypeCommand({ thingTypeName: 'core' }))
    await iot.send(
      new CreateThingCommand({
        thingName: 'dev1',
        thingTypeName: 'core',
        attributePayload: { attributes: { site: 'berlin', line: '4' } },
      }),
    )
    await iot.send(
      new UpdateThingCommand({
        thingName: 'dev1',
        attributePayload: { attributes: { line: '' }, merge: true },
      }),
    )
    expect(await iot.send(new DescribeThingCommand({ thingName: 'dev1' }))).toMatchObject({
      thingName: 'dev1',
      defaultClientId: 'dev1',
      thingTypeName: 'core',
      thingArn: 'arn:aws:iot:us-east-1:123456789012:thing/dev1',
      attributes: { site: 'berlin' },
      version: 2,
    })
    const type = await iot.send(new DescribeThingTypeCommand({ thingTypeName: 'core' }))
    expect(type.thingTypeArn).toBe('arn:aws:iot:us-east-1:123456789012:thingtype/core')
    await iot.send(new DeleteThingCommand({ thingName: 'dev1' }))
    await expect(iot.send(new DescribeThingCommand({ thingName: 'dev1' }))).rejects.toEqual(
      fails('ResourceNotFoundException', 404),
    )
    expect(changes).toContainEqual({ kind: 'thing-deleted', thingName: 'dev1' })
  })

  test('that do not exist are deleted without an error', async () => {
    await expect(iot.send(new DeleteThingCommand({ thingName: 'never-there' }))).resolves.toBeDefined()
  })

  test('may be created again with the same properties, not with others', async () => {
    const first = await thing('twice')
    expect((await thing('twice')).thingId).toBe(first.thingId)
    const other = { thingName: 'twice', attributePayload: { attributes: { a: 'b' } } }
    await expect(iot.send(new CreateThingCommand(other))).rejects.toEqual(
      fails('ResourceAlreadyExistsException', 409),
    )
  })

  test('with a name, a type or an attribute that is not allowed are refused', async () => {
    await expect(thing('no spaces')).rejects.toEqual(fails('InvalidRequestException', 400))
    const typed = new CreateThingCommand({ thingName: 'typed', thingTypeName: 'unknown' })
    await expect(iot.send(typed)).rejects.toEqual(fails('ResourceNotFoundException', 404))
    const attributes = { attributes: { a: 'b c' } }
    const wrong = new CreateThingCommand({ thingName: 'wrong', attributePayload: attributes })
    await expect(iot.send(wrong)).rejects.toEqual(fails('InvalidRequestException', 400))
  })

  test('may have every character in their names that AWS allows', async () => {
    const thingName = 'aZ09:_-'
    await thing(thingName)
    expect((await iot.send(new DescribeThingCommand({ thingName }))).thingName).toBe(thingName)
  })

  test('are updated only in the version that the caller expects', async () => {
    await thing('versioned')
    const update = new UpdateThingCommand({ thingName: 'versioned', expectedVersion: 7 })
    await expect(iot.send(update)).rejects.toEqual(fails('VersionConflictException', 409))
    const deletion = new DeleteThingCommand({ thingName: 'versioned', expectedVersion: 7 })
    await expect(iot.send(deletion)).rejects.toEqual(fails('VersionConflictException', 409))
  })

  test('are listed in pages, and by attribute', async () => {
    const attributePayload = { attributes: { wave: 'one' } }
    for (const thingName of ['wave-1', 'wave-2', 'wave-3'])
      await iot.send(new CreateThingCommand({ thingName, attributePayload }))
    const filter = { attributeName: 'wave', attributeValue: 'one', maxResults: 2 }
    const first = await iot.send(new ListThingsCommand(filter))
    const second = await iot.send(new ListThingsCommand({ ...filter, nextToken: first.nextToken ?? '' }))
    expect([first, second].flatMap(page => page.things ?? []).map(each => each.thingName)).toEqual([
      'wave-1',
      'wave-2',
      'wave-3',
    ])
    expect(second.nextToken).toBeUndefined()
    const invented = new ListThingsCommand({ nextToken: 'invented' })
    await expect(iot.send(invented)).rejects.toEqual(fails('InvalidRequestException', 400))
    const tooMany = new ListThingsCommand({ maxResults: 251 })
    await expect(iot.send(tooMany)).rejects.toEqual(fails('InvalidRequestException', 400))
  })

  test('with a certificate are not deleted', async () => {
    enrol(door.registry, { thingName: 'held', now: Date.now() })
    await expect(iot.send(new DeleteThingCommand({ thingName: 'held' }))).rejects.toEqual(
      fails('InvalidRequestException', 400, expect.stringMatching(/still attached/)),
    )
  })
})

describe('thing groups', () => {
  test('have members, direct and of child groups, and tell who joins and leaves', async () => {
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'fleet' }))
    const parent = { parentGroupName: 'fleet' }
    const { thingGroupArn = '' } = await iot.send(
      new CreateThingGroupCommand({ thingGroupName: 'berlin', ...parent }),
    )
    await Promise.all([thing('member-1'), thing('member-2')])
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'fleet', thingName: 'member-1' }))
    await iot.send(new AddThingToThingGroupCommand({ thingGroupArn, thingName: 'member-2' }))
    await iot.send(new AddThingToThingGroupCommand({ thingGroupArn, thingName: 'member-2' }))
    const list = async (recursive: boolean) =>
      (await iot.send(new ListThingsInThingGroupCommand({ thingGroupName: 'fleet', recursive }))).things
    expect(await list(false)).toEqual(['member-1'])
    expect(await list(true)).toEqual(['member-1', 'member-2'])
    expect(door.registry.thingsOfGroup('fleet')).toEqual(['member-1', 'member-2'])
    expect(door.registry.thingsOfGroup(thingGroupArn)).toEqual(['member-2'])
    expect(door.registry.thingsOfGroup('nowhere')).toBeUndefined()
    expect(door.registry.groupsOfThing('member-2')).toEqual(['berlin', 'fleet'])
    expect(door.registry.groupsOfThing('nobody')).toEqual([])
    const groups = await iot.send(new ListThingGroupsForThingCommand({ thingName: 'member-2' }))
    expect(groups.thingGroups).toEqual([{ groupName: 'berlin', groupArn: thingGroupArn }])
    await iot.send(new RemoveThingFromThingGroupCommand({ thingGroupName: 'berlin', thingName: 'member-2' }))
    const told = changes.filter(change => change.thingName === 'member-2')
    expect(told).toEqual([
      { kind: 'group-joined', thingName: 'member-2', groupName: 'berlin' },
      { kind: 'group-left', thingName: 'member-2', groupName: 'berlin' },
    ])
  })

  test('describe their place in the tree and are listed by it', async () => {
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'root' }))
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'inner', parentGroupName: 'root' }))
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'leaf', parentGroupName: 'inner' }))
    const leaf = await iot.send(new DescribeThingGroupCommand({ thingGroupName: 'leaf' }))
    expect(leaf.thingGroupMetadata).toMatchObject({ parentGroupName: 'inner' })
    const path = leaf.thingGroupMetadata?.rootToParentThingGroups?.map(group => group.groupName)
    expect(path).toEqual(['root', 'inner'])
    const names = async (recursive: boolean) => {
      const page = await iot.send(new ListThingGroupsCommand({ parentGroup: 'root', recursive }))
      return page.thingGroups?.map(group => group.groupName)
    }
    expect(await names(false)).toEqual(['inner'])
    expect(await names(true)).toEqual(['inner', 'leaf'])
    const prefixed = await iot.send(new ListThingGroupsCommand({ namePrefixFilter: 'lea' }))
    expect(prefixed.thingGroups?.map(group => group.groupName)).toEqual(['leaf'])
  })

  test('are not deleted before their children, and let their members go', async () => {
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'old' }))
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'older', parentGroupName: 'old' }))
    await thing('leaver')
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'older', thingName: 'leaver' }))
    await expect(iot.send(new DeleteThingGroupCommand({ thingGroupName: 'old' }))).rejects.toEqual(
      fails('InvalidRequestException', 400),
    )
    await iot.send(new DeleteThingGroupCommand({ thingGroupName: 'older' }))
    await iot.send(new DeleteThingGroupCommand({ thingGroupName: 'old' }))
    expect(changes).toContainEqual({ kind: 'group-left', thingName: 'leaver', groupName: 'older' })
  })

  test('that exist or do not are told apart', async () => {
    const properties = (thingGroupDescription: string) => ({
      thingGroupProperties: { thingGroupDescription },
    })
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'same', ...properties('a') }))
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'same', ...properties('a') }))
    await expect(
      iot.send(new CreateThingGroupCommand({ thingGroupName: 'same', ...properties('b') })),
    ).rejects.toEqual(fails('ResourceAlreadyExistsException', 409))
    const update = new UpdateThingGroupCommand({ thingGroupName: 'same', ...properties('c') })
    expect((await iot.send(update)).version).toBe(2)
    await thing('lonely')
    const unknown = new AddThingToThingGroupCommand({ thingGroupName: 'none', thingName: 'lonely' })
    await expect(iot.send(unknown)).rejects.toEqual(fails('ResourceNotFoundException', 404))
    const nobody = new AddThingToThingGroupCommand({ thingGroupName: 'same', thingName: 'nobody' })
    await expect(iot.send(nobody)).rejects.toEqual(fails('ResourceNotFoundException', 404))
    const nameless = new AddThingToThingGroupCommand({ thingName: 'lonely' })
    await expect(iot.send(nameless)).rejects.toEqual(fails('InvalidRequestException', 400))
  })
})

describe('principals of things', () => {
  const attach = (thingName: string, principal: string, thingPrincipalType?: 'EXCLUSIVE_THING') =>
    iot.send(
      new AttachThingPrincipalCommand({
        thingName,
        principal,
        ...(thingPrincipalType !== undefined && { thingPrincipalType }),
      }),
    )

  test('are attached without exclusivity by default, and listed from both sides', async () => {
    await thing('sharing')
    const principal = newCertificate()
    await attach('sharing', principal)
    const objects = [{ principal, thingPrincipalType: 'NON_EXCLUSIVE_THING' }]
    const ofThing = await iot.send(new ListThingPrincipalsV2Command({ thingName: 'sharing' }))
    expect(ofThing.thingPrincipalObjects).toEqual(objects)
    const old = await iot.send(new ListThingPrincipalsCommand({ thingName: 'sharing' }))
    expect(old.principals).toEqual([principal])
    const ofPrincipal = await iot.send(new ListPrincipalThingsV2Command({ principal }))
    expect(ofPrincipal.principalThingObjects).toEqual([
      { thingName: 'sharing', thingPrincipalType: 'NON_EXCLUSIVE_THING' },
    ])
    expect((await iot.send(new ListPrincipalThingsCommand({ principal }))).things).toEqual(['sharing'])
  })

  test('may be several and exclusive for one thing, as a rotation needs it', async () => {
    await thing('rotating')
    const principals = [newCertificate(), newCertificate()]
    for (const principal of principals) await attach('rotating', principal, 'EXCLUSIVE_THING')
    const { thingPrincipalObjects } = await iot.send(
      new ListThingPrincipalsV2Command({ thingName: 'rotating', thingPrincipalType: 'EXCLUSIVE_THING' }),
    )
    expect(thingPrincipalObjects?.map(each => each.principal)).toEqual(principals)
    const others = await iot.send(
      new ListThingPrincipalsV2Command({ thingName: 'rotating', thingPrincipalType: 'NON_EXCLUSIVE_THING' }),
    )
    expect(others.thingPrincipalObjects).toEqual([])
  })

  test('that are exclusive elsewhere are refused in the words of AWS, whatever type is asked for', async () => {
    await Promise.all([thing('mine'), thing('yours')])
    const principal = newCertificate()
    await attach('mine', principal, 'EXCLUSIVE_THING')
    const conflict = fails(
      'InvalidRequestException',
      400,
      'Principal already has an exclusive Thing attached to it',
    )
    await expect(attach('yours', principal)).rejects.toEqual(conflict)
    await expect(attach('yours', principal, 'EXCLUSIVE_THING')).rejects.toEqual(conflict)
  })

  test('that have another thing cannot become exclusive', async () => {
    await Promise.all([thing('first'), thing('second')])
    const principal = newCertificate()
    await attach('first', principal)
    await attach('second', principal)
    await expect(attach('second', principal, 'EXCLUSIVE_THING')).rejects.toEqual(
      fails('InvalidRequestException', 400, 'Principal already has a Thing attached to it'),
    )
  })

  test('are attached again to the same thing without an error, also with the other type', async () => {
    await thing('again')
    const principal = newCertificate()
    for (const type of ['EXCLUSIVE_THING', 'EXCLUSIVE_THING', undefined, 'EXCLUSIVE_THING'] as const)
      await attach('again', principal, type)
    const { thingPrincipalObjects } = await iot.send(new ListThingPrincipalsV2Command({ thingName: 'again' }))
    expect(thingPrincipalObjects).toEqual([{ principal, thingPrincipalType: 'EXCLUSIVE_THING' }])
  })

  test('or things that do not exist are not found', async () => {
    await thing('there')
    const ghost = `arn:aws:iot:us-east-1:123456789012:cert/${'0'.repeat(64)}`
    await expect(attach('there', ghost)).rejects.toEqual(fails('ResourceNotFoundException', 404))
    await expect(attach('not-there', newCertificate())).rejects.toEqual(
      fails('ResourceNotFoundException', 404),
    )
    const detach = new DetachThingPrincipalCommand({ thingName: 'there', principal: newCertificate() })
    await expect(iot.send(detach)).rejects.toEqual(fails('ResourceNotFoundException', 404))
    const list = new ListThingPrincipalsV2Command({ thingName: 'not-there' })
    await expect(iot.send(list)).rejects.toEqual(fails('ResourceNotFoundException', 404))
  })

  test('are detached', async () => {
    await thing('parting')
    const principal = newCertificate()
    await attach('parting', principal, 'EXCLUSIVE_THING')
    await iot.send(new DetachThingPrincipalCommand({ thingName: 'parting', principal }))
    const list = await iot.send(new ListThingPrincipalsV2Command({ thingName: 'parting' }))
    expect(list.thingPrincipalObjects).toEqual([])
  })

  test('come in pages', async () => {
    await thing('many')
    const principals = Array.from({ length: 5 }, newCertificate)
    for (const principal of principals) await attach('many', principal, 'EXCLUSIVE_THING')
    const seen: (string | undefined)[] = []
    let nextToken: string | undefined
    let pages = 0
    do {
      const page = await iot.send(
        new ListThingPrincipalsV2Command({
          thingName: 'many',
          maxResults: 2,
          ...(nextToken !== undefined && { nextToken }),
        }),
      )
      seen.push(...(page.thingPrincipalObjects ?? []).map(each => each.principal))
      nextToken = page.nextToken
      pages += 1
    } while (nextToken !== undefined)
    expect(pages).toBe(3)
    expect(seen).toEqual(principals)
  })

  test('are listed late where lists are set to be stale', async () => {
    await thing('stale')
    const principal = newCertificate()
    const listed = async () =>
      (await iot.send(new ListThingPrincipalsV2Command({ thingName: 'stale' }))).thingPrincipalObjects?.length
    await attach('stale', principal, 'EXCLUSIVE_THING')
    expect(await listed()).toBe(1)
    door.registry.consistency.listDelayMs = 60_000
    expect(await listed()).toBe(0)
    door.registry.consistency.listDelayMs = 0
    expect(await listed()).toBe(1)
  })
})

describe('DescribeEndpoint', () => {
  test.each(['iot:Data-ATS', 'iot:Jobs', 'iot:CredentialProvider'])(
    'names a host for %s',
    async endpointType => {
      const { endpointAddress } = await iot.send(new DescribeEndpointCommand({ endpointType }))
      expect(endpointAddress).toBe(`localhost:${door.httpsPort}`)
    },
  )

  test('refuses a type that it does not know', async () => {
    await expect(iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Moon' }))).rejects.toEqual(
      fails('InvalidRequestException', 400),
    )
  })
})
