import { describe, expect, test } from 'vitest'
import { permissions as commitPermissions } from './commit-certificate/permissions.ts'
import { permissions as createPermissions, ownCheckPermissions } from './create-certificate/permissions.ts'
import { permissions as finishPermissions } from './finish-rotation/permissions.ts'
import {
  awsIotPermissions,
  ownIssuerPermissions,
  privateCaPermissions,
  revokingPermissions,
} from './issuers/permissions.ts'
import type { Permission } from './permission.ts'
import { permissions as retirePermissions } from './retire-certificate/permissions.ts'
import { permissions as sweepPermissions } from './sweep/permissions.ts'
import { invocationMs } from './sweep/walk.ts'
import { AwsFailure } from './testing/fake-aws/wire.ts'
import { certificateFor } from './testing/fake-certificates.ts'
import {
  firstCsr,
  otherCsr,
  ownCheckArn,
  ownIssuerArn,
  RotationWorld,
  thing,
} from './testing/rotation-world.ts'

const prefixes: Readonly<Record<string, string>> = {
  DescribeJobExecution: 'iotjobsdata:DescribeJobExecution',
  SnsPublish: 'sns:Publish',
  SendMessageBatch: 'sqs:SendMessage',
  DescribeJobExecutionAsOperator: 'iot:DescribeJobExecution',
  Invoke: 'lambda:InvokeFunction',
}
const privateCaCalls = [
  'IssueCertificate',
  'GetCertificate',
  'DescribeCertificateAuthority',
  'GetCertificateAuthorityCertificate',
  'RevokeCertificate',
]
/** The action that AWS documents for it beside the one of its own name. */
const alias = 'iot:ListThingPrincipals'

const unique = (actions: string[]): string[] => [...new Set(actions)].toSorted()

const allowed = (permissions: readonly Permission[]): string[] =>
  unique(permissions.flatMap(({ actions }) => actions).filter(action => action !== alias))

/** The actions of the calls that happen meanwhile. */
async function used(world: RotationWorld, handle: () => Promise<unknown>): Promise<string[]> {
  const from = world.aws.calls.length
  await handle()
  return world.aws.calls
    .slice(from)
    .map(call => prefixes[call] ?? `${privateCaCalls.includes(call) ? 'acm-pca' : 'iot'}:${call}`)
}

describe('A7: a function may call exactly what it calls', () => {
  test('create-certificate', async () => {
    const world = new RotationWorld()
    const actions = await used(world, async () => {
      await world.create(world.createEvent())
      world.setExecution(1, 'FAILED')
      world.setExecution(2, 'IN_PROGRESS')
      await world.create(world.createEvent({ csr: otherCsr, executionNumber: 2 }))
    })
    const refused = new RotationWorld()
    refused.addCertificate()
    const more = await used(refused, () => refused.create(refused.createEvent()))
    expect(unique([...actions, ...more])).toEqual(allowed([...createPermissions, ...awsIotPermissions]))
  })

  test('create-certificate, by AWS Private CA', async () => {
    const world = new RotationWorld({ issuer: 'private-ca' })
    const issuing = await used(world, () => world.create(world.createEvent()))
    const refused = new RotationWorld({ issuer: 'private-ca' })
    refused.aws.failNext('IssueCertificate', 'before', new AwsFailure(400, 'InvalidStateException'))
    const more = await used(refused, () => refused.create(refused.createEvent()))
    const own = unique([...issuing, ...more]).filter(action => !allowed(createPermissions).includes(action))
    expect(own).toEqual(allowed(privateCaPermissions))
  })

  test('create-certificate, by functions of the operators’ own', async () => {
    const world = new RotationWorld({ issuer: 'own', checks: true })
    world.aws.messaging.functions.set(ownCheckArn, () => ({ allowed: true }))
    world.aws.messaging.functions.set(ownIssuerArn, () => ({
      certificatePem: certificateFor(firstCsr),
    }))
    const actions = await used(world, () => world.create(world.createEvent()))
    const own = unique(actions).filter(action => !allowed(createPermissions).includes(action))
    expect(own).toEqual(allowed([...ownIssuerPermissions, ...ownCheckPermissions]))
  })

  test('retire-certificate, revoking', async () => {
    const world = new RotationWorld({ issuer: 'private-ca', revokes: true })
    await world.create(world.createEvent())
    await world.end('failed')
    world.aws.failNext('RevokeCertificate', 'before', new AwsFailure(400, 'InvalidStateException'))
    const actions = await used(world, () => world.drainAll())
    const own = unique(actions).filter(action => !allowed(retirePermissions).includes(action))
    expect(own).toEqual(allowed(revokingPermissions))
  })

  test('commit-certificate', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const trial = world.new
    const actions = await used(world, async () => {
      await world.commit(world.commitEvent(trial))
      await world.commit(world.commitEvent(trial, { confirmed: true }))
      world.aws.data.shadows.delete(thing)
      await world.commit(world.commitEvent(trial))
    })
    expect(unique(actions)).toEqual(allowed(commitPermissions))
  })

  test('finish-rotation', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const actions = await used(world, () => world.end('failed'))
    expect(unique(actions)).toEqual(allowed(finishPermissions))
  })

  test('retire-certificate', async () => {
    const world = new RotationWorld({ holdSeconds: 1 })
    await Promise.all([world.create(world.createEvent()), world.create(world.createEvent())])
    const actions = await used(world, () => world.drainAll())
    await world.commit(world.commitEvent(world.new, { confirmed: true }))
    await world.end('succeeded')
    const more = await used(world, async () => {
      // Twice, so that the second finds it detached.
      world.aws.messaging.queue.push(...world.aws.messaging.queue)
      await world.drain()
      await world.drain()
      world.aws.messaging.queue.push({ body: bodyOf(world), delaySeconds: 0 })
      world.aws.data.shadows.delete(thing)
      await world.drain()
    })
    expect(unique([...actions, ...more])).toEqual(allowed(retirePermissions))
  })

  test('sweep', async () => {
    const world = new RotationWorld()
    await world.create(world.createEvent())
    const actions = await used(world, async () => {
      await world.sweep()
      world.setExecution(1, 'FAILED')
      world.setExecution(2, 'FAILED')
      world.aws.jobs.pageSize = 1
      world.aws.iot.pageSize = 1
      world.aws.iot.addThing('dev2')
      world.whilePausing = () => {
        world.nowMs += invocationMs / 4
      }
      await world.sweep()
    })
    expect(unique(actions)).toEqual(allowed(sweepPermissions))
  })
})

const bodyOf = (world: RotationWorld): string =>
  JSON.stringify({
    thingName: thing,
    certificateId: world.old,
    why: 'decided',
    step: 'delete',
    notBeforeMs: 0,
    attempt: 0,
  })
