import { lambdaEvent, notification, type SnsMessage } from './message.ts'
import type { Subscription } from './topics.ts'

/** What subscribers are reached through. */
export interface Subscribers {
  sendToQueue(queueArn: string, body: string): void
  invokeFunction(call: { functionArn: string; topicArn: string; event: Buffer }): void
  /** Posts to a web endpoint and tells whether it answered with a status of success. */
  post(url: string, headers: Record<string, string>, body: string): Promise<boolean>
  /** Shows a message to whoever reads that address. */
  mail(address: string, message: { subject: string; text: string }): void
}

/** Told of deliveries that failed. */
export type DeliveryFailed = (subscription: Subscription, reason: string) => void

function webHeaders(type: string, messageId: string, subscription: Subscription): Record<string, string> {
  return {
    'Content-Type': 'text/plain; charset=UTF-8',
    'x-amz-sns-message-type': type,
    'x-amz-sns-message-id': messageId,
    'x-amz-sns-topic-arn': subscription.topicArn,
    'x-amz-sns-subscription-arn': subscription.arn,
  }
}

/** Hands a message to one subscriber, in the shape that its protocol has on AWS. */
export async function deliver(
  message: SnsMessage,
  subscription: Subscription,
  to: Subscribers,
): Promise<void> {
  const { endpoint, rawDelivery } = subscription
  const envelope = rawDelivery ? message.message : JSON.stringify(notification(message))
  switch (subscription.protocol) {
    case 'sqs':
      return to.sendToQueue(endpoint, envelope)
    case 'lambda': {
      const event = Buffer.from(JSON.stringify(lambdaEvent(message, subscription.arn)))
      return to.invokeFunction({ functionArn: endpoint, topicArn: message.topicArn, event })
    }
    case 'email':
      return to.mail(endpoint, {
        subject: message.subject ?? 'AWS Notification Message',
        text: message.message,
      })
    case 'http':
    case 'https': {
      const headers = webHeaders('Notification', message.messageId, subscription)
      if (!(await to.post(endpoint, headers, envelope)))
        throw new Error('the endpoint did not answer with success')
    }
  }
}

/** Asks a web endpoint to confirm; @returns whether it answered with success */
export async function askToConfirm(
  subscription: Subscription,
  request: { token: string; subscribeUrl: string; messageId: string; nowMs: number },
  to: Subscribers,
): Promise<boolean> {
  const body = JSON.stringify({
    Type: 'SubscriptionConfirmation',
    MessageId: request.messageId,
    Token: request.token,
    TopicArn: subscription.topicArn,
    Message: `You have chosen to subscribe to the topic ${subscription.topicArn}. To confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: request.subscribeUrl,
    Timestamp: new Date(request.nowMs).toISOString(),
    SignatureVersion: '1',
    Signature: '',
    SigningCertURL: '',
  })
  const headers = webHeaders('SubscriptionConfirmation', request.messageId, subscription)
  return to.post(subscription.endpoint, headers, body)
}
