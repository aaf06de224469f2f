import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Passage } from '@rotator/local-cloud/mqtt/broker-state'
import type { CommitRequest } from '@rotator/protocol/messages/commit'
import { describe, type ExpectStatic } from 'vitest'
import { startConnectProxy } from '../faults/connect-proxy.ts'
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts'
import type { Weather } from '../faults/weather.ts'
import { coreControl } from '../fleet/core-control.ts'
import { deactivation, denial, whenNewIsMade } from './new-certificate.ts'
import { ended, expectRotated, otherJob, startJob, type Trialled, until } from './rotation.ts'
import { passing, type Trials, test } from './trial-test.ts'
import type { World } from './world.ts'

/** So long is a trial's device alone; in the field that would be seven minutes. */
const awayMs = 20_000
/** Long enough to wonder, with nothing to do, whether Greengrass is connected at all; in the field twelve minutes. */
const longAwayMs = 36_000

/** The network goes away at one moment of a rotation; settles when it has gone. */
type Moment = (scene: Scene) => Promise<void>

interface Scene {
  world: World
  trials: Trials
  device: Trialled
  goAway: () => void
}

/** The network goes with the first message of a kind, which is lost with it. */
const withMessage =
  (topicEnd: string, text = '', fits: (passage: Passage) => boolean = () => true): Moment =>
  async ({ trials, device, goAway }) =>
    new Promise(resolve => {
      const matches = passing(device, 'in', topicEnd, text)
      trials.meet(
        passage => matches(passage) && fits(passage),
        () => {
          goAway()
          resolve()
        },
      )
    })

const inPhase =
  (phase: string): Moment =>
  async ({ device, goAway }) => {
    await until(
      `the phase ${phase}`,
      () => device.phases.join(' '),
      () => device.phases.includes(phase),
    )
    goAway()
  }

const isConsent = ({ payload }: Passage): boolean =>
  (JSON.parse(payload.toString()) as CommitRequest).turn === 1

const refused: Weather = { kind: 'refused' }
const blackHole: Weather = { kind: 'black-hole' }

/** A rotation that ends well however long it was interrupted. */
const moments: [string, Weather, Moment][] = [
  ['as soon as it asks for a certificate', refused, withMessage('/certificate/create')],
  ['while it tries the new certificate', refused, inPhase('check')],
  ['while it tries the new certificate, without a word', blackHole, inPhase('check')],
  ['while Greengrass is restarted', refused, inPhase('restart')],
  ['as soon as it commits', refused, withMessage('/certificate/commit')],
  ['as soon as it commits, without a word', blackHole, withMessage('/certificate/commit')],
  ['as soon as it reports the success', refused, withMessage('/update', 'SUCCEEDED')],
]

async function interrupted(
  world: World,
  trials: Trials,
  weather: Weather,
): Promise<{ net: TcpProxy; scene: Scene; comeBack: (afterMs?: number) => Promise<void> }> {
  const net = await startTcpProxy(world.cloud.endpoints.mqtt)
  const device = await trials.start({ endpoint: net.endpoint })
  await trials.seen(passing(device, 'out', '/jobs/$next/get/accepted'))
  const goAway = () => {
    net.weather(weather)
    trials.fired()
  }
  return {
    net,
    scene: { world, trials, device, goAway },
    comeBack: async (afterMs = awayMs) => {
      await sleep(afterMs)
      net.weather({ kind: 'open' })
    },
  }
}

/** @param restarts of Greengrass that the rotation itself needs */
async function expectNobodyWasAlarmed(
  device: Trialled,
  restarts: number,
  expect: ExpectStatic,
): Promise<void> {
  expect(device.phases).not.toContain('rollback')
  expect(device.phases).not.toContain('forward')
  expect(await coreControl(device).restarts()).toBe(restarts)
}

describe.concurrent('a network that goes away for long', () => {
  test.for(moments)(
    'D4: %s: the device waits, neither rolls back nor restarts Greengrass for it, and then succeeds',
    async ([, weather, moment], { world, trials, expect }) => {
      const { net, scene, comeBack } = await interrupted(world, trials, weather)
      const isGone = moment(scene)
      const jobId = await startJob(world, scene.device)
      await isGone
      await comeBack()
      await expectRotated(world, scene.device, jobId)
      expect(net.counts.refused + net.counts.lost).toBeGreaterThan(0)
      await expectNobodyWasAlarmed(scene.device, 1, expect)
      await net.stop()
    },
  )

  test('D4: while there is nothing to do: Greengrass is left alone, and a job that came meanwhile succeeds', async ({
    world,
    trials,
    expect,
  }) => {
    const { net, scene, comeBack } = await interrupted(world, trials, refused)
    scene.goAway()
    const jobId = await startJob(world, scene.device)
    await comeBack(longAwayMs)
    expect(await coreControl(scene.device).restarts()).toBe(0)
    await expectRotated(world, scene.device, jobId)
    await expectNobodyWasAlarmed(scene.device, 1, expect)
    await net.stop()
  })

  test('D4: as soon as it reports a failure: the report is repeated until it is recorded', async ({
    world,
    trials,
    expect,
  }) => {
    const { net, scene, comeBack } = await interrupted(world, trials, refused)
    const isGone = withMessage('/update', 'FAILED')(scene)
    const document = { operation: 'ROTATE_CERTIFICATE', keyAlgorithm: 'RSA-512' }
    const jobId = await otherJob(world, scene.device, document)
    await isGone
    await comeBack()
    expect(await ended(world, scene.device, jobId)).toMatchObject({ status: 'FAILED' })
    await expectNobodyWasAlarmed(scene.device, 0, expect)
    await net.stop()
  })

  test('D4: after a rollback, as soon as it asks for consent: it stays on OLD until it is answered', async ({
    world,
    trials,
    expect,
  }) => {
    const { net, scene, comeBack } = await interrupted(world, trials, refused)
    const { device } = scene
    const isGone = withMessage('/certificate/commit', '', isConsent)(scene)
    const made = whenNewIsMade(trials, device, async () => {})
    void inPhase('restart')({ ...scene, goAway: () => void made.then(id => deactivation.refuse(world, id)) })
    const jobId = await startJob(world, device)
    await isGone
    await comeBack()
    expect(await ended(world, device, jobId)).toMatchObject({
      status: 'FAILED',
      statusDetails: { failureCode: 'ROLLED_BACK' },
    })
    expect(device.phases.filter(phase => phase === 'rollback')).toHaveLength(1)
    expect(device.phases).not.toContain('forward')
    expect(await coreControl(device).restarts()).toBe(2)
    await net.stop()
  })
})

test('behind a proxy and at port 443, identities are tried on the way that Greengrass goes', async ({
  world,
  trials,
  expect,
}) => {
  const https = Number(new URL(world.cloud.endpoints.https).port)
  const proxy = await startConnectProxy('me:sesame', { 'localhost:443': https })
  const connected = new Set<string>()
  world.cloud.services.broker.observe(event => {
    if (event.kind === 'connected') connected.add(event.client.clientId)
  })
  const device = await trials.start({
    peculiarities: {
      nucleusConfiguration: {
        mqtt: { port: 443 },
        iotCredEndpoint: 'localhost',
        networkProxy: { proxy: { url: proxy.url, username: 'me', password: 'sesame' } },
      },
    },
  })
  void whenNewIsMade(trials, device, async ({ certificateId }) =>
    denial('iot:AssumeRoleWithCertificate').refuse(world, certificateId),
  )
  const jobId = await startJob(world, device)
  expect(await ended(world, device, jobId)).toMatchObject({
    status: 'FAILED',
    statusDetails: { failureCode: 'NEW_IDENTITY_REFUSED' },
  })
  expect(connected).toContain(`${device.thingName}#certificate-probe`)
  await expectRotated(world, device, await startJob(world, device))
  expect(proxy.sentAway).toBe(0)
  expect([...proxy.tunnels.keys()]).toEqual(['localhost:443'])
  expect(readFileSync(device.componentLog, 'utf8')).not.toContain('sesame')
  await proxy.stop()
})
