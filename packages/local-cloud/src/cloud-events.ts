import type { FinishedCall } from './api/call-hooks.ts'
import type { SnsMessage } from './sns/message.ts'

/** What a watcher of the cloud can see happen. */
export type CloudEvent =
  | { kind: 'call'; call: FinishedCall }
  | { kind: 'function-log'; functionName: string; line: string }
  | { kind: 'notification'; message: SnsMessage }
  /** To a subscriber by email: to be shown to whoever runs the cloud. */
  | { kind: 'mail'; address: string; subject: string; text: string }
  /** Something that AWS would write to a log or count in a metric: a delivery that failed, a function not invoked. */
  | { kind: 'problem'; source: string; reason: string }
  /** A fault of this program, answered to the client as InternalFailure. */
  | { kind: 'defect'; error: unknown }

export type CloudObserver = (event: CloudEvent) => void

/** Tells several observers. */
export class CloudEvents {
  readonly #observers = new Set<CloudObserver>()

  observe(observer: CloudObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  readonly tell = (event: CloudEvent): void => {
    for (const observer of this.#observers) observer(event)
  }
}
