import { mutateBytes } from '../mutation/bytes.ts'
import { claim, type Target } from '../target.ts'

const planted = (name: string, execute: Target['execute']): Target => ({
  name,
  mutate: mutateBytes,
  execute,
  seeds: () => ({ sample: 'abc' }),
})

const isShort = (input: Buffer): boolean => input.length < 3

/** Parsers that are wrong on purpose, each for what is shorter than its sample. */
export const targets: readonly Target[] = [
  planted('sound', input => String(isShort(input))),
  planted('throwing', input => {
    if (isShort(input)) throw new TypeError('too short to be read')
    return 'read'
  }),
  planted('accepting', input => {
    claim(!isShort(input), 'what is too short was accepted')
    return 'read'
  }),
  planted('hanging', input => {
    while (isShort(input));
    return 'read'
  }),
  planted('ending', input => {
    if (isShort(input)) process.exit(3)
    return 'read'
  }),
]
