import { setTimeout as sleep } from 'node:timers/promises'
import { type Device, manufacture } from '../fleet/device.ts'
import { powerOn, type RunningDevice } from '../fleet/running-device.ts'
import { createRotationJob, describeExecution, type ExecutionReport } from '../operator/jobs.ts'
import { watchPresence } from '../operator/presence.ts'
import { issuerProblems } from '../operator/private-ca.ts'
import { prove } from '../operator/proof.ts'
import type { Token } from '../tokens/token.ts'
import type { Artifacts } from '../world/artifacts.ts'
import { type Lab, region } from '../world/lab.ts'
import { labAuthorityArn } from '../world/private-ca.ts'
import { DeviceWatch } from './device-watch.ts'
import type { Issuer, StartOptions } from './options.ts'
import type { ShownResult } from './result.ts'
import type { Stage, StoryEvent } from './story.ts'

/** Phases in which a power cut is most telling: the new identity is in place and nothing is committed yet. */
const cutIn = new Set(['install', 'restart', 'commit'])
const onlineWithinMs = 30_000
const rotatedWithinMs = 180_000
const retiredWithinMs = 30_000
const lookEveryMs = 200

/** What the story needs of one device. */
interface Actor {
  device: RunningDevice
  watch: DeviceWatch
  /** Whether its power is to be cut. */
  isCut: boolean
  /** Under way or over, once its power was cut; fails where the device could not be started again. */
  cut?: Promise<void>
}

/** Everything that runs for the fleet; stopped in one go. */
export interface Fleet {
  actors: Actor[]
  stop(): Promise<void>
}

/** @param tokens of each device, undefined for one whose identity is in files */
export async function manufactureFleet(
  lab: Lab,
  artifacts: Artifacts,
  options: StartOptions,
  tokens: readonly (Token | undefined)[],
): Promise<Device[]> {
  const numbers = Array.from({ length: options.devices }, (_, index) => String(index + 1).padStart(2, '0'))
  return Promise.all(
    numbers.map((number, index) =>
      manufacture({
        iot: lab.clients.iot,
        folder: lab.folder,
        thingName: `core-${number}`,
        thingGroupName: lab.thingGroupName,
        algorithms: options.algorithms,
        region,
        endpoint: lab.cloud.endpoints.mqtt,
        rootCaPath: lab.cloud.rootCaPath,
        component: artifacts.component,
        token: tokens[index],
      }),
    ),
  )
}

/** Starts every core and its component, and cuts the power of the last device in the middle of its rotation. */
export async function startFleet(lab: Lab, devices: readonly Device[], stage: Stage): Promise<Fleet> {
  const watches = new Map<string, DeviceWatch>()
  const presence = await watchPresence(lab.operator, 'operator', event =>
    watches.get(event.clientId)?.onPresence(event),
  )
  const actors = devices.map((device, index) => {
    const show = (event: StoryEvent) => stage.show(device.thingName, event)
    const watch = new DeviceWatch(device, show)
    watches.set(device.thingName, watch)
    return startActor(device, watch, show, index === devices.length - 1)
  })
  return {
    actors,
    stop: async () => {
      await Promise.all([presence.stop(), ...actors.map(async ({ device }) => device.stop())])
    },
  }
}

function startActor(
  device: Device,
  watch: DeviceWatch,
  show: (event: StoryEvent) => void,
  isCut: boolean,
): Actor {
  const onPhase = (phase: string) => {
    show({ kind: 'phase', phase })
    if (!isCut || actor.cut !== undefined || !cutIn.has(phase)) return
    show({ kind: 'power-cut' })
    actor.cut = actor.device.cutPower().then(() => show({ kind: 'power-back' }))
    // Whoever follows the device waits for it; until then a failure is not to end the process.
    actor.cut.catch(() => undefined)
  }
  const actor: Actor = { device: powerOn(device, onPhase), watch, isCut }
  return actor
}

/** Waits until every core is connected; a job would reach it later too, but the story is told from here. */
export async function waitUntilOnline(fleet: Fleet): Promise<void> {
  const late = fleet.actors.map(async ({ device, watch }) => {
    const inTime = await Promise.race([
      watch.online.then(() => true),
      sleep(onlineWithinMs, false, { ref: false }),
    ])
    if (!inTime) {
      throw new Error(
        `${device.thingName} did not connect within ${onlineWithinMs / 1000} s. Its log: ${device.root}/logs/core.log`,
      )
    }
  })
  await Promise.all(late)
}

/** Creates the job and follows every device to the end of its execution, then proves the result from outside. */
export async function rotateFleet(
  lab: Lab,
  fleet: Fleet,
  stage: Stage,
  options: StartOptions,
): Promise<{ jobId: string; devices: ShownResult[] }> {
  const jobId = await createRotationJob(lab.clients.iot, lab.thingGroupArn)
  const devices = await Promise.all(
    fleet.actors.map(async actor => {
      const report = await followExecution(lab, jobId, actor, stage)
      await actor.cut
      const proof = await proveInTime(lab, actor.device)
      const { token } = actor.device
      const problems = [
        ...executionProblems(report),
        ...proof.problems,
        ...keyProblems(proof.keyAlgorithm, options.algorithms.keyAlgorithm),
        ...cutProblems(actor),
        ...(await signerProblems(lab, options.issuer, proof.newCertificateId)),
      ]
      return {
        thingName: actor.device.thingName,
        ok: problems.length === 0,
        oldCertificateId: actor.device.old.certificateId,
        newCertificateId: proof.newCertificateId,
        ...options.algorithms,
        store: token === undefined ? ('file' as const) : ('pkcs11' as const),
        rotationMs: report.runningMs,
        offlineMs: actor.watch.offlineMs,
        powerCut: actor.cut !== undefined,
        token: token?.kind,
        problems,
      }
    }),
  )
  return { jobId, devices }
}

async function followExecution(
  lab: Lab,
  jobId: string,
  { device }: Actor,
  stage: Stage,
): Promise<ExecutionReport> {
  const deadline = Date.now() + rotatedWithinMs
  for (;;) {
    const report = await describeExecution(lab.clients.iot, jobId, device.thingName)
    const isOpen = report.status === 'QUEUED' || report.status === 'IN_PROGRESS' || report.status === 'none'
    if (!isOpen || Date.now() > deadline) {
      const reason = report.statusDetails['DeviceFailureReason']
      stage.show(device.thingName, {
        kind: 'ended',
        status: report.status,
        ...(reason === undefined ? {} : { reason }),
      })
      return report
    }
    await sleep(lookEveryMs)
  }
}

function executionProblems({ status, statusDetails }: ExecutionReport): string[] {
  if (status === 'SUCCEEDED') return []
  const reason = statusDetails['DeviceFailureReason'] ?? 'the device gave no reason'
  return [`The job execution is ${status}: ${reason}.`]
}

const keyProblems = (is: string, asked: string): string[] =>
  is === asked ? [] : [`The new key is ${is}; ${asked} was asked for.`]

async function signerProblems(lab: Lab, issuer: Issuer, certificateId: string): Promise<string[]> {
  if (issuer === 'aws-iot') return []
  const endpoint = lab.cloud.endpoints.http
  return issuerProblems(
    { iot: lab.clients.iot, endpoint, region, authorityArn: labAuthorityArn },
    certificateId,
  )
}

const cutProblems = ({ isCut, cut }: Actor): string[] =>
  isCut && cut === undefined ? ['Its power was to be cut in the middle of the rotation, and was not.'] : []

/** The old certificate is retired by a queue after the job has ended, so its absence is waited for. */
async function proveInTime(lab: Lab, device: Device) {
  const deadline = Date.now() + retiredWithinMs
  for (;;) {
    const proof = await prove({ ...lab, mqtt: lab.cloud.endpoints.mqtt }, device)
    if (proof.problems.length === 0 || Date.now() > deadline) return proof
    await sleep(lookEveryMs)
  }
}
