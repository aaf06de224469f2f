import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { makeSoftHsm } from '../tokens/softhsm.ts'
import type { Token } from '../tokens/token.ts'
import { makeTpm } from '../tokens/tpm.ts'
import { journaledPhase } from '../whole/journal-file.ts'
import { expectRotated, startJob, until } from '../whole/rotation.ts'
import { type Trials, test } from '../whole/trial-test.ts'
import type { World } from '../whole/world.ts'

/** The phases in which a switch is under way, and the order that is given in each. */
const orders = [
  { phase: 'ask', effect: 'publish-create', text: '' },
  { phase: 'check', effect: 'check-certificate', text: '' },
  { phase: 'install', effect: 'install', text: '' },
  { phase: 'restart', effect: 'restart-service', text: '' },
  { phase: 'commit', effect: 'publish-commit', text: '' },
  { phase: 'finish', effect: 'update-job', text: 'SUCCEEDED' },
  { phase: 'close', effect: 'drop-identities', text: '' },
] as const

/** A device with a token of its own that stands before that order, in the middle of its rotation. */
async function standing(
  { world, trials }: { world: World; trials: Trials },
  token: Token,
  { effect, text }: (typeof orders)[number],
) {
  const device = await trials.start({ token, cuts: [{ when: 'before', effect, text, signal: 'SIGSTOP' }] })
  const jobId = await startJob(world, device)
  await trials.cut(device)
  return { device, jobId }
}

describe.concurrent.each([
  ['SoftHSM2', makeSoftHsm],
  ['a TPM', makeTpm],
] as const)('a device with its identity in %s', (kind, make) => {
  const cases = orders.map(order => ({ ...order, name: `token-${make.name}-${order.phase}` }))

  test.for(cases)(
    'D1, D13: with its power cut in the phase $phase, and its token gone for a while when it starts again, converges',
    async ({ name, ...order }, { world, trials, expect, onTestFinished }) => {
      const token = await make(join(world.folder, name))
      onTestFinished(async () => token.close())
      const { device, jobId } = await standing({ world, trials }, token, order)
      expect(journaledPhase(device)).toBe(order.phase)
      const saidBefore = readFileSync(device.componentLog, 'utf8').length
      const aside = `${token.contents}-aside`
      await device.cutPower(() => renameSync(token.contents, aside))
      await until(
        `a look at ${kind} in vain`,
        () => readFileSync(device.componentLog, 'utf8').slice(saidBefore),
        text => text.includes('What is stored cannot be read'),
      )
      trials.fired()
      renameSync(aside, token.contents)
      await expectRotated(world, device, jobId)
      await until(
        'an idle device',
        () => journaledPhase(device),
        phase => phase === 'idle',
      )
    },
  )
})
