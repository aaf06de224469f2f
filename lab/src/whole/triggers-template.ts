import type { Cloud } from '@rotator/local-cloud/cloud'
import { backendTemplate } from '../world/artifacts.ts'
import { accountId, region } from '../world/lab.ts'

export const thingGroup = 'core-devices'

/** Topics of the operator's, that Device Defender publishes on. */
export const topicNames = { audits: 'audits', anomalies: 'anomalies' } as const
export const topicArn = (name: keyof typeof topicNames): string =>
  `arn:aws:sns:${region}:${accountId}:${topicNames[name]}`

export function makeTopics({ services }: Cloud): void {
  for (const name of Object.values(topicNames)) services.sns.topics.put(name, {})
}

/** Synthesizes the backend with every trigger chosen. */
export async function triggersTemplate(): Promise<string> {
  return backendTemplate('triggers', {
    SweepEveryInMinutes: '15',
    SweepRoundInMinutes: '15',
    TriggerThingGroup: thingGroup,
    TriggerAfterDays: '365',
    TriggerSchedule: 'rate(15 minutes)',
    TriggerAuditTopicArn: topicArn('audits'),
    TriggerAnomalyTopicArn: topicArn('anomalies'),
  })
}
