/** A statement of a function's own policy: who may invoke it. */
export interface Permission {
  id: string
  /** A service such as `iot.amazonaws.com`. */
  principal: string
  action: string
  /** May hold `*` and `?`. */
  sourceArn?: string
  sourceAccount?: string
}

export interface Invoker {
  service: string
  sourceArn: string
  sourceAccount: string
}

function arnLike(pattern: string, arn: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(arn)
}

const invokes = (action: string) => ['lambda:InvokeFunction', 'lambda:*', '*'].includes(action)

export function isPermitted(permissions: Iterable<Permission>, invoker: Invoker): boolean {
  for (const permission of permissions) {
    const matches =
      permission.principal === invoker.service &&
      invokes(permission.action) &&
      (permission.sourceArn === undefined || arnLike(permission.sourceArn, invoker.sourceArn)) &&
      (permission.sourceAccount === undefined || permission.sourceAccount === invoker.sourceAccount)
    if (matches) return true
  }
  return false
}
