import type { InvocationResult } from './function-instance.ts'

export type RecordCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency'

/** What a destination is sent: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export function invocationRecord(
  invocation: { requestId: string; functionArn: string; event: Buffer; attempts: number; nowMs: number },
  condition: RecordCondition,
  result: InvocationResult | undefined,
): object {
  return {
    version: '1.0',
    timestamp: new Date(invocation.nowMs).toISOString(),
    requestContext: {
      requestId: invocation.requestId,
      functionArn: `${invocation.functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: invocation.attempts,
    },
    requestPayload: JSON.parse(invocation.event.toString()),
    ...(result && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result.functionError && { functionError: result.functionError }),
      },
      responsePayload: JSON.parse(result.payload.toString()),
    }),
  }
}
