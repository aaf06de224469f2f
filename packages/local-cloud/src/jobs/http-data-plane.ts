import { AwsError } from '../api/aws-error.ts'
import { requiredString } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import { describeExecution, pendingOf, startNext, updateExecution } from './device-operations.ts'
import {
  DeviceRequestRejected,
  invalid,
  parseDescribe,
  parseStartNext,
  parseUpdate,
  type RejectedCode,
} from './device-request.ts'
import { type Engine, settle } from './engine.ts'
import { describedExecution, pendingLists, updatedExecution } from './execution-view.ts'
import type { Members } from './members.ts'

const form = 'document'

/** `iot-jobs-data`: what a device does by HTTP. Unlike by MQTT, the job document is text. */
export function dataPlaneOperations(engine: Engine): RestOperation[] {
  const operation = (
    name: string,
    method: RestOperation['method'],
    path: string,
    run: (call: RestCall, thingName: string) => unknown,
  ): RestOperation => ({
    service: 'iot-jobs-data',
    name,
    method,
    path,
    handle: call => settle(engine, () => asHttp(() => run(call, requiredString(call.params, 'thingName')))),
  })
  return [
    operation('GetPendingJobExecutions', 'GET', '/things/{thingName}/jobs', (_call, thingName) =>
      pendingLists(pendingOf(engine, thingName)),
    ),
    operation('StartNextPendingJobExecution', 'PUT', '/things/{thingName}/jobs/$next', (call, thingName) =>
      describedExecution(engine, startNext(engine, thingName, parseStartNext(call.body)), {
        includeJobDocument: true,
        form,
      }),
    ),
    operation('DescribeJobExecution', 'GET', '/things/{thingName}/jobs/{jobId}', (call, thingName) => {
      const request = parseDescribe(queryMembers(call.query))
      const execution = describeExecution(engine, thingName, requiredString(call.params, 'jobId'), request)
      return describedExecution(engine, execution, { ...request, form })
    }),
    operation('UpdateJobExecution', 'POST', '/things/{thingName}/jobs/{jobId}', (call, thingName) => {
      const request = parseUpdate(call.body)
      const execution = updateExecution(engine, thingName, requiredString(call.params, 'jobId'), request)
      return updatedExecution(execution, request, form)
    }),
  ]
}

/** `?executionNumber=1&includeJobDocument=false` as a JSON body would have it. */
function queryMembers(query: URLSearchParams): Members {
  const executionNumber = query.get('executionNumber')
  const includeJobDocument = query.get('includeJobDocument')
  if (includeJobDocument !== null && includeJobDocument !== 'true' && includeJobDocument !== 'false')
    throw invalid("Value at 'includeJobDocument' is not a boolean")
  return {
    ...(executionNumber !== null && { executionNumber: Number(executionNumber) }),
    ...(includeJobDocument !== null && { includeJobDocument: includeJobDocument === 'true' }),
  }
}

/** How the codes of MQTT are called by HTTP. A version mismatch has no error of its own there. */
const httpErrors: Record<RejectedCode, readonly [code: string, status: number]> = {
  InvalidTopic: ['InvalidRequestException', 400],
  InvalidJson: ['InvalidRequestException', 400],
  InvalidRequest: ['InvalidRequestException', 400],
  VersionMismatch: ['InvalidRequestException', 400],
  InvalidStateTransition: ['InvalidStateTransitionException', 409],
  ResourceNotFound: ['ResourceNotFoundException', 404],
  TerminalStateReached: ['TerminalStateException', 410],
  RequestThrottled: ['ThrottlingException', 429],
  InternalError: ['ServiceUnavailableException', 503],
}

function asHttp<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof DeviceRequestRejected)) throw error
    const [code, status] = httpErrors[error.code]
    throw new AwsError(code, status, error.message)
  }
}
