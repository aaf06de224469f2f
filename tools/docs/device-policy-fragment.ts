import { devicePolicy } from '@rotator/infra/device-policy'

/** The policy of a device as operators write it: with capitals where they put in their own. */
export function devicePolicyFragment(): string {
  const text = devicePolicy({
    partition: 'aws',
    region: 'REGION',
    accountId: 'ACCOUNT',
    roleAlias: 'ROLE_ALIAS',
  })
  const policy: unknown = JSON.parse(text)
  return ['```json', withShortLists(JSON.stringify(policy, undefined, 2)), '```'].join('\n')
}

const lineWidth = 110

/** Lists on one line where they fit, as the formatter wants them. */
const withShortLists = (json: string): string =>
  json.replaceAll(/^(?<head>.*\[)\n(?<items>[^[\]{}]*?)\n *\](?<tail>,?)$/gmu, (all, head, items, tail) => {
    const line = `${head}${items.trim().replaceAll(/\n */gu, ' ')}]${tail}`
    return line.length <= lineWidth ? line : all
  })
