import { createHash } from 'node:crypto'
import { AwsFailure, json, type Operation } from './wire.ts'

export interface FakeNotification {
  message: string
  attributes: Record<string, string>
}

export interface QueuedMessage {
  body: string
  delaySeconds: number
}

/** SNS (query protocol) and SQS (JSON), each as one `POST /`, and events for functions. */
export class FakeMessaging {
  readonly notifications: FakeNotification[] = []
  queue: QueuedMessage[] = []

  /** Events that functions were invoked with. */
  readonly invocations: { functionName: string; event: unknown }[] = []

  /** What functions answer that are waited for: a value, or an error that they throw. */
  readonly functions = new Map<string, (event: unknown) => unknown>()

  #ask(functionName: string, event: unknown) {
    const answers = this.functions.get(functionName)
    if (answers === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', functionName)
    try {
      return { status: 200, body: JSON.stringify(answers(event)) ?? '' }
    } catch (error) {
      const headers = { 'x-amz-function-error': 'Unhandled' }
      return { status: 200, body: JSON.stringify({ errorMessage: String(error) }), headers }
    }
  }

  readonly lambdaInvoke: Operation = {
    name: 'Invoke',
    method: 'POST',
    path: ['2015-03-31', 'functions', '*', 'invocations'],
    perform: ({ path, headers, body }) => {
      const functionName = path[2] ?? ''
      const event: unknown = JSON.parse(body)
      if (headers['x-amz-invocation-type'] !== 'Event') return this.#ask(functionName, event)
      this.invocations.push({ functionName, event })
      return { status: 202, body: '' }
    },
  }

  readonly snsPublish: Operation = {
    name: 'SnsPublish',
    method: 'POST',
    path: [''],
    perform: ({ body }) => {
      const form = new URLSearchParams(body)
      const attributes: Record<string, string> = {}
      for (let n = 1; form.has(`MessageAttributes.entry.${n}.Name`); n += 1) {
        const entry = `MessageAttributes.entry.${n}`
        attributes[form.get(`${entry}.Name`) ?? ''] = form.get(`${entry}.Value.StringValue`) ?? ''
      }
      this.notifications.push({ message: form.get('Message') ?? '', attributes })
      const result = '<PublishResult><MessageId>1</MessageId></PublishResult>'
      return {
        status: 200,
        body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}</PublishResponse>`,
      }
    },
  }

  readonly sqsSend: Operation = {
    name: 'SendMessageBatch',
    method: 'POST',
    path: [''],
    perform: ({ body }) => {
      const entries: { Id: string; MessageBody: string; DelaySeconds: number }[] = JSON.parse(body).Entries
      const taken = entries.filter(({ MessageBody }) => !this.refusesEntry(MessageBody))
      const refused = entries.filter(entry => !taken.includes(entry))
      this.queue.push(
        ...taken.map(({ MessageBody, DelaySeconds }) => ({ body: MessageBody, delaySeconds: DelaySeconds })),
      )
      return json({
        Successful: taken.map(({ Id, MessageBody }) => ({
          Id,
          MessageId: Id,
          MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
        })),
        ...(refused.length > 0 && {
          Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
        }),
      })
    },
  }

  /** Which entries of a batch SQS does not take. */
  refusesEntry: (body: string) => boolean = () => false
}
