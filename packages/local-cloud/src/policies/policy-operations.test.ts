import {
  AttachPolicyCommand,
  AttachPrincipalPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingGroupCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachPolicyCommand,
  DetachPrincipalPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListPrincipalPoliciesCommand,
  ListTargetsForPolicyCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol } from '../testing/device-fleet.ts'
import { type FrontDoor, startFrontDoor } from '../testing/front-door.ts'

let door: FrontDoor
let iot: IoTClient
let names = 0

beforeAll(async () => {
  door = await startFrontDoor()
  iot = new IoTClient({ ...door.settings, maxAttempts: 1 })
})

afterAll(async () => {
  iot.destroy()
  await door.stop()
})

const documentFor = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })
const policyDocument = documentFor('iot:Connect')
const fails = (name: string, httpStatusCode: number) =>
  expect.objectContaining({ name, $metadata: expect.objectContaining({ httpStatusCode }) })

async function newPolicy(): Promise<string> {
  const policyName = `policy.${++names}`
  await iot.send(new CreatePolicyCommand({ policyName, policyDocument }))
  return policyName
}

const newTarget = () => enrol(door.registry, { now: Date.now() }).certificateArn

describe('policies', () => {
  test('are created once, read, listed and deleted', async () => {
    const policyName = await newPolicy()
    const policy = await iot.send(new GetPolicyCommand({ policyName }))
    const policyArn = `arn:aws:iot:us-east-1:123456789012:policy/${policyName}`
    expect(policy).toMatchObject({ policyName, policyArn, policyDocument, defaultVersionId: '1' })
    await expect(iot.send(new CreatePolicyCommand({ policyName, policyDocument }))).rejects.toEqual(
      fails('ResourceAlreadyExistsException', 409),
    )
    expect((await iot.send(new ListPoliciesCommand({}))).policies).toContainEqual({ policyName, policyArn })
    await iot.send(new DeletePolicyCommand({ policyName }))
    await expect(iot.send(new GetPolicyCommand({ policyName }))).rejects.toEqual(
      fails('ResourceNotFoundException', 404),
    )
  })

  test('that are malformed are refused', async () => {
    const command = new CreatePolicyCommand({ policyName: 'broken', policyDocument: '{}' })
    await expect(iot.send(command)).rejects.toEqual(fails('MalformedPolicyException', 400))
  })

  test('are attached to certificates and groups, and listed by target and by policy', async () => {
    const policyName = await newPolicy()
    const target = newTarget()
    await iot.send(new AttachPolicyCommand({ policyName, target }))
    await iot.send(new AttachPolicyCommand({ policyName, target }))
    const attached = await iot.send(new ListAttachedPoliciesCommand({ target }))
    expect(attached.policies?.map(policy => policy.policyName)).toEqual([policyName])
    const deprecated = await iot.send(new ListPrincipalPoliciesCommand({ principal: target }))
    expect(deprecated.policies).toEqual(attached.policies)
    expect((await iot.send(new ListTargetsForPolicyCommand({ policyName }))).targets).toEqual([target])
    await iot.send(new DetachPolicyCommand({ policyName, target }))
    expect((await iot.send(new ListAttachedPoliciesCommand({ target }))).policies).toEqual([])
  })

  test('of the parents of a group are listed on demand', async () => {
    const [above, below] = [await newPolicy(), await newPolicy()]
    const parent = await iot.send(new CreateThingGroupCommand({ thingGroupName: 'above' }))
    const child = await iot.send(
      new CreateThingGroupCommand({ thingGroupName: 'below', parentGroupName: 'above' }),
    )
    const target = child.thingGroupArn ?? ''
    await iot.send(new AttachPolicyCommand({ policyName: above, target: parent.thingGroupArn ?? '' }))
    await iot.send(new AttachPolicyCommand({ policyName: below, target }))
    const list = async (recursive: boolean) => {
      const page = await iot.send(new ListAttachedPoliciesCommand({ target, recursive }))
      return page.policies?.map(policy => policy.policyName)
    }
    expect(await list(false)).toEqual([below])
    expect(await list(true)).toEqual([above, below])
  })

  test('are attached and detached by the deprecated operations too', async () => {
    const policyName = await newPolicy()
    const principal = newTarget()
    await iot.send(new AttachPrincipalPolicyCommand({ policyName, principal }))
    expect(door.registry.policies.listAttached(principal, Date.now())).toHaveLength(1)
    await iot.send(new DetachPrincipalPolicyCommand({ policyName, principal }))
    expect(door.registry.policies.listAttached(principal, Date.now())).toHaveLength(0)
  })

  test('are not attached to what does not exist', async () => {
    const policyName = await newPolicy()
    for (const target of [
      `arn:aws:iot:us-east-1:123456789012:cert/${'0'.repeat(64)}`,
      'arn:aws:iot:us-east-1:123456789012:thinggroup/none',
      'nothing',
    ])
      await expect(iot.send(new AttachPolicyCommand({ policyName, target }))).rejects.toEqual(
        fails('ResourceNotFoundException', 404),
      )
    const unknown = new AttachPolicyCommand({ policyName: 'unknown', target: newTarget() })
    await expect(iot.send(unknown)).rejects.toEqual(fails('ResourceNotFoundException', 404))
  })

  test('are at most ten on one target, and come in pages', async () => {
    const target = newTarget()
    for (let count = 0; count < 10; count++)
      await iot.send(new AttachPolicyCommand({ policyName: await newPolicy(), target }))
    const eleventh = new AttachPolicyCommand({ policyName: await newPolicy(), target })
    await expect(iot.send(eleventh)).rejects.toEqual(fails('LimitExceededException', 410))
    const first = await iot.send(new ListAttachedPoliciesCommand({ target, pageSize: 6 }))
    const marker = first.nextMarker ?? ''
    const second = await iot.send(new ListAttachedPoliciesCommand({ target, pageSize: 6, marker }))
    expect([first.policies?.length, second.policies?.length, second.nextMarker]).toEqual([6, 4, undefined])
  })

  test('are not deleted while attached, nor until a detach has spread', async () => {
    const policyName = await newPolicy()
    const target = newTarget()
    const conflict = fails('DeleteConflictException', 409)
    await iot.send(new AttachPolicyCommand({ policyName, target }))
    await expect(iot.send(new DeletePolicyCommand({ policyName }))).rejects.toEqual(conflict)
    door.registry.consistency.detachDelayMs = 60_000
    await iot.send(new DetachPolicyCommand({ policyName, target }))
    await expect(iot.send(new DeletePolicyCommand({ policyName }))).rejects.toEqual(conflict)
    door.registry.consistency.detachDelayMs = 0
    await iot.send(new DeletePolicyCommand({ policyName }))
  })

  test('have up to five versions, of which one is the default', async () => {
    const policyName = await newPolicy()
    const second = documentFor('iot:Publish')
    for (let count = 2; count <= 5; count++)
      await iot.send(new CreatePolicyVersionCommand({ policyName, policyDocument: second }))
    const sixth = new CreatePolicyVersionCommand({ policyName, policyDocument })
    await expect(iot.send(sixth)).rejects.toEqual(fails('VersionsLimitExceededException', 409))
    await iot.send(new SetDefaultPolicyVersionCommand({ policyName, policyVersionId: '3' }))
    expect((await iot.send(new GetPolicyCommand({ policyName }))).policyDocument).toBe(second)
    const isDefault = (policyVersionId: string) =>
      iot
        .send(new GetPolicyVersionCommand({ policyName, policyVersionId }))
        .then(each => each.isDefaultVersion)
    expect([await isDefault('1'), await isDefault('3')]).toEqual([false, true])
    const versions = await iot.send(new ListPolicyVersionsCommand({ policyName }))
    expect(versions.policyVersions?.map(each => each.versionId)).toEqual(['5', '4', '3', '2', '1'])
    const conflict = fails('DeleteConflictException', 409)
    const theDefault = new DeletePolicyVersionCommand({ policyName, policyVersionId: '3' })
    await expect(iot.send(theDefault)).rejects.toEqual(conflict)
    await expect(iot.send(new DeletePolicyCommand({ policyName }))).rejects.toEqual(conflict)
    for (const policyVersionId of ['1', '2', '4', '5'])
      await iot.send(new DeletePolicyVersionCommand({ policyName, policyVersionId }))
    await iot.send(new DeletePolicyCommand({ policyName }))
  })
})
