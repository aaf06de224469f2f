import { expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { allowing, trusting } from '../testing/policy-documents.ts'
import { CredentialStore } from './credentials.ts'
import { RoleStore } from './roles.ts'

function store() {
  const clock = new ManualClock()
  let made = 0
  return { clock, store: new CredentialStore(clock, length => String(++made).padStart(length, 'A')) }
}

const session = { roleArn: 'arn:aws:iam::123456789012:role/r', sessionName: 'f' }

test('a key tells the role that it was issued for, until it is revoked', () => {
  const { store: credentials } = store()
  const { accessKeyId } = credentials.issue(session)
  expect(accessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/)
  expect(credentials.sessionOf(accessKeyId)).toEqual(session)
  credentials.revoke(accessKeyId)
  expect(credentials.sessionOf(accessKeyId)).toBeUndefined()
})

test('a key belongs to nobody when it has expired', () => {
  const { store: credentials, clock } = store()
  const { accessKeyId, expiresAtMs } = credentials.issue(session)
  clock.advance(expiresAtMs - clock.now())
  expect(credentials.sessionOf(accessKeyId)).toBeUndefined()
})

test('a role is found by name and by ARN with the policies that it got later', () => {
  const roles = new RoleStore(defaultAccount)
  const first = { name: 'a', document: allowing(['iot:Publish']) }
  const trustPolicy = trusting('lambda.amazonaws.com')
  const { arn } = roles.put({ name: 'r', trustPolicy, policies: [first], managedPolicyArns: [] })
  const second = { name: 'b', document: allowing(['sns:*']) }
  roles.putPolicy('r', second)
  roles.putPolicy('none', second)
  roles.deletePolicy('r', 'a')
  roles.deletePolicy('none', 'a')
  expect(arn).toBe('arn:aws:iam::123456789012:role/r')
  expect(roles.find(arn)).toBe(roles.find('r'))
  expect([...(roles.find('r')?.policies.values() ?? [])]).toMatchObject([second])
  roles.delete('r')
  expect(roles.find('r')).toBeUndefined()
})
