import { chooseAlgorithms } from '@rotator/protocol/algorithms'
import { isRotation, jobDocumentSchema } from '@rotator/protocol/messages/job-document'
import { parseWith } from '@rotator/protocol/parsed'
import { jsonOf } from '../../mutation/json.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

/** A job's document, which any team may have written. */
export const jobDocument: Target = {
  name: 'job-document',
  mutate: jsonOf([
    ...'operation keyAlgorithm signingAlgorithm ROTATE_CERTIFICATE rotate_certificate'.split(' '),
    ...'RSA-2048 ECDSA-P521 SHA512WITHRSAANDMGF1 ECDSA-WITH-SHA384'.split(' '),
  ]),
  execute(input) {
    const document = jsonOrNothing(input.toString())
    const { operation, keyAlgorithm, signingAlgorithm } = Object(document)
    if (!isRotation(document)) {
      claim(operation !== 'ROTATE_CERTIFICATE', 'a rotation was taken for another job')
      return 'another job'
    }
    claim(operation === 'ROTATE_CERTIFICATE', 'another job was taken for a rotation')
    const parsed = parseWith(jobDocumentSchema, document)
    if (!parsed.ok) {
      const isReadable = [keyAlgorithm, signingAlgorithm].every(
        name => name === undefined || typeof name === 'string',
      )
      claim(!isReadable, 'a rotation that can be read was refused')
      return wordsOf(parsed.problem)
    }
    const wanted = parsed.value
    const choice = chooseAlgorithms(
      wanted.keyAlgorithm ?? 'RSA-2048',
      wanted.signingAlgorithm ?? 'SHA256WITHRSA',
    )
    if (!choice.ok) return wordsOf(choice.problem)
    const { algorithms } = choice
    const isAsNamed =
      algorithms.keyAlgorithm === (wanted.keyAlgorithm ?? 'RSA-2048') &&
      algorithms.signingAlgorithm === (wanted.signingAlgorithm ?? 'SHA256WITHRSA')
    claim(isAsNamed, 'other algorithms were chosen than the document names')
    return `${algorithms.keyAlgorithm} ${algorithms.signingAlgorithm}`
  },
  seeds: () => ({
    plain: '{"operation":"ROTATE_CERTIFICATE"}',
    curve:
      '{"operation":"ROTATE_CERTIFICATE","keyAlgorithm":"ECDSA-P256","signingAlgorithm":"ECDSA-WITH-SHA256"}',
    pss: '{"operation":"ROTATE_CERTIFICATE","keyAlgorithm":"RSA-3072","signingAlgorithm":"SHA384WITHRSAANDMGF1"}',
    other: '{"operation":"REBOOT","delaySeconds":60}',
  }),
}
