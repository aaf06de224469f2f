/** A refusal by the shadow service: its code is the HTTP status by HTTP, and a member of the message by MQTT. */
export class ShadowError extends Error {
  readonly code: 400 | 404 | 409 | 413 | 415

  constructor(code: ShadowError['code'], message: string) {
    super(message)
    this.name = 'ShadowError'
    this.code = code
  }
}
