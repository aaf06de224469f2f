import type { Account } from '../account.ts'
import { invalidRequest, resourceNotFound } from '../api/aws-error.ts'
import type { Certificate } from '../certificates/certificates.ts'
import type { Clock } from '../clock.ts'
import { checkNamed, type Objection } from './audit-checks.ts'

/** What the account has Device Defender check, and where it wants to be told. */
export interface AuditConfiguration {
  roleArn: string | undefined
  /** By the name of a check; the threshold is undefined where it is the usual one. */
  checks: Map<string, { enabled: boolean; thresholdDays: number | undefined }>
  notification: { targetArn: string; roleArn: string; enabled: boolean } | undefined
}

export interface CheckRun {
  status: 'IN_PROGRESS' | 'COMPLETED_COMPLIANT' | 'COMPLETED_NON_COMPLIANT'
  total: number
  nonCompliant: number
}

export interface AuditTask {
  taskId: string
  status: 'IN_PROGRESS' | 'COMPLETED'
  startedAtMs: number
  /** Undefined for one that was started on demand. */
  scheduledAuditName: string | undefined
  checks: Map<string, CheckRun>
}

export interface AuditFinding extends Objection {
  findingId: string
  taskId: string
  checkName: string
  taskStartedAtMs: number
  foundAtMs: number
  certificateId: string
  isSuppressed: boolean
}

export interface AuditDependencies {
  account: Account
  clock: Clock
  newId: () => string
  certificates: () => readonly Certificate[]
  publish: (topicArn: string, message: string) => void
}

export const taskTypeOf = ({ scheduledAuditName }: AuditTask): string =>
  scheduledAuditName === undefined ? 'ON_DEMAND_AUDIT_TASK' : 'SCHEDULED_AUDIT_TASK'

/** Audits of AWS IoT Device Defender: they look at every active certificate, keep what they find, and tell its number. */
export class Audits {
  readonly configuration: AuditConfiguration = {
    roleArn: undefined,
    checks: new Map(),
    notification: undefined,
  }
  readonly tasks = new Map<string, AuditTask>()
  readonly findings: AuditFinding[] = []
  /** AWS may list fewer than it was asked for. May be changed at any time. */
  mostListed = 250
  /** `check certificate` of those that an operator wants to hear no more of. */
  readonly #suppressed = new Set<string>()
  readonly #deps: AuditDependencies

  constructor(deps: AuditDependencies) {
    this.#deps = deps
  }

  suppress(checkName: string, certificateId: string): void {
    checkNamed(checkName)
    this.#suppressed.add(`${checkName} ${certificateId}`)
  }

  task(taskId: string): AuditTask {
    const task = this.tasks.get(taskId)
    if (task === undefined) throw resourceNotFound(`The audit task ${taskId} does not exist.`)
    return task
  }

  /** @throws AwsError for a check that the account has not switched on */
  checkEnabled(checkNames: readonly string[]): void {
    const off = checkNames.find(name => this.configuration.checks.get(name)?.enabled !== true)
    if (off !== undefined)
      throw invalidRequest(`The check ${off} is not enabled in the account's configuration.`)
  }

  /** The audit itself is made behind the caller's back. @returns the id of its task */
  start(checkNames: readonly string[], scheduledAuditName?: string): string {
    this.checkEnabled(checkNames)
    const { clock, newId } = this.#deps
    const task: AuditTask = {
      taskId: newId().replaceAll('-', ''),
      status: 'IN_PROGRESS',
      startedAtMs: clock.now(),
      scheduledAuditName,
      checks: new Map(checkNames.map(name => [name, { status: 'IN_PROGRESS', total: 0, nonCompliant: 0 }])),
    }
    this.tasks.set(task.taskId, task)
    clock.after(0, () => this.#perform(task))
    return task.taskId
  }

  #perform(task: AuditTask): void {
    for (const name of task.checks.keys()) task.checks.set(name, this.#check(task, name))
    task.status = 'COMPLETED'
    const { notification } = this.configuration
    if (notification?.enabled === true)
      this.#deps.publish(notification.targetArn, JSON.stringify(this.#notice(task)))
  }

  #check(task: AuditTask, checkName: string): CheckRun {
    const { clock, newId, certificates } = this.#deps
    const check = checkNamed(checkName)
    const days = this.configuration.checks.get(checkName)?.thresholdDays ?? check.threshold?.usualDays ?? 0
    const active = certificates().filter(({ status }) => status === 'ACTIVE')
    let nonCompliant = 0
    for (const certificate of active) {
      const objection = check.objectTo(certificate, clock.now(), days)
      if (objection === undefined) continue
      const { certificateId } = certificate
      const isSuppressed = this.#suppressed.has(`${checkName} ${certificateId}`)
      if (!isSuppressed) nonCompliant += 1
      this.findings.push({
        ...objection,
        findingId: newId(),
        taskId: task.taskId,
        checkName,
        taskStartedAtMs: task.startedAtMs,
        foundAtMs: clock.now(),
        certificateId,
        isSuppressed,
      })
    }
    const status = nonCompliant > 0 ? 'COMPLETED_NON_COMPLIANT' : 'COMPLETED_COMPLIANT'
    return { status, total: active.length, nonCompliant }
  }

  /** AWS IoT Device Defender, developer guide, "Audit notifications": numbers, and no certificate. */
  #notice(task: AuditTask): object {
    const { taskId, status, startedAtMs, scheduledAuditName, checks } = task
    const count = (wanted: CheckRun['status']) =>
      [...checks.values()].filter(run => run.status === wanted).length
    return {
      accountId: this.#deps.account.accountId,
      taskId,
      taskStatus: status,
      taskType: taskTypeOf(task),
      ...(scheduledAuditName !== undefined && { scheduledAuditName }),
      failedChecksCount: 0,
      canceledChecksCount: 0,
      nonCompliantChecksCount: count('COMPLETED_NON_COMPLIANT'),
      compliantChecksCount: count('COMPLETED_COMPLIANT'),
      totalChecksCount: checks.size,
      taskStartTime: startedAtMs,
      auditDetails: [...checks].map(([checkName, run]) => ({
        checkName,
        checkRunStatus: run.status,
        nonCompliantResourcesCount: run.nonCompliant,
        totalResourcesCount: run.total,
      })),
    }
  }
}
