import { certificateIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { defenderFindings } from '../aws/audit-findings.ts'
import { lambdaContinuations } from '../aws/continuations.ts'
import { environmentOf } from '../aws/environment.ts'
import type { ReportLine } from '../report.ts'
import { rotateAged } from '../rotate-aged/rotate-aged.ts'
import { rotateAnomalous } from '../rotate-anomalous/rotate-anomalous.ts'
import { rotateAudited } from '../rotate-audited/rotate-audited.ts'
import { certificateTriggerClients } from '../triggers/trigger-clients.ts'
import type { TriggerEnvironmentName } from '../triggers/trigger-environment.ts'
import { certificateTriggerPorts } from '../triggers/trigger-ports.ts'
import { FakeAws } from './fake-aws/fake-aws.ts'
import { fakeClientSettings, triggerVariables } from './fake-clients.ts'
import { certificateIdOf } from './test-ids.ts'

const dayMs = 86_400_000

/** A fleet whose rotations are ordered by the triggers' functions, on a fake AWS. */
export class TriggerWorld {
  readonly aws = new FakeAws()
  readonly lines: ReportLine[] = []
  nowMs = Date.parse('2026-06-01T00:00:00Z')
  /** When calls began, in milliseconds since 1970. */
  readonly callTimes: number[] = []
  readonly #deps

  constructor() {
    this.aws.triggers.now = () => this.nowMs
    const environment = environmentOf<TriggerEnvironmentName>(triggerVariables)
    const { iot, data, lambda } = certificateTriggerClients(environment, fakeClientSettings(this.aws))
    this.#deps = {
      ...certificateTriggerPorts(environment, { iot, data }),
      findings: defenderFindings(iot),
      continuations: lambdaContinuations(lambda, environment.text('OWN_FUNCTION_NAME')),
      afterDays: environment.days('ROTATE_AFTER_DAYS'),
      report: (line: ReportLine) => void this.lines.push(line),
      now: () => this.nowMs,
      pause: async (ms: number) => {
        this.nowMs += ms
        this.callTimes.push(this.nowMs)
      },
    }
  }

  /** A member of the group with a certificate of that age. @returns its certificate's id */
  addThing(name: string, { ageDays = 400, group = 'cores', exclusive = true } = {}): string {
    const id = this.addCertificate(name, ageDays)
    this.aws.iot.addThing(name)
    this.aws.iot.attach(name, id, exclusive)
    this.aws.triggers.groups.set(name, ['others', group])
    return id
  }

  /** A certificate that is attached to nothing. */
  addCertificate(word: string, ageDays: number): string {
    const id = v.parse(certificateIdSchema, certificateIdOf(word))
    this.aws.iot.certificates.set(id, { pem: '', status: 'ACTIVE', policies: new Set() })
    this.aws.triggers.createdAtMs.set(id, this.nowMs - ageDays * dayMs)
    return id
  }

  /** One run of the schedule, with the invocations that continue it. @returns how many there were */
  async runSchedule(scheduledTime = '2026-06-01T00:00:00Z'): Promise<number> {
    return this.#whole(rotateAged(this.#deps), { scheduledTime })
  }

  async age(event: unknown): Promise<void> {
    await rotateAged(this.#deps)(event)
  }

  /** What Device Defender tells of an audit, with the invocations that continue it. @returns how many there were */
  async audited(
    taskId: string,
    findings: Record<string, string[]>,
    checkRunStatus = 'COMPLETED_NON_COMPLIANT',
  ): Promise<number> {
    for (const [check, ids] of Object.entries(findings))
      this.aws.triggers.findings.set(`${taskId} ${check}`, ids)
    const auditDetails = Object.keys(findings).map(checkName => ({ checkName, checkRunStatus }))
    return this.#whole(rotateAudited(this.#deps), snsEvent({ taskId, taskStatus: 'COMPLETED', auditDetails }))
  }

  async audit(event: unknown): Promise<void> {
    await rotateAudited(this.#deps)(event)
  }

  async violated(violation: object): Promise<void> {
    const usual = {
      violationId: '37e18651d207bbc74236c13faf146127',
      securityProfileName: 'cores',
      violationEventType: 'in-alarm',
      violationEventTime: this.nowMs,
    }
    await this.anomaly(snsEvent({ ...usual, ...violation }))
  }

  async anomaly(event: unknown): Promise<void> {
    await rotateAnomalous(this.#deps)(event)
  }

  /** The things of each job that was ordered. */
  get ordered(): string[][] {
    return this.aws.triggers.ordered.map(({ targets }) =>
      targets.map(arn => arn.slice(arn.indexOf('thing/') + 6)),
    )
  }

  get leftOut(): (string | undefined)[] {
    return this.lines.filter(({ event }) => event === 'rotation-not-ordered').map(({ problem }) => problem)
  }

  async #whole(handler: (event: unknown) => Promise<void>, first: unknown): Promise<number> {
    const { invocations } = this.aws.messaging
    await handler(first)
    let count = 1
    for (let next = invocations.shift(); next !== undefined; next = invocations.shift()) {
      if (next.functionName !== triggerVariables.OWN_FUNCTION_NAME) throw new Error('another function')
      await handler(next.event)
      count += 1
    }
    return count
  }
}

/** As Amazon SNS invokes a function. */
export const snsEvent = (message: unknown): unknown => snsEventOf(JSON.stringify(message))

export const snsEventOf = (text: string): unknown => ({
  Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: text } }],
})
