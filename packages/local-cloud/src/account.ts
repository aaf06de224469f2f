/** The one account and region that this cloud plays. */
export interface Account {
  accountId: string
  region: string
  partition: string
}

export const defaultAccount: Account = { accountId: '123456789012', region: 'us-east-1', partition: 'aws' }

/** `arn:aws:iot:us-east-1:123456789012:thing/dev1` for ('iot', 'thing/dev1'). */
export function arn(account: Account, service: string, resource: string): string {
  return `arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`
}
