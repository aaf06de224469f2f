import { expect, test } from 'vitest'
import * as reasons from './reasons.ts'

const { versionOneTakesNoOther, ...failures } = reasons

test('every reason that the device gives is a sentence, under a code that fits it', () => {
  const codes = Object.fromEntries(Object.entries(failures).map(([name, { code }]) => [name, code]))
  expect(codes).toEqual({
    journalLost: 'ROLLED_BACK',
    newLost: 'IDENTITY_LOST',
    notConnected: 'ROLLED_BACK',
    pendingKeyLost: 'PENDING_KEY_LOST',
    putBackByHand: 'ROLLED_BACK',
    refusedAfterSwitch: 'ROLLED_BACK',
    refusedBeforeSwitch: 'NEW_IDENTITY_REFUSED',
  })
  for (const { reason } of Object.values(failures)) expect(reason).toMatch(/^[A-Z].{30,}\.$/u)
  expect(versionOneTakesNoOther).toContain('exactly {"operation":"ROTATE_CERTIFICATE"}')
})

test('before a switch the reason says that nothing was switched', () => {
  for (const { code, reason } of Object.values(failures)) {
    expect(reason.includes('Nothing was switched')).toBe(!['ROLLED_BACK', 'IDENTITY_LOST'].includes(code))
  }
})
