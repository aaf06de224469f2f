import { beforeEach, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import type { ObservedCall } from '../api/call-hooks.ts'
import { ManualClock } from '../testing/manual-clock.ts'
import { allowing, trusting } from '../testing/policy-documents.ts'
import { CredentialStore, operatorKeys } from './credentials.ts'
import { RoleAuthority } from './role-authority.ts'
import { authorizeRoleCaller } from './role-callers.ts'
import { RoleStore } from './roles.ts'

const roleArn = 'arn:aws:iam::123456789012:role/r'
const topic = (name: string): string => `arn:aws:iot:us-east-1:123456789012:topic/${name}`

let roles: RoleStore
let credentials: CredentialStore

beforeEach(() => {
  roles = new RoleStore(defaultAccount)
  let made = 0
  credentials = new CredentialStore(new ManualClock(), length => String(++made).padStart(length, 'A'))
  const trustPolicy = trusting('lambda.amazonaws.com')
  roles.put({ name: 'r', trustPolicy, policies: [], managedPolicyArns: [] })
})

const publish = (to: string): ObservedCall => ({
  service: 'iotdata',
  name: 'Publish',
  caller: {},
  params: { topic: to },
  query: new URLSearchParams(),
  headers: {},
  input: {},
})

const attempt = (accessKeyId: string, call: ObservedCall) => () =>
  authorizeRoleCaller(
    { account: defaultAccount, credentials, authority: new RoleAuthority(defaultAccount, roles) },
    accessKeyId,
    call,
  )
const issued = () => credentials.issue({ roleArn, sessionName: 'f' }).accessKeyId

test('the operator may do everything', () => {
  expect(attempt(operatorKeys.accessKeyId, publish('a'))).not.toThrow()
})

test('a role may do what its policies allow, as they are now', () => {
  const key = issued()
  roles.putPolicy('r', { name: 'p', document: allowing(['iot:Publish'], [topic('a/*')]) })
  expect(attempt(key, publish('a/b'))).not.toThrow()
  expect(attempt(key, publish('b'))).toThrow(
    expect.objectContaining({
      code: 'AccessDeniedException',
      status: 403,
      message: `User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized to perform: iot:Publish on resource: ${topic('b')} because no identity-based policy allows the iot:Publish action`,
    }),
  )
  roles.deletePolicy('r', 'p')
  expect(attempt(key, publish('a/b'))).toThrow(/is not authorized to perform: iot:Publish/)
})

test('what one policy denies no other one allows', () => {
  const deny = { Effect: 'Deny', Action: 'iot:*', Resource: topic('a/secret') }
  roles.putPolicy('r', { name: 'p', document: allowing(['iot:*']) })
  roles.putPolicy('r', { name: 'q', document: { Version: '2012-10-17', Statement: deny } })
  expect(attempt(issued(), publish('a/secret'))).toThrow(/with an explicit deny in an identity-based policy$/)
})

test('a role that does not exist may do nothing', () => {
  const { accessKeyId } = credentials.issue({ roleArn: `${roleArn}2`, sessionName: 'f' })
  expect(attempt(accessKeyId, publish('a'))).toThrow(/assumed-role\/r2\/f is not authorized/)
})

test('a key that was revoked since its signature was verified is nobody’s, and not the operator’s', () => {
  const key = issued()
  credentials.revoke(key)
  expect(attempt(key, publish('a'))).toThrow(expect.objectContaining({ code: 'UnrecognizedClientException' }))
})
