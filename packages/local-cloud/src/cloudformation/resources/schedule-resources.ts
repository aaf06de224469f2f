import { type Account, arn } from '../../account.ts'
import type { RoleAuthority } from '../../iam/role-authority.ts'
import type { Functions } from '../../lambda/functions.ts'
import { withContext } from '../../schedules/schedule-context.ts'
import { parseScheduleExpression } from '../../schedules/schedule-expression.ts'
import type { Schedules } from '../../schedules/schedules.ts'
import { listOf, optionalMembers, optionalText, requiredText } from '../property-input.ts'
import type { ResourceProvider, ResourceRequest } from '../resource-provider.ts'
import { type Members, membersOf, validationError } from '../template.ts'

export interface ScheduleDependencies {
  account: Account
  functions: Functions
  authority: Pick<RoleAuthority, 'demandOfService'>
  schedules: Schedules
  newId: () => string
  /** Puts what could not be handed over into a queue. @throws where there is no such queue */
  keep: (queueArn: string, body: string) => void
  /** Told where a function could not be invoked. */
  failed: (source: string, reason: string) => void
}

function targetFunction(target: Members): string {
  const targetArn = requiredText(target, 'Arn')
  if (!targetArn.includes(':lambda:'))
    throw validationError(`Target ${targetArn} is no function: only functions are in this cloud.`)
  return targetArn
}

function scheduledEvent(
  deps: ScheduleDependencies,
  source: string,
  resource: string,
  dueAtMs: number,
): string {
  return JSON.stringify({
    version: '0',
    id: deps.newId(),
    'detail-type': 'Scheduled Event',
    source,
    account: deps.account.accountId,
    time: new Date(dueAtMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: deps.account.region,
    resources: [resource],
    detail: {},
  })
}

/** One hand-over to a function, and where the event goes that cannot be handed over. */
interface HandOver {
  source: string
  event: string
  deadLetterArn: string | undefined
  invoke: (event: Buffer) => void
  /** Throws where the service may not write to the queue. */
  mayKeep?: (queueArn: string) => void
}

function handOver(
  deps: ScheduleDependencies,
  { source, event, deadLetterArn, invoke, mayKeep }: HandOver,
): void {
  const tellOf = (work: () => void) => {
    try {
      work()
    } catch (error) {
      deps.failed(source, error instanceof Error ? error.message : String(error))
      return false
    }
    return true
  }
  if (tellOf(() => invoke(Buffer.from(event))) || deadLetterArn === undefined) return
  tellOf(() => {
    mayKeep?.(deadLetterArn)
    deps.keep(deadLetterArn, event)
  })
}

const deadLetterArnOf = (target: Members): string | undefined =>
  optionalText(optionalMembers(target, 'DeadLetterConfig') ?? {}, 'Arn')

/** A rule of EventBridge: it invokes by the function's own policy. */
export function eventsRuleProvider(deps: ScheduleDependencies): ResourceProvider {
  const put = (name: string, { properties }: ResourceRequest) => {
    const ruleArn = arn(deps.account, 'events', `rule/${name}`)
    const targets = listOf(properties, 'Targets').map(target => ({
      functionArn: targetFunction(target),
      input: optionalText(target, 'Input'),
      deadLetterArn: deadLetterArnOf(target),
    }))
    const expression = parseScheduleExpression(requiredText(properties, 'ScheduleExpression'))
    const invoker = {
      service: 'events.amazonaws.com',
      sourceArn: ruleArn,
      sourceAccount: deps.account.accountId,
    }
    deps.schedules.delete(ruleArn)
    if (optionalText(properties, 'State') !== 'DISABLED')
      deps.schedules.put(ruleArn, {
        expression,
        run(dueAtMs) {
          for (const { functionArn, input, deadLetterArn } of targets)
            handOver(deps, {
              source: ruleArn,
              event: input ?? scheduledEvent(deps, 'aws.events', ruleArn, dueAtMs),
              deadLetterArn,
              invoke: event => deps.functions.invokeLaterAs(invoker, functionArn, event),
            })
        },
      })
    return { physicalId: name, attributes: { Arn: ruleArn } }
  }
  return {
    understands: ['Name', 'ScheduleExpression', 'State', 'Targets'],
    passesOver: ['Description', 'Tags'],
    create: request => put(optionalText(request.properties, 'Name') ?? request.generatedName(64), request),
    update: (request, old) => put(optionalText(request.properties, 'Name') ?? old.made.physicalId, request),
    delete: ({ made }) => deps.schedules.delete(String(made.attributes['Arn'])),
  }
}

/** A schedule of EventBridge Scheduler: it invokes by a role of its own. */
export function scheduleProvider(deps: ScheduleDependencies): ResourceProvider {
  const put = (name: string, { properties }: ResourceRequest) => {
    const group = optionalText(properties, 'GroupName') ?? 'default'
    const scheduleArn = arn(deps.account, 'scheduler', `schedule/${group}/${name}`)
    const target = membersOf(properties['Target'], 'Target')
    const functionArn = targetFunction(target)
    const roleArn = requiredText(target, 'RoleArn')
    const as = { service: 'scheduler.amazonaws.com', sourceArn: scheduleArn }
    const may = (action: string, resource: string) =>
      deps.authority.demandOfService(as, roleArn, { action, resources: [resource] })
    const input = optionalText(target, 'Input')
    const zone = optionalText(properties, 'ScheduleExpressionTimezone') ?? 'UTC'
    if (!['UTC', 'Etc/UTC'].includes(zone))
      throw validationError(`Time zone ${zone} is not in this cloud: it has UTC.`)
    const expression = parseScheduleExpression(requiredText(properties, 'ScheduleExpression'))
    deps.schedules.delete(scheduleArn)
    if (optionalText(properties, 'State') !== 'DISABLED')
      deps.schedules.put(scheduleArn, {
        expression,
        run: dueAtMs => {
          const run = { scheduleArn, dueAtMs, executionId: deps.newId() }
          handOver(deps, {
            source: scheduleArn,
            event:
              input === undefined
                ? scheduledEvent(deps, 'aws.scheduler', scheduleArn, dueAtMs)
                : withContext(input, run),
            deadLetterArn: deadLetterArnOf(target),
            invoke: event => {
              may('lambda:InvokeFunction', functionArn)
              deps.functions.invokeLater(functionArn, event)
            },
            mayKeep: queueArn => may('sqs:SendMessage', queueArn),
          })
        },
      })
    return { physicalId: name, attributes: { Arn: scheduleArn } }
  }
  return {
    understands: ['Name', 'GroupName', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    passesOver: ['Description', 'FlexibleTimeWindow'],
    create: request => put(optionalText(request.properties, 'Name') ?? request.generatedName(64), request),
    update: (request, old) => put(optionalText(request.properties, 'Name') ?? old.made.physicalId, request),
    delete: ({ made }) => deps.schedules.delete(String(made.attributes['Arn'])),
  }
}
