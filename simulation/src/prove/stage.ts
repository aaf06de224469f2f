import { arn, defaultAccount } from '@rotator/local-cloud/account'
import { certificateTopics } from '@rotator/protocol/topics'
import type { Phase } from '@rotator/rotation/device/state'
import type { EdgeId } from '@rotator/rotation/device/transitions'
import type { RotationRecord } from '@rotator/rotation/record/record'
import type { SimulatedDevice } from '../device/simulated-device.ts'
import type { Fault } from '../faults/fault.ts'
import { hourMs } from '../kernel/durations.ts'
import type { VirtualClock } from '../kernel/virtual-clock.ts'
import type { JobWishes } from '../world/account.ts'
import { openJobOf } from '../world/grasp.ts'
import { refusingPolicy } from '../world/operators.ts'
import type { World } from '../world/world.ts'
import type { StagedFates } from './staged-fates.ts'

export interface StageParts {
  world: World
  device: SimulatedDevice
  clock: VirtualClock
  fates: StagedFates
}

/** Where a situation is played: one thing of a world, and means to wait for a moment and to act in it. */
export class Stage {
  readonly world: World
  readonly device: SimulatedDevice
  readonly #clock: VirtualClock
  readonly #fates: StagedFates

  constructor({ world, device, clock, fates }: StageParts) {
    this.world = world
    this.device = device
    this.#clock = clock
    this.#fates = fates
  }

  get thing(): string {
    return this.device.thing
  }

  get record(): RotationRecord {
    return this.world.cloud.recordOf(this.thing)
  }

  /** Certificates that are attached to the thing now, oldest first. */
  get attached(): string[] {
    const now = this.world.attachedTo(this.thing)
    return this.world.cloud.attached.map(({ certificateId }) => certificateId).filter(id => now.includes(id))
  }

  /** A fault may keep it from ever coming to be; then the situation goes on without it. */
  async until(isSo: () => boolean, withinMs = 3 * hourMs): Promise<boolean> {
    return this.world.until(isSo, this.#clock.now() + withinMs)
  }

  async phase(...phases: readonly Phase[]): Promise<boolean> {
    return this.until(() => phases.includes(this.device.phase))
  }

  async edge(edge: EdgeId): Promise<boolean> {
    return this.until(() => this.world.edges.has(edge))
  }

  async wait(ms: number): Promise<void> {
    await this.until(() => false, ms)
  }

  rotate(jobId = 'J1', wishes: Partial<JobWishes> = {}): void {
    this.world.createJob(jobId, [this.thing], { retries: 1, timeoutMinutes: 60, ...wishes })
  }

  /** With a document that is not the template's. */
  rotateBy(document: string, jobId = 'J1'): void {
    const targets = [arn(defaultAccount, 'iot', `thing/${this.thing}`)]
    this.world.cloud.call('iot', 'CreateJob', { jobId, targets, document })
  }

  /** Harmless where it is over already. */
  cancel(jobId: string): void {
    if (openJobOf(this.world.cloud, this.thing)?.jobId !== jobId) return
    this.world.cloud.call('iot', 'CancelJobExecution', { jobId, thingName: this.thing, force: true })
  }

  /** Acts the next time that the world comes to this point, before the fault happens there. */
  at(where: string, fault: Fault | undefined, act: () => void = () => {}): void {
    this.#fates.plan(where, fault, act)
  }

  after(ms: number, act: () => void): void {
    this.world.after(ms, act)
  }

  /** The endpoint refuses, or accepts again, whoever has this certificate, if there is one. */
  refuse(certificateId: string, isRefused: boolean): void {
    const { cloud } = this.world
    if (cloud.registry.certificates.find(certificateId) === undefined) return
    cloud.call('iot', isRefused ? 'AttachPolicy' : 'DetachPolicy', {
      policyName: refusingPolicy,
      target: cloud.registry.certificates.arnOf(certificateId),
    })
  }

  /** Whoever has the certificate's key says this to the backend. */
  say(certificateId: string, request: 'create' | 'commit', payload: object): void {
    const connection = this.world.cloud.broker.connect({
      clientId: `${this.thing}#2`,
      certificateId,
      topics: [],
      onMessage: () => {},
      onClose: () => {},
    })
    connection?.publish(certificateTopics[request](this.device.thing), JSON.stringify(payload), 1)
    connection?.close()
  }

  /** The backend, or whoever may publish in its place, says this to the device. */
  answer(verdict: 'create/accepted' | 'commit/accepted' | 'commit/rejected', payload: object): void {
    this.world.cloud.call('iotdata', 'Publish', {
      topic: `awslabs/things/${this.thing}/certificate/${verdict}`,
      payload: Buffer.from(JSON.stringify(payload)),
      qos: 1,
    })
  }
}
