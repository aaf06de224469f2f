import { describe, expect, test } from 'vitest'
import { contextOf, settingsOf, synthRequestOf } from './context.ts'

test('pairs become context, and a value may hold further equals signs', () => {
  expect(contextOf(['PcaCaId=', 'A=b=c', 'Flag'])).toEqual({ PcaCaId: '', A: 'b=c', Flag: '' })
})

describe('settings of the backend in one line', () => {
  test('are pairs between semicolons, and a value may hold spaces', () => {
    expect(settingsOf('UpgradeFromV1=true; TriggerSchedule=cron(0 3 ? * MON *);PcaCaId=')).toEqual({
      UpgradeFromV1: 'true',
      TriggerSchedule: 'cron(0 3 ? * MON *)',
      PcaCaId: '',
    })
  })

  test.each(['', ' ', ';'])('may be none: "%s"', line => {
    expect(settingsOf(line)).toEqual({})
  })

  test.each(['ConnectionId=1', 'RetireHold=5', 'UpgradeFromV1=true; true'])('are no others’: %s', line => {
    expect(() => settingsOf(line)).toThrow(/there is no \w+\. Choose from PcaCaId, .*, as Name=value/u)
  })
})

describe('the command line of the synthesis', () => {
  test('may say nothing', () => {
    expect(synthRequestOf([])).toEqual({ outDir: 'cdk.out', context: {} })
    expect(synthRequestOf(['--settings', ''])).toEqual({ outDir: 'cdk.out', context: {} })
  })

  test('may say a directory, context, and settings in one line, which context goes before', () => {
    const settings = 'UpgradeFromV1=true; RetireHoldInSeconds=5'
    const args = ['--out-dir', 'there', '--settings', settings, '-c', 'RetireHoldInSeconds=7', '-c', 'Own=x']
    expect(synthRequestOf(args)).toEqual({
      outDir: 'there',
      context: { UpgradeFromV1: 'true', RetireHoldInSeconds: '7', Own: 'x' },
    })
  })
})
