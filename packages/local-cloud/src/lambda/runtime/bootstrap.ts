// What runs inside a function's process: it loads the bundle and serves one invocation after the other.
import { flushCompileCache } from 'node:module'
import { loadHandler } from './handler-file.ts'
import { routeTls } from './routes.ts'
import { type Invocation, RuntimeClient } from './runtime-client.ts'
import { resolveFromRuntime } from './sdk-resolution.ts'

const { env } = process
const setting = (name: string): string => env[name] ?? ''

function contextOf({ requestId, functionArn, deadlineMs }: Invocation): object {
  return {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: setting('AWS_LAMBDA_FUNCTION_NAME'),
    functionVersion: setting('AWS_LAMBDA_FUNCTION_VERSION'),
    memoryLimitInMB: setting('AWS_LAMBDA_FUNCTION_MEMORY_SIZE'),
    logGroupName: setting('AWS_LAMBDA_LOG_GROUP_NAME'),
    logStreamName: setting('AWS_LAMBDA_LOG_STREAM_NAME'),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  }
}

async function serve(): Promise<never> {
  const client = new RuntimeClient(setting('AWS_LAMBDA_RUNTIME_API'))
  const handler = await loadHandler(setting('LAMBDA_TASK_ROOT'), setting('_HANDLER')).catch(
    async (error: unknown) => {
      await client.failToStart(error)
      throw error
    },
  )
  // A process that is killed has no time to write it.
  flushCompileCache()
  for (;;) {
    const invocation = await client.next()
    env['_X_AMZN_TRACE_ID'] = `Root=1-00000000-${invocation.requestId.replaceAll('-', '').slice(0, 24)}`
    try {
      await client.respond(invocation.requestId, await handler(invocation.event, contextOf(invocation)))
    } catch (error) {
      process.stderr.write(
        `ERROR Invoke Error ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      )
      await client.fail(invocation.requestId, error)
    }
  }
}

// The parent holds the other end: when it is gone, however it went, this process goes, too.
process.stdin.resume().once('end', () => process.exit(0))
routeTls(JSON.parse(env['LOCAL_CLOUD_ROUTES'] ?? '{}'))
resolveFromRuntime(setting('LAMBDA_RUNTIME_DIR'))
delete env['LOCAL_CLOUD_ROUTES']

serve().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
})
