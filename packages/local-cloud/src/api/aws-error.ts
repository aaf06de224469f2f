/** An error as AWS answers it: its code, its HTTP status and fields beside the message. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>

  /** @param code the modelled name, such as `ResourceNotFoundException` */
  constructor(code: string, status: number, message: string, fields: Record<string, unknown> = {}) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
  }
}

export const invalidRequest = (message: string): AwsError =>
  new AwsError('InvalidRequestException', 400, message)

export const resourceNotFound = (message: string): AwsError =>
  new AwsError('ResourceNotFoundException', 404, message)
