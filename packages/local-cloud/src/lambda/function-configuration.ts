/** A function as it is deployed. */
export interface FunctionConfiguration {
  name: string
  arn: string
  roleArn: string
  /** Such as `nodejs24.x`. */
  runtime: string
  /** Such as `index.handler`. */
  handler: string
  /** The unpacked bundle. */
  codeDirectory: string
  /** Tells one bundle from another. */
  codeSha256: string
  timeoutSeconds: number
  memoryMb: number
  environment: Readonly<Record<string, string>>
  /** At most so many at once; 0: none at all. */
  reservedConcurrency?: number
  /** A queue's or topic's ARN, for events that were given up. */
  deadLetterArn?: string
}

/** What becomes of asynchronous invocations. */
export interface EventInvokeConfiguration {
  maximumRetryAttempts: number
  maximumEventAgeSeconds: number
  onSuccessArn?: string
  onFailureArn?: string
}

export const defaultEventInvokeConfiguration: EventInvokeConfiguration = {
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
}
