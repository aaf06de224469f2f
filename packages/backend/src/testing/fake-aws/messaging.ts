import { createHash } from 'node:crypto'
import { json, type Operation } from './wire.ts'

export interface FakeNotification {
  message: string
  attributes: Record<string, string>
}

export interface QueuedMessage {
  body: string
  delaySeconds: number
}

/** SNS (query protocol) and SQS (JSON), each as one `POST /`. */
export class FakeMessaging {
  readonly notifications: FakeNotification[] = []
  queue: QueuedMessage[] = []

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
