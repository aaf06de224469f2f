/** A published message as its subscribers are told of it. */
export interface SnsMessage {
  messageId: string
  topicArn: string
  subject?: string
  message: string
  publishedAtMs: number
  attributes: Readonly<Record<string, { Type: string; Value: string }>>
}

const timestamp = (ms: number): string => new Date(ms).toISOString()

/** The envelope that queues and web endpoints get. It is not signed: there is no key that anybody could check. */
export function notification(message: SnsMessage): Record<string, unknown> {
  return {
    Type: 'Notification',
    MessageId: message.messageId,
    TopicArn: message.topicArn,
    ...(message.subject !== undefined && { Subject: message.subject }),
    Message: message.message,
    Timestamp: timestamp(message.publishedAtMs),
    SignatureVersion: '1',
    Signature: '',
    SigningCertURL: '',
    ...(Object.keys(message.attributes).length > 0 && { MessageAttributes: message.attributes }),
  }
}

/** The event that a function is invoked with. */
export function lambdaEvent(message: SnsMessage, subscriptionArn: string): Record<string, unknown> {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        Sns: {
          Type: 'Notification',
          MessageId: message.messageId,
          TopicArn: message.topicArn,
          Subject: message.subject ?? null,
          Message: message.message,
          Timestamp: timestamp(message.publishedAtMs),
          SignatureVersion: '1',
          Signature: '',
          SigningCertUrl: '',
          UnsubscribeUrl: '',
          MessageAttributes: message.attributes,
        },
      },
    ],
  }
}
