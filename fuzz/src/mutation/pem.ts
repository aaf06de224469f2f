import type { Mutate } from '../target.ts'
import { linesOf, textOf } from './text.ts'

const words = [
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  '-----BEGIN CERTIFICATE REQUEST-----',
  '-----BEGIN NEW CERTIFICATE REQUEST-----',
  '-----BEGIN TRUSTED CERTIFICATE-----',
  'Proc-Type: 4,ENCRYPTED',
  '=',
  '====',
  '!',
  '-',
  '_',
  '\r',
  '\t',
  '\u00A0',
]

const mutateLines = linesOf(textOf(words))
const block = /^-----BEGIN ([^-]*)-----\n([A-Za-z0-9+/=\n]*)\n-----END /mu

/** PEM: mostly the bytes of its first block are changed, and sometimes how they are written. */
export const pemOf =
  (mutateDer: Mutate): Mutate =>
  (input, dice, others) => {
    const [, label = '', base64 = ''] = block.exec(input.toString()) ?? []
    if (base64 === '' || dice.onceIn(3)) return mutateLines(input, dice, others)
    const borrowed = derOfPem(dice.oneOf(others) ?? input)
    return Buffer.from(encode(label, mutateDer(Buffer.from(base64, 'base64'), dice, [borrowed])))
  }

export const derOfPem = (pem: Buffer): Buffer => Buffer.from(block.exec(pem.toString())?.[2] ?? '', 'base64')

/** Not the encoder of the product, which is among what is judged. */
export const encode = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der
    .toString('base64')
    .replaceAll(/.{64}(?=.)/gu, '$&\n')}\n-----END ${label}-----\n`
