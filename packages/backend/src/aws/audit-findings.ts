import { type IoTClient, ListAuditFindingsCommand } from '@aws-sdk/client-iot'
import { type CertificateId, certificateIdSchema } from '@rotator/protocol/ids'
import * as v from 'valibot'
import { type Page, pageSize } from './page.ts'

/** What an audit by AWS IoT Device Defender has found. Findings are kept for 90 days. */
export interface AuditFindings {
  /** The certificates that one check of an audit objects to; not those whose findings an operator has suppressed. */
  listCertificates(
    audit: { taskId: string; checkName: string },
    page: string | undefined,
  ): Promise<Page<CertificateId>>
}

const pageSchema = v.object({
  findings: v.array(
    v.object({
      nonCompliantResource: v.object({
        resourceIdentifier: v.object({ deviceCertificateId: certificateIdSchema }),
      }),
    }),
  ),
  nextToken: v.optional(v.string()),
})

export function defenderFindings(client: IoTClient): AuditFindings {
  return {
    async listCertificates(audit, nextToken) {
      const answer = await client.send(
        new ListAuditFindingsCommand({
          ...audit,
          // Where this is not said, the suppressed ones are listed as well; without a size, 25 are.
          listSuppressedFindings: false,
          maxResults: pageSize,
          nextToken,
        }),
      )
      const { findings, nextToken: next } = v.parse(pageSchema, answer)
      return {
        items: findings.map(finding => finding.nonCompliantResource.resourceIdentifier.deviceCertificateId),
        next,
      }
    },
  }
}
