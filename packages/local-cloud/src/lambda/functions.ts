import { AwsError } from '../api/aws-error.ts'
import type { Clock } from '../clock.ts'
import type { RoleSession } from '../iam/credentials.ts'
import { type AsynchronousDependencies, AsynchronousInvocations } from './asynchronous-invocations.ts'
import {
  type EventSourceMapping,
  type MappingDependencies,
  mappingActions,
  startMapping,
} from './event-source-mapping.ts'
import type { EventInvokeConfiguration, FunctionConfiguration } from './function-configuration.ts'
import type { InvocationResult } from './function-instance.ts'
import { FunctionRunner, type FunctionRunnerOptions, tooManyRequests } from './function-runner.ts'
import type { InvocationInterference } from './invocation-faults.ts'
import { pause } from './pause.ts'
import { type Invoker, isPermitted, type Permission } from './permission.ts'

export interface FunctionsDependencies extends FunctionRunnerOptions {
  clock: Clock
  newId: () => string
  region: string
  queueOf: MappingDependencies['queueOf']
  /** Throws where the session may not do it. */
  demand: (session: RoleSession, action: string, resource: string) => void
  /** Sends a function's outcome as the function itself, as far as its role allows. */
  send: (
    from: RoleSession,
    to: string,
    body: string,
    attributes: Parameters<AsynchronousDependencies['send']>[2],
  ) => void
  deliveryFailed: AsynchronousDependencies['deliveryFailed']
  retryDelayScale: number
}

/** The functions of the account: what they are, who may invoke them, what feeds them. */
export class Functions {
  readonly #deps: FunctionsDependencies
  readonly #runners = new Map<string, FunctionRunner>()
  readonly #permissions = new Map<string, Map<string, Permission>>()
  readonly #eventInvoke = new Map<string, EventInvokeConfiguration>()
  readonly #mappings = new Map<string, { stop(): Promise<void> }>()
  readonly #interferences = new Set<InvocationInterference>()
  readonly #asynchronous: AsynchronousInvocations
  readonly #stopping = new AbortController()

  constructor(deps: FunctionsDependencies) {
    this.#deps = deps
    this.#asynchronous = new AsynchronousInvocations({
      clock: deps.clock,
      retryDelayScale: deps.retryDelayScale,
      send: (to, body, attributes, name) => deps.send(this.#sessionOf(name), to, body, attributes),
      deliveryFailed: deps.deliveryFailed,
      invoke: (name, requestId, event) => this.#run(name, requestId, event),
      functionOf: name => this.#runners.get(name)?.configuration,
      configurationOf: name => this.#eventInvoke.get(name),
    })
  }

  put(configuration: FunctionConfiguration): void {
    const { name } = configuration
    const runner = this.#runners.get(name)
    if (runner === undefined) this.#runners.set(name, new FunctionRunner(configuration, this.#deps))
    else runner.configure(configuration)
  }

  async delete(name: string): Promise<void> {
    const runner = this.#runners.get(name)
    this.#runners.delete(name)
    this.#permissions.delete(name)
    this.#eventInvoke.delete(name)
    await runner?.stop()
  }

  has(name: string): boolean {
    return this.#runners.has(name)
  }

  all(): FunctionRunner[] {
    return [...this.#runners.values()]
  }

  /** Starts an instance of every function that has none. */
  async warm(): Promise<void> {
    await Promise.all(this.all().map(runner => runner.warm()))
  }

  /** @throws AwsError `ResourceNotFoundException` */
  get(nameOrArn: string): FunctionRunner {
    const name = nameOrArn.replace(/^.*:function:/, '').replace(/:\$LATEST$/, '')
    const runner = this.#runners.get(name)
    if (runner === undefined)
      throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${nameOrArn}`, {
        Type: 'User',
      })
    return runner
  }

  /** Invokes and waits for the result. */
  async invoke(nameOrArn: string, event: Buffer): Promise<InvocationResult> {
    return this.#run(this.get(nameOrArn).configuration.name, this.#deps.newId(), event)
  }

  /** Queues an asynchronous invocation. */
  invokeLater(nameOrArn: string, event: Buffer): void {
    this.#asynchronous.accept(this.get(nameOrArn).configuration.name, this.#deps.newId(), event)
  }

  /** As another service does: only with a permission. @throws AwsError `AccessDeniedException` */
  invokeLaterAs(invoker: Invoker, nameOrArn: string, event: Buffer): void {
    const { name, arn } = this.get(nameOrArn).configuration
    if (!isPermitted(this.#permissions.get(name)?.values() ?? [], invoker))
      throw new AwsError(
        'AccessDeniedException',
        403,
        `User: ${invoker.service} is not authorized to perform: lambda:InvokeFunction on resource: ${arn} because no resource-based policy allows the lambda:InvokeFunction action`,
      )
    this.#asynchronous.accept(name, this.#deps.newId(), event)
  }

  permit(functionName: string, permission: Permission): void {
    const { name } = this.get(functionName).configuration
    this.#permissions.set(name, new Map(this.#permissions.get(name)).set(permission.id, permission))
  }

  forbid(functionName: string, permissionId: string): void {
    this.#permissions.get(functionName)?.delete(permissionId)
  }

  eventInvokeOf(functionName: string): EventInvokeConfiguration | undefined {
    return this.#eventInvoke.get(functionName)
  }

  configureEventInvoke(functionName: string, configuration: EventInvokeConfiguration | undefined): void {
    if (configuration === undefined) this.#eventInvoke.delete(functionName)
    else this.#eventInvoke.set(functionName, configuration)
  }

  /** @throws AwsError `InvalidParameterValueException` where the function's role does not allow what it takes */
  async putMapping(mapping: EventSourceMapping): Promise<void> {
    const { functionName, queueArn } = mapping
    const demand = (action: string) => this.#deps.demand(this.#sessionOf(functionName), action, queueArn)
    for (const action of mappingActions) checkMapping(action, demand)
    await this.deleteMapping(mapping.id)
    const started = startMapping(mapping, {
      ...this.#deps,
      demand,
      failed: reason => this.#deps.deliveryFailed(functionName, reason),
      invoke: (name: string, event: Buffer) => this.invoke(name, event),
    })
    this.#mappings.set(mapping.id, started)
  }

  async deleteMapping(id: string): Promise<void> {
    const mapping = this.#mappings.get(id)
    this.#mappings.delete(id)
    await mapping?.stop()
  }

  /** Lets a fault look at every invocation before it begins. Returns the way to stop. */
  interfere(interference: InvocationInterference): () => void {
    this.#interferences.add(interference)
    return () => this.#interferences.delete(interference)
  }

  /** Resolves when no asynchronous invocation runs. */
  settled(): Promise<void> {
    return this.#asynchronous.settled()
  }

  /** Leaves no process, timer or poller behind. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#asynchronous.stop()
    const mappings = [...this.#mappings.values()].map(mapping => mapping.stop())
    await Promise.all(this.all().map(runner => runner.stop()))
    await Promise.all(mappings)
  }

  #sessionOf(functionName: string): RoleSession {
    const { roleArn, name } = this.get(functionName).configuration
    return { roleArn, sessionName: name }
  }

  async #run(functionName: string, requestId: string, event: Buffer): Promise<InvocationResult> {
    const runner = this.get(functionName)
    const fault = this.#faultOf({ functionName, requestId, event })
    switch (fault?.kind) {
      case 'refuse':
        throw tooManyRequests('CallerRateLimitExceeded')
      case 'delay':
        await pause(this.#deps.clock, fault.ms, this.#stopping.signal)
        return runner.invoke(requestId, event)
      case 'twice': {
        const [first] = await Promise.all([runner.invoke(requestId, event), runner.invoke(requestId, event)])
        return first
      }
      case undefined:
        return runner.invoke(requestId, event)
    }
  }

  #faultOf(invocation: Parameters<InvocationInterference>[0]): ReturnType<InvocationInterference> {
    for (const interference of this.#interferences) {
      const fault = interference(invocation)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

function checkMapping(action: string, demand: (action: string) => void): void {
  try {
    demand(action)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    throw new AwsError(
      'InvalidParameterValueException',
      400,
      `The provided execution role does not have permissions to call ${action.replace('sqs:', '')} on SQS`,
      { Type: 'User' },
    )
  }
}
