import { type IoTClient, RegisterCertificateWithoutCACommand } from '@aws-sdk/client-iot'
import { certificateIdSchema } from '@rotator/protocol/ids'
import { certificateId } from '@rotator/protocol/x509/certificate'
import type { PemBlock } from '@rotator/protocol/x509/pem'
import * as v from 'valibot'
import { describeError, failureKind, isNamed } from '../aws/failures.ts'
import type { Issuing } from './issuer.ts'

/**
 * Registers what another authority issued: the authority need not be known in AWS IoT.
 *
 * @param by who issued, for a person
 */
export async function register(
  iot: IoTClient,
  { text: certificatePem, der }: PemBlock,
  by: string,
): Promise<Issuing> {
  try {
    const answer = await iot.send(
      new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }),
    )
    return {
      kind: 'issued',
      certificatePem,
      certificateId: v.parse(certificateIdSchema, answer.certificateId),
    }
  } catch (error) {
    // A function that died, or one at the same moment, was given the same certificate.
    if (isNamed(error, 'ResourceAlreadyExistsException')) {
      return { kind: 'issued', certificatePem, certificateId: certificateId(der) }
    }
    const problem = `AWS IoT, which was to register what ${by} issued: ${describeError(error)}`
    if (failureKind(error) === 'again') return { kind: 'busy', problem }
    return { kind: 'refused', code: 'ISSUER_REFUSED', problem }
  }
}
