import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns'

/** What operators are told: a sentence that a person can act on, and its facts for programs. */
export interface Notification {
  message: string
  /** Message attributes; facts that are not known are left out. */
  facts: Readonly<Record<string, string | undefined>>
}

export interface Operators {
  tell(notification: Notification): Promise<void>
}

/** Version 1's subject, which mail filters may know. */
const subject = 'AWS Labs Certificate Rotator Notification'

export function snsOperators(client: SNSClient, topicArn: string): Operators {
  return {
    async tell({ message, facts }) {
      const attributes = Object.entries(facts).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, { DataType: 'String', StringValue: value }] as const],
      )
      await client.send(
        new PublishCommand({
          TopicArn: topicArn,
          Subject: subject,
          Message: message,
          MessageAttributes: Object.fromEntries(attributes),
        }),
      )
    },
  }
}
