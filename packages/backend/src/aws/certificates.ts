import { type IoTClient, ListCertificatesCommand, ListPrincipalThingsV2Command } from '@aws-sdk/client-iot'
import {
  type CertificateId,
  certificateIdSchema,
  type ThingName,
  thingNameSchema,
} from '@rotator/protocol/ids'
import * as v from 'valibot'
import type { CertificateArns } from './certificate-arns.ts'
import { isNamed } from './failures.ts'
import { type Page, pageSize } from './page.ts'

/** A certificate as the list of the account shows it. */
export interface ListedCertificate {
  certificateId: CertificateId
  active: boolean
  /** When AWS IoT issued or registered it, in milliseconds since 1970. */
  createdAtMs: number
}

/** A thing that a certificate is attached to. */
export interface AttachedThing {
  thing: ThingName
  exclusive: boolean
}

/** The certificates of the account, whatever they are attached to. */
export interface Certificates {
  /** The oldest first. */
  listOldest(page: string | undefined): Promise<Page<ListedCertificate>>
  /** All pages; nothing of a certificate that is gone. */
  thingsOf(id: CertificateId): Promise<AttachedThing[]>
}

export function iotCertificates(client: IoTClient, arns: CertificateArns): Certificates {
  return {
    async listOldest(marker) {
      const answer = await client.send(
        new ListCertificatesCommand({ pageSize, marker, ascendingOrder: true }),
      )
      const { certificates, nextMarker } = v.parse(certificatesSchema, answer)
      const items = certificates.map(({ certificateId, status, creationDate }) => ({
        certificateId,
        active: status === 'ACTIVE',
        createdAtMs: creationDate.getTime(),
      }))
      return { items, next: nextMarker }
    },
    async thingsOf(id) {
      try {
        return await thingsOf(client, arns.of(id))
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return []
        throw error
      }
    },
  }
}

async function thingsOf(client: IoTClient, principal: string): Promise<AttachedThing[]> {
  const things: AttachedThing[] = []
  let nextToken: string | undefined
  do {
    const page: v.InferOutput<typeof thingsSchema> = v.parse(
      thingsSchema,
      await client.send(new ListPrincipalThingsV2Command({ principal, maxResults: pageSize, nextToken })),
    )
    things.push(
      ...page.principalThingObjects.map(({ thingName, thingPrincipalType }) => ({
        thing: thingName,
        exclusive: thingPrincipalType === 'EXCLUSIVE_THING',
      })),
    )
    nextToken = page.nextToken
  } while (nextToken)
  return things
}

const certificatesSchema = v.object({
  certificates: v.array(
    v.object({ certificateId: certificateIdSchema, status: v.string(), creationDate: v.date() }),
  ),
  nextMarker: v.optional(v.string()),
})
const thingsSchema = v.object({
  principalThingObjects: v.array(
    v.object({ thingName: thingNameSchema, thingPrincipalType: v.optional(v.string()) }),
  ),
  nextToken: v.optional(v.string()),
})
