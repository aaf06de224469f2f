import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { synth } from '@rotator/infra/synth'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Blueprint, readBlueprint } from '../../cloud/blueprint.ts'
import { fillPool } from '../../device/key-pool.ts'
import type { Choice } from '../../exhaustive/chosen-fates.ts'
import { enumerate } from '../../exhaustive/enumerate.ts'
import { type Fault, goodLuck } from '../../faults/fault.ts'
import { everyChange } from './changes.ts'
import type { Version } from './partner-core.ts'
import { rotateOnce, rotatePartners, type Verdict } from './scenario.ts'
import { versionOneBlueprint } from './version-one-functions.ts'

let blueprint: Blueprint

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'version-one-'))
  const { templatePath } = await synth({ outDir: join(folder, 'assembly') })
  blueprint = readBlueprint(templatePath)
  rmSync(folder, { recursive: true })
  await fillPool(8)
}, 60_000)

interface Schedules {
  device: Version
  backend: Version
  isWanted?: (fault: Fault) => boolean
}

/** @returns every schedule with a single fault: how many were well, and the others by what was wrong */
async function everySchedule({ device, backend, isWanted = () => true }: Schedules) {
  const wrong: Record<string, string[]> = {}
  let fine = 0
  await enumerate({
    run: async fates => (await rotatePartners({ device, backend, blueprint }, fates)).broken,
    mostFaults: 1,
    isWanted,
    share: 0,
    of: 1,
    onSchedule: ([choice], broken) => {
      const key = broken.join(', ')
      if (key === '') fine += 1
      else wrong[key] = [...(wrong[key] ?? []), textOf(choice)]
    },
  })
  return { fine, wrong }
}

const textOf = (choice: Choice | undefined): string =>
  choice === undefined ? 'no fault' : `${choice.fault} at ${choice.index}`

const takesNewAway = (fault: Fault): boolean => fault === 'new-deactivated' || fault === 'new-refused'

const named = (verdict: Verdict): string[] =>
  Object.entries(verdict).flatMap(([name, isSo]) => (isSo ? name : []))

describe('version 1 on both sides', () => {
  test('rotates where nothing goes wrong', async () => {
    const partners = { device: 'v1', backend: 'v1', blueprint: versionOneBlueprint } as const
    const { world, verdict } = await rotateOnce(partners, goodLuck)
    expect(named(verdict)).toEqual([])
    expect(world.endOf('J1')).toBe('SUCCEEDED')
    expect(world.attached).toEqual([await world.core.configured()])
    expect(world.attached).not.toEqual([world.oldCertificateId])
    expect(world.told).toEqual([])
  })
})

describe('partners of two versions', () => {
  test('C18: a version 1 device on our backend is stranded by no single fault, and further rotations leave one certificate', async ({
    task,
  }) => {
    const { fine, wrong } = await everySchedule({
      device: 'v1',
      backend: 'ours',
      isWanted: fault => !takesNewAway(fault),
    })
    expect(wrong).toEqual({})
    expect(fine).toBeGreaterThan(150)
    Object.assign(task.meta, { fired: fine - 1 })
  }, 120_000)

  test('a version 1 device has deleted OLD when it reports success, and nothing helps if NEW is taken away just then', async () => {
    const { fine, wrong } = await everySchedule({ device: 'v1', backend: 'ours', isWanted: takesNewAway })
    expect(fine).toBeGreaterThan(8)
    expect(Object.values(wrong).flat()).toEqual([
      expect.stringMatching(/^new-deactivated/u),
      expect.stringMatching(/^new-refused/u),
    ])
  })

  test('C18: our device on a version 1 backend is stranded by no single fault, and reports what is so', async ({
    task,
  }) => {
    const { fine, wrong } = await everySchedule({ device: 'ours', backend: 'v1' })
    expect(wrong).toEqual({})
    expect(fine).toBeGreaterThan(150)
    Object.assign(task.meta, { fired: fine - 1 })
  }, 120_000)
})

/** @returns how many points there were, and what was wrong at which of them */
async function changing(device: Version, backend: Version, side: 'device' | 'backend', isOurs: boolean) {
  const wrong: string[] = []
  let points = 0
  for await (const run of everyChange({ device, backend, blueprint }, side)) {
    points += 1
    wrong.push(...run.violations.map(text => `${text} at ${run.at}`))
    if (run.verdict.stranded || !run.isConnectedInTheEnd) wrong.push(`stranded at ${run.at}`)
    if (run.verdict.blocked && !run.isTold) wrong.push(`both kept and nobody told at ${run.at}`)
    // Version 1's backend keeps a second certificate for good.
    if (isOurs && !run.isAloneInTheEnd) wrong.push(`not alone in the end at ${run.at}`)
  }
  return { points, wrong }
}

describe('one side is replaced in the middle of a rotation', () => {
  test('D15: a version 1 component by ours, at any point and on our backend: one certificate is left, in use', async ({
    task,
  }) => {
    const { points, wrong } = await changing('v1', 'ours', 'device', true)
    expect(wrong).toEqual([])
    expect(points).toBeGreaterThan(50)
    Object.assign(task.meta, { fired: points })
  }, 120_000)

  test('C18, D15: a version 1 component by ours, at any point and on a version 1 backend: never stranded', async ({
    task,
  }) => {
    const { points, wrong } = await changing('v1', 'v1', 'device', false)
    expect(wrong).toEqual([])
    expect(points).toBeGreaterThan(50)
    Object.assign(task.meta, { fired: points })
  }, 120_000)

  test.for(['v1', 'ours'] as const)(
    'C18: a version 1 backend by ours, at any point and under a device of version %s: one certificate is left, in use',
    { timeout: 120_000 },
    async (device, { task }) => {
      const { points, wrong } = await changing(device, 'v1', 'backend', true)
      expect(wrong).toEqual([])
      expect(points).toBeGreaterThan(50)
      Object.assign(task.meta, { fired: points })
    },
  )

  test('D19: our component by version 1, at any point and on our backend: one certificate is left, in use', async ({
    task,
  }) => {
    const { points, wrong } = await changing('ours', 'ours', 'device', true)
    expect(wrong).toEqual([])
    expect(points).toBeGreaterThan(50)
    Object.assign(task.meta, { fired: points })
  }, 120_000)

  test('C18: our backend by version 1, at any point and under our device: never stranded', async ({
    task,
  }) => {
    const { points, wrong } = await changing('ours', 'ours', 'backend', false)
    expect(wrong.filter(problem => problem.startsWith('stranded'))).toEqual([])
    expect(points).toBeGreaterThan(50)
    Object.assign(task.meta, { fired: points })
  }, 120_000)
})
