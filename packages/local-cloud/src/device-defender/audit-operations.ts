import { invalidRequest } from '../api/aws-error.ts'
import { optionalBoolean, optionalObject, optionalString, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestOperation } from '../api/operation.ts'
import { byNextToken, page } from '../registry/paging.ts'
import { checkNamed } from './audit-checks.ts'
import { type AuditFinding, type Audits, type AuditTask, taskTypeOf } from './audits.ts'

type Members = Readonly<Record<string, unknown>>

/** Audits of AWS IoT Device Defender in the IoT API. */
export function auditOperations(audits: Audits): RestOperation[] {
  return [...configuring(audits), ...tasks(audits), ...findings(audits)]
}

function configuring(audits: Audits): RestOperation[] {
  const { configuration } = audits
  return [
    iotOperation('UpdateAccountAuditConfiguration', 'PATCH', '/audit/configuration', ({ body }) => {
      const checks = parseChecks(body)
      const target = optionalObject(
        optionalObject(body, 'auditNotificationTargetConfigurations') ?? {},
        'SNS',
      )
      configuration.roleArn = optionalString(body, 'roleArn') ?? configuration.roleArn
      if (configuration.roleArn === undefined)
        throw invalidRequest('The first configuration of an account needs a roleArn.')
      for (const [name, check] of checks) configuration.checks.set(name, check)
      if (target !== undefined)
        configuration.notification = {
          targetArn: requiredString(target, 'targetArn'),
          roleArn: requiredString(target, 'roleArn'),
          enabled: optionalBoolean(target, 'enabled') ?? false,
        }
      return {}
    }),
    iotOperation('DescribeAccountAuditConfiguration', 'GET', '/audit/configuration', () => ({
      roleArn: configuration.roleArn,
      auditNotificationTargetConfigurations: { SNS: configuration.notification },
      auditCheckConfigurations: Object.fromEntries(
        [...configuration.checks].map(([name, { enabled, thresholdDays }]) => {
          const threshold = checkNamed(name).threshold?.name ?? ''
          const given = thresholdDays !== undefined && { [threshold]: String(thresholdDays) }
          return [name, { enabled, ...(given && { configuration: given }) }]
        }),
      ),
    })),
    iotOperation('CreateAuditSuppression', 'POST', '/audit/suppressions/create', ({ body }) => {
      const resource = optionalObject(body, 'resourceIdentifier') ?? {}
      audits.suppress(requiredString(body, 'checkName'), requiredString(resource, 'deviceCertificateId'))
      return {}
    }),
  ]
}

function parseChecks(body: Members): [string, { enabled: boolean; thresholdDays: number | undefined }][] {
  const named = optionalObject(body, 'auditCheckConfigurations') ?? {}
  return Object.keys(named).map(name => {
    const { threshold } = checkNamed(name)
    const given = optionalObject(named, name) ?? {}
    const settings = optionalObject(given, 'configuration') ?? {}
    const strange = Object.keys(settings).find(setting => setting !== threshold?.name)
    if (strange !== undefined) throw invalidRequest(`The check ${name} has no setting ${strange}.`)
    const text = threshold && optionalString(settings, threshold.name)
    const days = text === undefined ? undefined : Number(text)
    if (days !== undefined && !(Number.isInteger(days) && days >= 30 && days <= 3_652))
      throw invalidRequest(`Value '${text}' at '${threshold?.name}' must be from 30 to 3652 days.`)
    return [name, { enabled: optionalBoolean(given, 'enabled') ?? false, thresholdDays: days }]
  })
}

function tasks(audits: Audits): RestOperation[] {
  return [
    iotOperation('StartOnDemandAuditTask', 'POST', '/audit/tasks', ({ body }) => ({
      taskId: audits.start(checkNames(body)),
    })),
    iotOperation('DescribeAuditTask', 'GET', '/audit/tasks/{taskId}', ({ params }) =>
      description(audits.task(requiredString(params, 'taskId'))),
    ),
    iotOperation('ListAuditTasks', 'GET', '/audit/tasks', ({ query }) => {
      const [from, to] = [timeOf(query, 'startTime'), timeOf(query, 'endTime')]
      const wanted = query.get('taskStatus')
      const all = [...audits.tasks.values()].filter(
        ({ startedAtMs, status }) =>
          startedAtMs >= from && startedAtMs <= to && (wanted === null || wanted === status),
      )
      const { items, next } = page(all, query, byNextToken)
      const shown = items.map(task => ({
        taskId: task.taskId,
        taskStatus: task.status,
        taskType: taskTypeOf(task),
      }))
      return { tasks: shown, ...(next !== undefined && { nextToken: next }) }
    }),
  ]
}

/** @throws AwsError where there are none */
export function checkNames(body: Members): string[] {
  const names = body['targetCheckNames']
  if (!Array.isArray(names) || names.length === 0) throw invalidRequest('targetCheckNames must name checks.')
  return names.map(String)
}

/** In the query a time is ISO 8601. */
function timeOf(query: URLSearchParams, name: string): number {
  const ms = Date.parse(query.get(name) ?? '')
  if (Number.isNaN(ms)) throw invalidRequest(`'${name}' must be a time.`)
  return ms
}

function description(task: AuditTask): unknown {
  const { status, startedAtMs, scheduledAuditName, checks } = task
  const runs = [...checks.values()]
  const count = (wanted: string) => runs.filter(run => run.status === wanted).length
  return {
    taskStatus: status,
    taskType: taskTypeOf(task),
    ...(scheduledAuditName !== undefined && { scheduledAuditName }),
    taskStartTime: startedAtMs / 1000,
    taskStatistics: {
      totalChecks: runs.length,
      inProgressChecks: count('IN_PROGRESS'),
      waitingForDataCollectionChecks: 0,
      compliantChecks: count('COMPLETED_COMPLIANT'),
      nonCompliantChecks: count('COMPLETED_NON_COMPLIANT'),
      failedChecks: 0,
      canceledChecks: 0,
    },
    auditDetails: Object.fromEntries(
      [...checks].map(([name, run]) => [
        name,
        {
          checkRunStatus: run.status,
          checkCompliant: run.status === 'COMPLETED_COMPLIANT',
          totalResourcesCount: run.total,
          nonCompliantResourcesCount: run.nonCompliant,
        },
      ]),
    ),
  }
}

function findings(audits: Audits): RestOperation[] {
  return [
    iotOperation('ListAuditFindings', 'POST', '/audit/findings', ({ body }) => {
      const taskId = optionalString(body, 'taskId')
      const [from, to] = [secondsOf(body, 'startTime'), secondsOf(body, 'endTime')]
      if ((taskId === undefined) === (from === undefined || to === undefined))
        throw invalidRequest('Either taskId, or startTime and endTime, must be given.')
      const checkName = optionalString(body, 'checkName')
      const suppressed = optionalBoolean(body, 'listSuppressedFindings')
      const all = audits.findings.filter(
        finding =>
          (taskId === undefined || finding.taskId === taskId) &&
          finding.foundAtMs >= (from ?? 0) &&
          finding.foundAtMs <= (to ?? Number.POSITIVE_INFINITY) &&
          (checkName === undefined || finding.checkName === checkName) &&
          (suppressed === undefined || finding.isSuppressed === suppressed),
      )
      const { items, next } = page(all, pagingOf(body, audits.mostListed), byNextToken)
      return { findings: items.map(shown), ...(next !== undefined && { nextToken: next }) }
    }),
  ]
}

/** In the body a time is seconds since 1970. */
function secondsOf(body: Members, name: string): number | undefined {
  const value = body[name]
  return typeof value === 'number' ? value * 1000 : undefined
}

/** This list is asked for by a body; its paging is that of the others. */
function pagingOf(body: Members, mostListed: number): URLSearchParams {
  const { maxResults } = body
  const nextToken = optionalString(body, 'nextToken')
  const wanted = typeof maxResults === 'number' ? maxResults : byNextToken.usual
  const size = wanted > byNextToken.maximum ? wanted : Math.min(wanted, mostListed)
  return new URLSearchParams({
    maxResults: String(size),
    ...(nextToken !== undefined && { nextToken }),
  })
}

const shown = (finding: AuditFinding): unknown => ({
  findingId: finding.findingId,
  taskId: finding.taskId,
  checkName: finding.checkName,
  taskStartTime: finding.taskStartedAtMs / 1000,
  findingTime: finding.foundAtMs / 1000,
  severity: finding.severity,
  nonCompliantResource: {
    resourceType: 'DEVICE_CERTIFICATE',
    resourceIdentifier: { deviceCertificateId: finding.certificateId },
    additionalInfo: finding.additionalInfo,
  },
  relatedResources: [],
  reasonForNonCompliance: finding.reason,
  reasonForNonComplianceCode: finding.reasonCode,
  isSuppressed: finding.isSuppressed,
})
