/** An answer whose status or headers say more than its body: Lambda's `Invoke`. */
export class HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string

  constructor(status: number, headers: Record<string, string>, body: Uint8Array | string) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}
