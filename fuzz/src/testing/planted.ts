import { readConnack } from '@rotator/component/probe/mqtt-packets'
import { mutateBytes } from '../mutation/bytes.ts'
import { claim, type Target } from '../target.ts'

const planted = (name: string, execute: Target['execute']): Target => ({
  name,
  mutate: mutateBytes,
  execute,
  seeds: () => ({ sample: 'abc' }),
})

const isShort = (input: Buffer): boolean => input.length < 3

/** Parsers to see the fuzzer by; the wrong ones are so for what is shorter than their sample. */
export const targets: readonly Target[] = [
  planted('sound', input => String(isShort(input))),
  planted('taciturn', input => {
    readConnack(input)
    return 'always the same'
  }),
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
