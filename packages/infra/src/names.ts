import { resourceWords, stackName } from '@rotator/protocol/names'

/** The physical name of a resource: the stack's and a word. */
export const nameOf = (word: string): string => `${stackName}${word}`

export const words = {
  ...resourceWords,
  rotateAged: 'RotateAged',
  rotateAudited: 'RotateAudited',
  rotateAnomalous: 'RotateAnomalous',
  failedEvents: 'FailedEvents',
  alarm: 'Alarm',
  accountSettings: 'CustomResourceJobExecutionEvents',
}
