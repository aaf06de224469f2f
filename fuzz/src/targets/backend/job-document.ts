import { readAlgorithmNames } from '@rotator/protocol/algorithm-names'
import { chooseAlgorithms, defaultAlgorithms } from '@rotator/protocol/algorithms'
import { isRotation } from '@rotator/protocol/messages/job-document'
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
    const named = readAlgorithmNames(document, defaultAlgorithms)
    const isAsWritten = (written: unknown, read: string): boolean =>
      typeof written !== 'string' || written === read
    claim(
      isAsWritten(keyAlgorithm, named.keyAlgorithm) && isAsWritten(signingAlgorithm, named.signingAlgorithm),
      'a name was read that is not in the document',
    )
    const choice = chooseAlgorithms(named.keyAlgorithm, named.signingAlgorithm)
    if (!choice.ok) return wordsOf(choice.problem)
    const { algorithms } = choice
    claim(
      algorithms.keyAlgorithm === (keyAlgorithm ?? 'RSA-2048') &&
        algorithms.signingAlgorithm === (signingAlgorithm ?? 'SHA256WITHRSA'),
      'other algorithms were chosen than the document names',
    )
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
