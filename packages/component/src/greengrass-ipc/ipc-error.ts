export type IpcErrorCode =
  /** The socket could not be opened, or the nucleus closed it. */
  | 'IPC_DISCONNECTED'
  /** The nucleus did not take our token: it was restarted, or we were not started by it. */
  | 'IPC_REFUSED'
  /** No answer came in time. */
  | 'IPC_TIMEOUT'
  /** The nucleus answered with an error; `serviceCode` names it. */
  | 'IPC_SERVICE_ERROR'

/** A call to the nucleus that came to nothing. The message says what happened, why, and what to do. */
export class IpcError extends Error {
  override readonly name = 'IpcError'
  readonly code: IpcErrorCode
  /** The nucleus's own name for its error, such as `UnauthorizedError` or `ResourceNotFoundError`. */
  readonly serviceCode: string | undefined

  constructor(code: IpcErrorCode, message: string, serviceCode?: string) {
    super(message)
    this.code = code
    this.serviceCode = serviceCode
  }
}

const advice: Readonly<Record<string, string>> = {
  UnauthorizedError:
    ' The accessControl of the component does not allow it: set interpolateComponentConfiguration to true in the nucleus configuration before the component is deployed, or deploy the component again.',
}

/** @param payload the body of the nucleus's error message, of any form. */
export function serviceError(operation: string, payload: string): IpcError {
  const { serviceCode, detail } = readServiceError(payload)
  const because = detail === '' ? '' : `: ${detail}`
  return new IpcError(
    'IPC_SERVICE_ERROR',
    `Greengrass refused ${operation} with ${serviceCode}${because}.${advice[serviceCode] ?? ''}`,
    serviceCode,
  )
}

function readServiceError(payload: string): { serviceCode: string; detail: string } {
  let body: unknown
  try {
    body = JSON.parse(payload)
  } catch {
    return { serviceCode: payload.trim() || 'an unnamed error', detail: '' }
  }
  const text = (...names: string[]): string | undefined =>
    names.map(name => Object(body)[name]).find(value => typeof value === 'string')
  return {
    serviceCode: text('_errorCode') || 'an unnamed error',
    detail: (text('message', '_message', 'error') ?? '').replace(/\.$/u, ''),
  }
}
