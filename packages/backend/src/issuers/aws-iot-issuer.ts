import { CreateCertificateFromCsrCommand, type IoTClient } from '@aws-sdk/client-iot'
import { certificateIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { describeError, failureKind } from '../aws/failures.ts'
import type { Issuer } from './issuer.ts'

/**
 * AWS IoT's own authority. It knows no repeats: every call makes another certificate, even for the same request.
 */
export function awsIotIssuer(client: IoTClient): Issuer {
  return {
    repeatsForSeconds: 0,
    async issue({ csr }) {
      try {
        const issued = await client.send(
          new CreateCertificateFromCsrCommand({ certificateSigningRequest: csr, setAsActive: true }),
        )
        return { kind: 'issued', ...v.parse(issuedSchema, issued) }
      } catch (error) {
        const problem = `AWS IoT: ${describeError(error)}`
        if (failureKind(error) === 'again') return { kind: 'busy', problem }
        return { kind: 'refused', code: 'ISSUER_REFUSED', problem }
      }
    },
  }
}

const issuedSchema = v.object({
  certificateId: certificateIdSchema,
  certificatePem: v.string(),
})
