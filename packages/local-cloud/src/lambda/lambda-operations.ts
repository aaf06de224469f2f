import { AwsError, invalidRequest } from '../api/aws-error.ts'
import { HttpAnswer } from '../api/http-answer.ts'
import { optionalObject, optionalStringMap } from '../api/input.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { FunctionConfiguration } from './function-configuration.ts'
import type { FunctionRunner } from './function-runner.ts'
import type { Functions } from './functions.ts'

const invalidValue = (message: string) =>
  new AwsError('InvalidParameterValueException', 400, message, { Type: 'User' })

function describe({ name, arn, roleArn, runtime, handler, ...more }: FunctionConfiguration): object {
  return {
    FunctionName: name,
    FunctionArn: arn,
    Role: roleArn,
    Runtime: runtime,
    Handler: handler,
    CodeSha256: more.codeSha256,
    Timeout: more.timeoutSeconds,
    MemorySize: more.memoryMb,
    Environment: { Variables: more.environment },
    Version: '$LATEST',
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
    ...(more.deadLetterArn && { DeadLetterConfig: { TargetArn: more.deadLetterArn } }),
  }
}

function wholeNumber(body: RestCall['body'], name: string, least: number, most: number): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw invalidValue(
      `Value ${JSON.stringify(value)} at '${name}' must be a whole number from ${least} to ${most}`,
    )
  return value
}

async function invoke(functions: Functions, runner: FunctionRunner, call: RestCall): Promise<HttpAnswer> {
  const { name } = runner.configuration
  const event = call.rawBody.length === 0 ? Buffer.from('{}') : call.rawBody
  try {
    JSON.parse(event.toString())
  } catch {
    throw new AwsError('InvalidRequestContentException', 400, 'Could not parse request body into json', {
      Type: 'User',
    })
  }
  switch (call.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'DryRun':
      return new HttpAnswer(204, {}, '')
    case 'Event':
      functions.invokeLater(name, event)
      return new HttpAnswer(202, {}, '')
    case 'RequestResponse': {
      const { functionError, payload } = await functions.invoke(name, event)
      const headers = { 'X-Amz-Executed-Version': '$LATEST' }
      return new HttpAnswer(
        200,
        functionError ? { ...headers, 'X-Amz-Function-Error': functionError } : headers,
        payload,
      )
    }
    default:
      throw invalidValue('The invocation type is RequestResponse, Event or DryRun')
  }
}

function updateConfiguration(runner: FunctionRunner, { body }: RestCall): object {
  const old = runner.configuration
  const environment = optionalObject(body, 'Environment')
  runner.configure({
    ...old,
    timeoutSeconds: wholeNumber(body, 'Timeout', 1, 900) ?? old.timeoutSeconds,
    memoryMb: wholeNumber(body, 'MemorySize', 128, 10_240) ?? old.memoryMb,
    environment: (environment && (optionalStringMap(environment, 'Variables') ?? {})) ?? old.environment,
  })
  return describe(runner.configuration)
}

function putConcurrency(runner: FunctionRunner, { body }: RestCall): object {
  const reserved = wholeNumber(body, 'ReservedConcurrentExecutions', 0, 1000)
  if (reserved === undefined) throw invalidRequest('ReservedConcurrentExecutions is missing')
  runner.configure({ ...runner.configuration, reservedConcurrency: reserved })
  return { ReservedConcurrentExecutions: reserved }
}

function deleteConcurrency(runner: FunctionRunner): HttpAnswer {
  const { reservedConcurrency: _, ...configuration } = runner.configuration
  runner.configure(configuration)
  return new HttpAnswer(204, {}, '')
}

/** Lambda's API, as far as clients of the stack need it; functions are made by the template. */
export function lambdaOperations(functions: Functions): RestOperation[] {
  const onFunction = (handle: (runner: FunctionRunner, call: RestCall) => unknown) => (call: RestCall) =>
    handle(functions.get(call.params['FunctionName'] ?? ''), call)
  const service = 'lambda'
  const path = '/2015-03-31/functions/{FunctionName}'
  const concurrency = '/2017-10-31/functions/{FunctionName}/concurrency'
  const list = () => ({ Functions: functions.all().map(({ configuration }) => describe(configuration)) })
  const described = onFunction(({ configuration }) => describe(configuration))
  return [
    {
      service,
      name: 'Invoke',
      method: 'POST',
      path: `${path}/invocations`,
      handle: onFunction((runner, call) => invoke(functions, runner, call)),
    },
    {
      service,
      name: 'GetFunction',
      method: 'GET',
      path,
      handle: onFunction(({ configuration }) => ({ Configuration: describe(configuration) })),
    },
    {
      service,
      name: 'GetFunctionConfiguration',
      method: 'GET',
      path: `${path}/configuration`,
      handle: described,
    },
    {
      service,
      name: 'UpdateFunctionConfiguration',
      method: 'PUT',
      path: `${path}/configuration`,
      handle: onFunction(updateConfiguration),
    },
    { service, name: 'ListFunctions', method: 'GET', path: '/2015-03-31/functions', handle: list },
    { service, name: 'ListFunctions', method: 'GET', path: '/2015-03-31/functions/', handle: list },
    {
      service,
      name: 'PutFunctionConcurrency',
      method: 'PUT',
      path: concurrency,
      handle: onFunction(putConcurrency),
    },
    {
      service,
      name: 'DeleteFunctionConcurrency',
      method: 'DELETE',
      path: concurrency,
      handle: onFunction(deleteConcurrency),
    },
  ]
}
