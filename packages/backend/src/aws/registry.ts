import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DetachThingPrincipalCommand,
  type IoTClient,
  ListThingPrincipalsV2Command,
  paginateListAttachedPolicies,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot'
import type { CertificateId, ThingName } from '@rotator/protocol/ids'
import * as v from 'valibot'
import type { CertificateArns } from './certificate-arns.ts'
import { isNamed } from './failures.ts'

/** A certificate that is attached to a thing. */
export interface Attachment {
  certificateId: CertificateId
  exclusive: boolean
}

/** Things, certificates and policies of AWS IoT. Every change is harmless twice. */
export interface Registry {
  /** All pages. The list may be a little old. */
  listCertificates(thing: ThingName): Promise<Attachment[]>
  /** @returns undefined where there is no such certificate */
  readCertificate(id: CertificateId): Promise<{ pem: string; active: boolean } | undefined>
  /** Names, all pages. */
  listPolicies(id: CertificateId): Promise<string[]>
  attachPolicy(id: CertificateId, policyName: string): Promise<void>
  attach(thing: ThingName, id: CertificateId): Promise<void>
  /** Makes ACTIVE certificates INACTIVE; done too where there is none. */
  deactivate(id: CertificateId): Promise<void>
  detach(thing: ThingName, id: CertificateId): Promise<void>
  /** @returns `not-yet` where detaching or deactivating has not spread; `deleted` too where there is none */
  deleteCertificate(id: CertificateId): Promise<'deleted' | 'not-yet'>
}

export function iotRegistry(client: IoTClient, arns: CertificateArns): Registry {
  return {
    listCertificates: thing => listCertificates(client, arns, thing),
    async readCertificate(id) {
      try {
        const answer = await client.send(new DescribeCertificateCommand({ certificateId: id }))
        const { certificatePem: pem, status } = v.parse(descriptionSchema, answer.certificateDescription)
        return { pem, active: status === 'ACTIVE' }
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return undefined
        throw error
      }
    },
    async listPolicies(id) {
      const names: string[] = []
      for await (const page of paginateListAttachedPolicies({ client }, { target: arns.of(id) })) {
        names.push(...v.parse(policiesSchema, page).policies.map(({ policyName }) => policyName))
      }
      return names
    },
    async attachPolicy(id, policyName) {
      await client.send(new AttachPolicyCommand({ policyName, target: arns.of(id) }))
    },
    async attach(thing, id) {
      await client.send(
        new AttachThingPrincipalCommand({
          thingName: thing,
          principal: arns.of(id),
          thingPrincipalType: 'EXCLUSIVE_THING',
        }),
      )
    },
    ...retiring(client, arns),
  }
}

const descriptionSchema = v.object({ certificatePem: v.string(), status: v.string() })
const policiesSchema = v.object({ policies: v.array(v.object({ policyName: v.string() })) })
const principalsSchema = v.object({
  thingPrincipalObjects: v.array(
    v.object({ principal: v.string(), thingPrincipalType: v.optional(v.string()) }),
  ),
  nextToken: v.optional(v.string()),
})

async function listCertificates(
  client: IoTClient,
  arns: CertificateArns,
  thingName: ThingName,
): Promise<Attachment[]> {
  const attachments: Attachment[] = []
  let nextToken: string | undefined
  do {
    const page: v.InferOutput<typeof principalsSchema> = v.parse(
      principalsSchema,
      await client.send(
        new ListThingPrincipalsV2Command({ thingName, maxResults: 250, ...(nextToken && { nextToken }) }),
      ),
    )
    for (const { principal, thingPrincipalType } of page.thingPrincipalObjects) {
      const certificateId = arns.idOf(principal)
      if (certificateId !== undefined) {
        attachments.push({ certificateId, exclusive: thingPrincipalType === 'EXCLUSIVE_THING' })
      }
    }
    nextToken = page.nextToken
  } while (nextToken)
  return attachments
}

function retiring(
  client: IoTClient,
  arns: CertificateArns,
): Pick<Registry, 'deactivate' | 'detach' | 'deleteCertificate'> {
  return {
    async deactivate(id) {
      await unlessGone(() =>
        client.send(new UpdateCertificateCommand({ certificateId: id, newStatus: 'INACTIVE' })),
      )
    },
    async detach(thing, id) {
      await unlessGone(() =>
        client.send(new DetachThingPrincipalCommand({ thingName: thing, principal: arns.of(id) })),
      )
    },
    async deleteCertificate(id) {
      try {
        await unlessGone(() =>
          client.send(new DeleteCertificateCommand({ certificateId: id, forceDelete: true })),
        )
        return 'deleted'
      } catch (error) {
        if (isNamed(error, 'DeleteConflictException', 'CertificateStateException')) return 'not-yet'
        throw error
      }
    },
  }
}

async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isNamed(error, 'ResourceNotFoundException')) throw error
  }
}
