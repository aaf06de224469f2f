import {
  DerError as TheirDerError,
  readElements as theirElements,
} from '@rotator/local-cloud/certificates/der-reader'
import { DerError, type Element, element, readElements } from '@rotator/protocol/x509/der'
import { mutateDer } from '../../mutation/der.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { knownSpki } from './known-key.ts'

/** DER, the encoding below certificates and requests. */
export const der: Target = {
  name: 'der',
  mutate: mutateDer,
  execute(input) {
    const ours = orProblem(() => readElements(input))
    const theirs = orProblem(() => theirElements(input))
    if (typeof ours === 'string') {
      claim(typeof theirs === 'string', `refused (${ours}), though it is DER to another reader`)
      return wordsOf(ours)
    }
    claim(
      typeof theirs !== 'string' || isLong(input),
      `accepted, and another reader says ${JSON.stringify(theirs)}`,
    )
    const rewritten = Buffer.concat(ours.map(({ tag, content }) => element(tag, content)))
    claim(rewritten.equals(input), 'there is another way to write what was accepted')
    return ours.slice(0, 2).map(kindOf).join()
  },
  seeds: () => ({
    key: knownSpki,
    kinds: Buffer.concat([0x02, 0x03, 0x05, 0x06, 0x0c, 0x30, 0x31, 0xa0].map(tag => element(tag))),
    long: element(0x30, element(0x04, Buffer.alloc(200, 0x1f)), element(0x04, Buffer.alloc(66_000, 0x1f))),
  }),
}

/** The other reader takes no element of 16 MB and more, whose length has four bytes. */
const isLong = (input: Buffer): boolean => input.length >= 2 ** 24

function orProblem<T>(read: () => T): T | string {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError || error instanceof TheirDerError) return error.message
    throw error
  }
}

/** A constructed element by how its content is read, any other by its length. */
function kindOf({ tag, content }: Element): string {
  if ((tag & 0x20) === 0) return content.length < 0x80 ? 'short' : 'long'
  const inner = orProblem(() => readElements(content))
  return typeof inner === 'string' ? wordsOf(inner) : `constructed of ${Math.min(inner.length, 5)}`
}
