import { AwsFailure, json, type Operation } from './wire.ts'

export interface FakeShadow {
  reported: Record<string, unknown>
  version: number
}

export interface FakeExecution {
  jobId: string
  executionNumber: number
  status: string
  document: string
  secondsLeft?: number
  /** Of what the device took up. */
  startedAtMs?: number
  details?: Record<string, string>
  /** Milliseconds since 1970, as the next one. */
  queuedAtMs?: number
  updatedAtMs?: number
}

export interface PublishedMessage {
  topic: string
  qos: number
  payload: Record<string, unknown>
}

/** Shadows with versions, job executions as the thing sees them, and messages to devices. */
export class FakeDataPlane {
  readonly shadows = new Map<string, FakeShadow>()
  readonly published: PublishedMessage[] = []
  readonly executions = new Map<string, FakeExecution[]>()
  /** How many conditional writes came too late. */
  conflicts = 0
  /** Called after a shadow was read: the place for somebody who writes in between. */
  afterNextShadowRead: (() => void) | undefined
  /** The same after a shadow was written. */
  afterNextShadowWrite: (() => void) | undefined

  /** The newest execution of a job stands last. */
  setExecution(thing: string, execution: FakeExecution): void {
    const others = (this.executions.get(thing) ?? []).filter(
      ({ jobId, executionNumber }) =>
        jobId !== execution.jobId || executionNumber !== execution.executionNumber,
    )
    this.executions.set(thing, [...others, execution])
  }

  deleteExecutions(thing: string): void {
    this.executions.delete(thing)
  }

  writeShadow(thing: string, reported: Record<string, unknown>): void {
    const shadow = this.shadows.get(thing) ?? { reported: {}, version: 0 }
    const merged = Object.entries({ ...shadow.reported, ...reported }).filter(([, value]) => value !== null)
    this.shadows.set(thing, { reported: Object.fromEntries(merged), version: shadow.version + 1 })
  }

  readonly operations: Operation[] = [
    {
      name: 'GetThingShadow',
      method: 'GET',
      path: ['things', '*', 'shadow'],
      perform: ({ path }) => {
        const shadow = this.shadows.get(path[1] ?? '')
        if (shadow === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', 'No shadow exists')
        const answer = json({ state: { reported: shadow.reported }, version: shadow.version })
        const then = this.afterNextShadowRead
        this.afterNextShadowRead = undefined
        then?.()
        return answer
      },
    },
    {
      name: 'UpdateThingShadow',
      method: 'POST',
      path: ['things', '*', 'shadow'],
      perform: ({ path, body }) => {
        const thing = path[1] ?? ''
        const { state, version } = JSON.parse(body)
        if (version !== undefined && !Number.isSafeInteger(version)) {
          throw new AwsFailure(400, 'InvalidRequestException', `no version ${version}`)
        }
        if (version !== undefined && version !== this.shadows.get(thing)?.version) {
          this.conflicts += 1
          throw new AwsFailure(409, 'ConflictException', 'Version conflict')
        }
        this.writeShadow(thing, state.reported)
        const answer = json({ state, version: this.shadows.get(thing)?.version })
        const then = this.afterNextShadowWrite
        this.afterNextShadowWrite = undefined
        then?.()
        return answer
      },
    },
    {
      name: 'Publish',
      method: 'POST',
      path: ['topics', '*'],
      perform: ({ path, query, body }) => {
        this.published.push({ topic: path[1] ?? '', qos: Number(query.qos), payload: JSON.parse(body) })
        return json({})
      },
    },
    {
      name: 'DescribeJobExecution',
      method: 'GET',
      service: 'iot-jobs-data',
      path: ['things', '*', 'jobs', '*'],
      perform: ({ path, query }) => {
        const [, thing = '', , jobId] = path
        const execution = (this.executions.get(thing) ?? []).findLast(
          one =>
            one.jobId === jobId &&
            (query.executionNumber === undefined || one.executionNumber === Number(query.executionNumber)),
        )
        if (execution === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', 'no execution')
        const { status, document, executionNumber, secondsLeft, startedAtMs } = execution
        if (status !== 'QUEUED' && status !== 'IN_PROGRESS') {
          throw new AwsFailure(410, 'TerminalStateException', 'the execution is over')
        }
        return json({
          execution: {
            jobId,
            thingName: thing,
            status,
            executionNumber,
            ...(query.includeJobDocument === 'true' && { jobDocument: document }),
            ...(secondsLeft !== undefined && { approximateSecondsBeforeTimedOut: secondsLeft }),
            ...(startedAtMs !== undefined && { startedAt: startedAtMs / 1000 }),
          },
        })
      },
    },
  ]
}
