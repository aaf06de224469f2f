import { describe, expect, test } from 'vitest'
import { readOptions } from './options.ts'

function read(...args: string[]) {
  const written: string[] = []
  const options = readOptions(args, text => written.push(text))
  return { options, text: written.join('') }
}

describe('the flags of npm run simulate', () => {
  test('without any there are a thousand seeded runs by two processes', () => {
    expect(read().options).toEqual({ what: 'seeded', runs: 1_000, seed: 1, processes: 2 })
  })

  test('each mode takes the flags that it looks at', () => {
    expect(read('--exhaustive', '--faults', '0', '--processes', '1').options).toEqual({
      what: 'exhaustive',
      mostFaults: 0,
      processes: 1,
    })
    expect(read('--replay', '7', '--mutant', 'no-consent').options).toEqual({
      what: 'replay',
      of: '7',
      mutant: 'no-consent',
    })
    expect(read('--prove', '--processes', '3').options).toEqual({ what: 'prove', processes: 3 })
    expect(read('--v1').options).toEqual({ what: 'version-one' })
  })

  test.each(['--runs', '--processes'])('%s 0 is refused: nothing would be shown', flag => {
    const { options, text } = read(flag, '0')
    expect(options).toBe(1)
    expect(text).toContain('Give a whole number of 1 or more.')
  })

  test.each(['-1', '1.5', 'many', '', '1e3', '99999999999999999999'])('--seed %j is refused', value => {
    expect(read(`--seed=${value}`)).toEqual({
      options: 1,
      text: expect.stringContaining('Give a whole number of 0 or more.'),
    })
  })

  test('two modes at once are refused', () => {
    expect(read('--exhaustive', '--v1')).toEqual({
      options: 1,
      text: expect.stringContaining('--exhaustive and --v1 are two things to do. Give one of them.'),
    })
  })

  test.each([
    [['--mutant', 'no-consent'], '--mutant does nothing without a mode. It goes with --replay.'],
    [['--faults', '3'], '--faults does nothing without a mode. It goes with --exhaustive.'],
    [['--exhaustive', '--runs', '9'], '--runs does nothing with --exhaustive. It goes with seeded runs'],
    [
      ['--v1', '--processes', '9'],
      '--processes does nothing with --v1. It goes with --exhaustive, or --prove',
    ],
  ])('%j are refused: a flag would be ignored', (args, words) => {
    const { options, text } = read(...args)
    expect(options).toBe(1)
    expect(text).toContain(words)
  })

  test('what is unknown is refused with the way to the flags, which --help lists', () => {
    const { options, text } = read('--run', '9')
    expect(options).toBe(1)
    expect(text).toContain('npm run simulate -- --help')
    const help = read('--help')
    expect(help.options).toBe(0)
    expect(help.text).toContain('--exhaustive')
  })
})
