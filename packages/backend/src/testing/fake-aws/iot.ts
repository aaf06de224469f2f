import type { CertificateId } from '@rotator/protocol/ids'
import { certificateId, firstCertificate } from '@rotator/protocol/x509/certificate'
import { parseCsr } from '@rotator/protocol/x509/csr'
import { issueCertificate } from '../fake-certificates.ts'
import { AwsFailure, json, type Operation, type WireCall } from './wire.ts'

export const certificateArnPrefix = 'arn:aws:iot:eu-west-1:123456789012:cert/'

export interface FakeCertificate {
  pem: string
  status: 'ACTIVE' | 'INACTIVE'
  policies: Set<string>
}

/** The registry of AWS IoT: exclusive principals, refusals to delete, lists that may be old. */
export class FakeIot {
  readonly certificates = new Map<string, FakeCertificate>()
  /** Per thing: certificate id → exclusive. */
  readonly things = new Map<string, Map<string, boolean>>()
  /** How many of the next lists of principals show the time before the last change. */
  staleLists = 0
  /** How many of the next deletions come before detaching has spread. */
  slowDetachments = 0
  pageSize = 250
  #before = new Map<string, Map<string, boolean>>()

  addThing(name: string): void {
    this.things.set(name, new Map())
  }

  addCertificate(pem: string, policies: string[] = []): CertificateId {
    const block = firstCertificate(pem)
    if (block === undefined) throw new Error('no certificate in the text')
    const id = certificateId(block.der)
    this.certificates.set(id, { pem, status: 'ACTIVE', policies: new Set(policies) })
    return id
  }

  attach(thing: string, id: string, exclusive = true): void {
    this.#remember(thing)
    this.#thing(thing).set(id, exclusive)
  }

  detach(thing: string, id: string): void {
    this.#remember(thing)
    this.#thing(thing).delete(id)
  }

  attached(thing: string): string[] {
    return [...this.#thing(thing).keys()]
  }

  #remember(thing: string): void {
    this.#before.set(thing, new Map(this.#thing(thing)))
  }

  #thing(name: string): Map<string, boolean> {
    const thing = this.things.get(name)
    if (thing === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', `no thing ${name}`)
    return thing
  }

  #certificate(id: string): FakeCertificate {
    const certificate = this.certificates.get(id)
    if (certificate === undefined) throw new AwsFailure(404, 'ResourceNotFoundException', `no certificate`)
    return certificate
  }

  readonly operations: Operation[] = [
    {
      name: 'CreateCertificateFromCsr',
      method: 'POST',
      path: ['certificates'],
      perform: call => {
        const csr = parseCsr(JSON.parse(call.body).certificateSigningRequest)
        if (!csr.ok) throw new AwsFailure(400, 'InvalidRequestException', csr.problem)
        const { id, pem } = issueCertificate(csr.value.subject, csr.value.publicKey)
        this.addCertificate(pem)
        if (call.query.setAsActive !== 'true') this.#certificate(id).status = 'INACTIVE'
        return json({ certificateArn: certificateArnPrefix + id, certificateId: id, certificatePem: pem })
      },
    },
    {
      name: 'RegisterCertificateWithoutCA',
      method: 'POST',
      path: ['certificate', 'register-no-ca'],
      perform: ({ body }) => {
        const { certificatePem, status } = JSON.parse(body)
        const block = firstCertificate(certificatePem)
        if (block === undefined) throw new AwsFailure(400, 'CertificateValidationException')
        const id = certificateId(block.der)
        const known = { certificateArn: certificateArnPrefix + id, certificateId: id }
        if (this.certificates.has(id)) throw new AwsFailure(409, 'ResourceAlreadyExistsException')
        this.addCertificate(certificatePem)
        this.#certificate(id).status = status
        return json(known)
      },
    },
    {
      name: 'ListThings',
      method: 'GET',
      path: ['things'],
      perform: ({ query }) => {
        const all = [...this.things.keys()].map(thingName => ({ thingName }))
        const from = Number(query.nextToken ?? 0)
        const next = from + this.pageSize
        return json({
          things: all.slice(from, next),
          ...(next < all.length && { nextToken: String(next) }),
        })
      },
    },
    {
      name: 'ListThingPrincipalsV2',
      method: 'GET',
      path: ['things', '*', 'principals-v2'],
      perform: ({ path, query }) => {
        const thing = path[1] ?? ''
        const stale = this.staleLists > 0 ? this.#before.get(thing) : undefined
        if (stale !== undefined) this.staleLists -= 1
        const all = [...(stale ?? this.#thing(thing))].map(([id, exclusive]) => ({
          principal: certificateArnPrefix + id,
          thingPrincipalType: exclusive ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING',
        }))
        const from = Number(query.nextToken ?? 0)
        const next = from + this.pageSize
        return json({
          thingPrincipalObjects: all.slice(from, next),
          ...(next < all.length && { nextToken: String(next) }),
        })
      },
    },
    {
      name: 'DescribeCertificate',
      method: 'GET',
      path: ['certificates', '*'],
      perform: ({ path }) => {
        const { pem, status } = this.#certificate(path[1] ?? '')
        return json({ certificateDescription: { certificatePem: pem, status } })
      },
    },
    {
      name: 'ListAttachedPolicies',
      method: 'POST',
      path: ['attached-policies', '*'],
      perform: ({ path, query }) => {
        const all = [...this.#certificate(idOf(path[1])).policies].map(policyName => ({ policyName }))
        const from = Number(query.marker ?? 0)
        const next = from + this.pageSize
        return json({
          policies: all.slice(from, next),
          ...(next < all.length && { nextMarker: String(next) }),
        })
      },
    },
    {
      name: 'AttachPolicy',
      method: 'PUT',
      path: ['target-policies', '*'],
      perform: ({ path, body }) => {
        this.#certificate(idOf(JSON.parse(body).target)).policies.add(path[1] ?? '')
        return json({})
      },
    },
    {
      name: 'AttachThingPrincipal',
      method: 'PUT',
      path: ['things', '*', 'principals'],
      perform: ({ path, query, headers }) => {
        const [id, thing] = [principalOf(headers), path[1] ?? '']
        this.#certificate(id)
        for (const [name, principals] of this.things) {
          if (name === thing || !principals.has(id)) continue
          const which = principals.get(id) === true ? 'an exclusive Thing' : 'a Thing'
          throw new AwsFailure(
            400,
            'InvalidRequestException',
            `Principal already has ${which} attached to it`,
          )
        }
        this.attach(thing, id, query.thingPrincipalType === 'EXCLUSIVE_THING')
        return json({})
      },
    },
    {
      name: 'DetachThingPrincipal',
      method: 'DELETE',
      path: ['things', '*', 'principals'],
      perform: ({ path, headers }) => {
        const id = principalOf(headers)
        if (!this.attached(path[1] ?? '').includes(id)) {
          throw new AwsFailure(404, 'ResourceNotFoundException', 'not attached')
        }
        this.detach(path[1] ?? '', id)
        return json({})
      },
    },
    {
      name: 'UpdateCertificate',
      method: 'PUT',
      path: ['certificates', '*'],
      perform: ({ path, query }) => {
        const { newStatus } = query
        if (newStatus !== 'ACTIVE' && newStatus !== 'INACTIVE') {
          throw new AwsFailure(400, 'InvalidRequestException', `no status ${newStatus}`)
        }
        this.#certificate(path[1] ?? '').status = newStatus
        return json({})
      },
    },
    {
      name: 'DeleteCertificate',
      method: 'DELETE',
      path: ['certificates', '*'],
      perform: call => this.#delete(call),
    },
  ]

  #delete({ path, query }: WireCall) {
    const id = path[1] ?? ''
    const certificate = this.#certificate(id)
    if (certificate.status === 'ACTIVE') {
      throw new AwsFailure(406, 'CertificateStateException', 'Certificate must be deactivated (not ACTIVE)')
    }
    if (this.slowDetachments > 0 || [...this.things.values()].some(principals => principals.has(id))) {
      this.slowDetachments = Math.max(0, this.slowDetachments - 1)
      throw new AwsFailure(409, 'DeleteConflictException', 'Things must be detached before deletion')
    }
    if (certificate.policies.size > 0 && query.forceDelete !== 'true') {
      throw new AwsFailure(
        409,
        'DeleteConflictException',
        'Certificate policies must be detached before deletion',
      )
    }
    this.certificates.delete(id)
    return json({})
  }
}

const idOf = (arn: unknown): string => String(arn).slice(certificateArnPrefix.length)
const principalOf = (headers: Readonly<Record<string, string>>): string => idOf(headers['x-amzn-principal'])
