import { describe, expect, test } from 'vitest'
import type { Permission } from '../permission.ts'
import { permissions as agedPermissions } from '../rotate-aged/permissions.ts'
import { permissions as anomalousPermissions } from '../rotate-anomalous/permissions.ts'
import { permissions as auditedPermissions } from '../rotate-audited/permissions.ts'
import { TriggerWorld } from '../testing/trigger-world.ts'

/** The action that AWS documents for it beside the one of its own name. */
const alias = 'iot:ListPrincipalThings'

const unique = (actions: string[]): string[] => [...new Set(actions)].toSorted()
const allowed = (permissions: readonly Permission[]): string[] =>
  unique(permissions.flatMap(({ actions }) => actions).filter(action => action !== alias))
const used = ({ aws }: TriggerWorld): string[] =>
  unique(aws.calls.map(call => (call === 'Invoke' ? 'lambda:InvokeFunction' : `iot:${call}`)))

/** A fleet with so much to do that an invocation does not get through. */
function fleet(): { world: TriggerWorld; ids: string[] } {
  const world = new TriggerWorld()
  const ids = Array.from({ length: 150 }, (_, index) => world.addThing(`thing-${index}`))
  world.aws.data.setExecution('thing-0', {
    jobId: 'J1',
    executionNumber: 1,
    status: 'QUEUED',
    document: '{}',
  })
  world.aws.data.setExecution('another', {
    jobId: `AWSLabsCertificateRotator-age-${'0'.repeat(30)}`,
    executionNumber: 1,
    status: 'SUCCEEDED',
    document: '{}',
  })
  world.aws.triggers.pageSize = 50
  world.aws.afterCall = operation => {
    if (operation === 'ListPrincipalThingsV2') world.nowMs += 60_000
  }
  return { world, ids }
}

describe('A7: a function that orders rotations may call exactly what it calls', () => {
  test('rotate-aged', async () => {
    const { world } = fleet()
    await world.runSchedule()
    expect(used(world)).toEqual(allowed(agedPermissions))
  })

  test('rotate-audited', async () => {
    const { world, ids } = fleet()
    await world.audited('t1', { DEVICE_CERTIFICATE_AGE_CHECK: ids })
    expect(used(world)).toEqual(allowed(auditedPermissions))
  })

  test('rotate-anomalous', async () => {
    const { world } = fleet()
    await world.violated({ thingName: 'thing-0' })
    expect(used(world)).toEqual(allowed(anomalousPermissions))
  })
})
