import type { Account } from '../account.ts'
import type { Credentials } from '../iam/credentials.ts'
import type { FunctionConfiguration } from './function-configuration.ts'

/** What every sandbox of this cloud is given. */
export interface SandboxSurroundings {
  account: Account
  /** The endpoint of all API operations. */
  endpointUrl: string
  /** PEM file with the root that the HTTPS endpoint's certificate leads to. */
  rootCaPath: string
  /** TLS connections to `host:port` that go to a local port instead. */
  routes: Readonly<Record<string, number>>
  /** A folder whose `node_modules` hold the SDK that AWS's runtime brings. */
  runtimeFolder: string
  nodePath: string
  /** Keeps what Node.js compiled, so that the next process of a bundle starts sooner. */
  compileCache: string
}

/** The environment of a function's process, as Lambda sets it; nothing is inherited from this process. */
export function sandboxEnvironment(
  configuration: FunctionConfiguration,
  credentials: Credentials,
  sandbox: { runtimeApi: string; logStream: string },
  surroundings: SandboxSurroundings,
): Record<string, string> {
  const { name, handler, runtime, codeDirectory, memoryMb, environment } = configuration
  const { region } = surroundings.account
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_ENDPOINT_URL: surroundings.endpointUrl,
    NODE_EXTRA_CA_CERTS: surroundings.rootCaPath,
    NODE_PATH: surroundings.nodePath,
    NODE_COMPILE_CACHE: surroundings.compileCache,
    ...environment,
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: codeDirectory,
    LAMBDA_RUNTIME_DIR: surroundings.runtimeFolder,
    LOCAL_CLOUD_ROUTES: JSON.stringify(surroundings.routes),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_RUNTIME_API: sandbox.runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox.logStream,
  }
}
