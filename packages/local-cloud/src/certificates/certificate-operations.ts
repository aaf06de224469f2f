import { createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Account } from '../account.ts'
import { AwsError } from '../api/aws-error.ts'
import { optionalString, queryFlag, requiredString } from '../api/input.ts'
import { iotOperation } from '../api/iot-operation.ts'
import type { RestCall, RestOperation } from '../api/operation.ts'
import type { Clock } from '../clock.ts'
import { byMarker, page } from '../registry/paging.ts'
import type { Certificate, CertificateStatus, Certificates } from './certificates.ts'
import { distinguishedName, type Issuer, issueCertificate, pemOf } from './issue.ts'
import { readSigningRequest, type SigningRequest } from './signing-request.ts'

const generateKeys = promisify(generateKeyPair)

/** What is attached to a certificate, as its deletion must know it. */
export interface Attachments {
  thingsBlockDeletion(certificateArn: string): boolean
  policiesBlockDeletion(certificateArn: string): boolean
  detachAllPolicies(certificateArn: string): void
}

export interface CertificateDependencies {
  account: Account
  clock: Clock
  certificates: Certificates
  issuer: Issuer
  attachments: Attachments
}

/** All certificates that AWS IoT signs end here, whatever was asked. */
const notAfter = new Date('2049-12-31T23:59:59Z')
/** A certificate is valid a little before it is made, so that clocks may differ. */
const backdatedMs = 2 * 60 * 1000
const ownSubject = distinguishedName([['CN', 'AWS IoT Certificate']])

export function certificateOperations(deps: CertificateDependencies): RestOperation[] {
  return [...creations(deps), ...reads(deps), ...changes(deps)]
}

function creations({ clock, certificates, issuer }: CertificateDependencies): RestOperation[] {
  const created = ({ certificateId, certificatePem }: Certificate) => ({
    certificateArn: certificates.arnOf(certificateId),
    certificateId,
    certificatePem,
  })
  const issue = (request: SigningRequest, status: CertificateStatus) => {
    const now = clock.now()
    const notBefore = new Date(now - backdatedMs)
    const der = issueCertificate(issuer, { ...request, notBefore, notAfter, purpose: 'client' })
    return certificates.register(pemOf('CERTIFICATE', der), 'DEFAULT', status, now)
  }
  return [
    iotOperation('CreateCertificateFromCsr', 'POST', '/certificates', ({ body, query }) => {
      const request = readSigningRequest(requiredString(body, 'certificateSigningRequest'))
      return created(issue(request, statusWanted(query)))
    }),
    iotOperation('CreateKeysAndCertificate', 'POST', '/keys-and-certificate', async ({ query }) => {
      const status = statusWanted(query)
      const { privateKey } = await generateKeys('rsa', { modulusLength: 2048 })
      const publicKey = createPublicKey(privateKey)
      const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' })
      return {
        ...created(issue({ subject: ownSubject, publicKeyInfo }, status)),
        keyPair: {
          PublicKey: publicKey.export({ format: 'pem', type: 'spki' }),
          PrivateKey: privateKey.export({ format: 'pem', type: 'pkcs1' }),
        },
      }
    }),
    iotOperation('RegisterCertificateWithoutCA', 'POST', '/certificate/register-no-ca', ({ body }) => {
      const pem = requiredString(body, 'certificatePem')
      const status = registrationStatus(optionalString(body, 'status'))
      const { certificateId } = certificates.register(pem, 'SNI_ONLY', status, clock.now())
      return { certificateArn: certificates.arnOf(certificateId), certificateId }
    }),
  ]
}

function statusWanted(query: URLSearchParams): CertificateStatus {
  return queryFlag(query, 'setAsActive') ? 'ACTIVE' : 'INACTIVE'
}

function registrationStatus(status: string | undefined): CertificateStatus {
  if (status === undefined || status === 'INACTIVE') return 'INACTIVE'
  if (status === 'ACTIVE') return 'ACTIVE'
  throw new AwsError('CertificateStateException', 406, `A certificate cannot be registered as ${status}`)
}

function reads({ account, certificates }: CertificateDependencies): RestOperation[] {
  return [
    iotOperation('DescribeCertificate', 'GET', '/certificates/{certificateId}', ({ params }) => ({
      certificateDescription: description(account, certificates, params),
    })),
    iotOperation('ListCertificates', 'GET', '/certificates', ({ query }) => {
      const oldestFirst = certificates.all().toSorted((a, b) => a.createdAt - b.createdAt)
      const ordered = queryFlag(query, 'isAscendingOrder') ? oldestFirst : oldestFirst.toReversed()
      const { items, next } = page(ordered, query, byMarker)
      const certificatesShown = items.map(certificate => summary(certificates, certificate))
      return { certificates: certificatesShown, ...(next !== undefined && { nextMarker: next }) }
    }),
  ]
}

function summary(certificates: Certificates, certificate: Certificate) {
  return {
    certificateArn: certificates.arnOf(certificate.certificateId),
    certificateId: certificate.certificateId,
    status: certificate.status,
    certificateMode: certificate.mode,
    creationDate: certificate.createdAt / 1000,
  }
}

function description(account: Account, certificates: Certificates, params: RestCall['params']) {
  const certificate = certificates.get(params['certificateId'] ?? '')
  return {
    ...summary(certificates, certificate),
    certificatePem: certificate.certificatePem,
    ownedBy: account.accountId,
    lastModifiedDate: certificate.modifiedAt / 1000,
    customerVersion: 1,
    transferData: {},
    generationId: certificate.generationId,
    validity: { notBefore: certificate.notBefore / 1000, notAfter: certificate.notAfter / 1000 },
  }
}

function changes({ clock, certificates, attachments }: CertificateDependencies): RestOperation[] {
  return [
    iotOperation('UpdateCertificate', 'PUT', '/certificates/{certificateId}', ({ params, query }) => {
      const newStatus = requiredString({ newStatus: query.get('newStatus') }, 'newStatus')
      certificates.setStatus(params['certificateId'] ?? '', newStatus, clock.now())
    }),
    iotOperation('DeleteCertificate', 'DELETE', '/certificates/{certificateId}', ({ params, query }) => {
      const { certificateId } = certificates.get(params['certificateId'] ?? '')
      const target = certificates.arnOf(certificateId)
      certificates.checkDeletable(certificateId)
      if (attachments.thingsBlockDeletion(target))
        throw deleteConflict(`Things must be detached before deletion (arn: ${target})`)
      const force = queryFlag(query, 'forceDelete')
      if (!force && attachments.policiesBlockDeletion(target))
        throw deleteConflict(`Certificate policies must be detached before deletion (arn: ${target})`)
      attachments.detachAllPolicies(target)
      certificates.delete(certificateId)
    }),
  ]
}

function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflictException', 409, message)
}
