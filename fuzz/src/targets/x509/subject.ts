import { readElements as theirElements } from '@rotator/local-cloud/certificates/der-reader'
import { distinguishedName } from '@rotator/local-cloud/certificates/issue'
import { DerError, readElements } from '@rotator/protocol/x509/der'
import { isSameSubject, subjectDigest } from '@rotator/protocol/x509/subject'
import { mutateDer } from '../../mutation/der.ts'
import { claim, type Target, wordsOf } from '../../target.ts'

/** Names of subjects in DER, one after the other: which of them are the same? */
export const subject: Target = {
  name: 'subject',
  mutate: mutateDer,
  execute(input) {
    const names = namesIn(input)
    const outcomes = names.map(outcomeOf)
    for (const [at, one] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        const isSame = isSameSubject(one, other)
        claim(isSame === isSameSubject(other, one), 'it depends on the order whether two names are the same')
        const isPlainlySame = one.equals(other) || saySame(one, other)
        claim(!isSame || isPlainlySame, 'two names that differ are taken for one')
      }
    }
    return [...new Set(outcomes)].toSorted().join()
  },
  seeds: () => {
    const utf8 = distinguishedName([['CN', 'AWS IoT Certificate']])
    const printable = Buffer.from(utf8.toString('latin1').replace('\x0c\x13', '\x13\x13'), 'latin1')
    const organisation = distinguishedName([
      ['C', 'DE'],
      ['O', 'Beispiel äöü'],
      ['CN', 'dev1'],
    ])
    return {
      'two-types': Buffer.concat([utf8, printable]),
      organisation: Buffer.concat([organisation, organisation]),
      disguised: Buffer.concat([utf8, distinguishedName([['CN', '30:00410042']])]),
    }
  },
}

function namesIn(input: Buffer): Buffer[] {
  try {
    return readElements(input)
      .slice(0, 4)
      .map(({ whole }) => whole)
  } catch {
    return [input]
  }
}

function outcomeOf(name: Buffer): string {
  try {
    subjectDigest(name)
    return 'a name'
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return wordsOf(error.message)
  }
}

function saySame(one: Buffer, other: Buffer): boolean {
  try {
    return canonical(one) === canonical(other)
  } catch {
    return false
  }
}

/** The name as a text that two names share only if they say the same, to the byte, in whatever string type. */
function canonical(name: Buffer): string {
  const parts = theirElements(name).map(({ tag, content }) => [tag, theirElements(content).map(setOf)])
  return JSON.stringify(parts)
}

function setOf({ tag, content }: { tag: number; content: Buffer }): unknown {
  const attributes = theirElements(content).map(attribute => [
    attribute.tag,
    theirElements(attribute.content).map(valueOf),
  ])
  return [tag, attributes.map(one => JSON.stringify(one)).toSorted()]
}

const latin = new Set([0x13, 0x14, 0x16])

/** Characters where they are sure, bytes where they are not. */
function valueOf({ tag, content }: { tag: number; content: Buffer }): unknown {
  const text = content.toString('utf8')
  if (tag === 0x0c && Buffer.from(text).equals(content)) return ['text', text]
  return latin.has(tag) ? ['text', content.toString('latin1')] : [tag, content.toString('hex')]
}
