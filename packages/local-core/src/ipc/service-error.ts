/** An error of the Greengrass IPC service model, such as `UnauthorizedError` or `ResourceNotFoundError`. */
export class ServiceModelError extends Error {
  override readonly name = 'ServiceModelError'
  readonly code: string
  /** Modelled fields beyond the message. */
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.fields = fields
  }
}

export const invalidArguments = (message: string) => new ServiceModelError('InvalidArgumentsError', message)
export const serviceError = (message: string) => new ServiceModelError('ServiceError', message)
export const unauthorized = (message: string) => new ServiceModelError('UnauthorizedError', message)
export const notFound = (message: string, fields?: Readonly<Record<string, unknown>>) =>
  new ServiceModelError('ResourceNotFoundError', message, fields)

/** The JSON that the nucleus sends for an error of the model. */
export function errorPayload(error: ServiceModelError): Readonly<Record<string, unknown>> {
  return {
    _service: 'aws.greengrass#GreengrassCoreIPC',
    _message: error.message,
    _errorCode: error.code,
    message: error.message,
    ...error.fields,
  }
}
