/** One call of an operation by an authenticated component. */
export interface OperationCall {
  /** Name of the component that calls. */
  readonly component: string
  readonly request: Readonly<Record<string, unknown>>
  /**
   * Sends an event of this stream; false, and nothing sent, while the first response is still outstanding or
   * once the stream has ended.
   */
  readonly emit: (shape: string, event: object) => boolean
  /** Runs once, when the stream or its connection ends. */
  readonly onEnd: (task: () => void) => void
}

export interface Operation {
  /** Streaming operations stay open after their response; the others end with it. */
  readonly streaming: boolean
  readonly handle: (call: OperationCall) => object | Promise<object>
}

/** Operations by name without the `aws.greengrass#` prefix. */
export type OperationTable = ReadonlyMap<string, Operation>

export const operationPrefix = 'aws.greengrass#'

/** Operations of the model that a classic nucleus without further components answers as not supported. */
export const unsupportedOperations: ReadonlySet<string> = new Set([
  'AuthorizeClientDeviceAction',
  'CancelLocalDeployment',
  'CreateDebugPassword',
  'CreateLocalDeployment',
  'DeleteThingShadow',
  'GetClientDeviceAuthToken',
  'GetComponentDetails',
  'GetLocalDeploymentStatus',
  'GetSecretValue',
  'GetThingShadow',
  'ListComponents',
  'ListLocalDeployments',
  'ListNamedShadowsForThing',
  'PauseComponent',
  'PublishToTopic',
  'PutComponentMetric',
  'RestartComponent',
  'ResumeComponent',
  'StopComponent',
  'SubscribeToCertificateUpdates',
  'SubscribeToTopic',
  'UpdateThingShadow',
  'VerifyClientDeviceIdentity',
])
