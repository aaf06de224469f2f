import { parseJsonWith, parseWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import type { Report } from '../report.ts'

const eventSchema = v.object({ Records: v.array(v.object({ Sns: v.object({ Message: v.string() }) })) })

/**
 * What Amazon SNS invokes a function with: one message at a time, which may come twice.
 *
 * @returns the messages that are of the schema. Others may come by the same topic: they are told in the log and left
 * alone, since no repetition makes them understood.
 */
export function messagesOf<S extends v.GenericSchema>(
  schema: S,
  event: unknown,
  report: Report,
): v.InferOutput<S>[] {
  const notUnderstood = (problem: string): [] => {
    report({ level: 'warn', event: 'notification-not-understood', problem })
    return []
  }
  const records = parseWith(eventSchema, event)
  if (!records.ok) return notUnderstood(records.problem)
  return records.value.Records.flatMap(({ Sns }) => {
    const message = parseJsonWith(schema, Sns.Message)
    return message.ok ? [message.value] : notUnderstood(message.problem)
  })
}
