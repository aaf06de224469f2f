import type { FakeDataPlane } from './data-plane.ts'
import { certificateArnPrefix, type FakeIot } from './iot.ts'
import { AwsFailure, json, type Operation } from './wire.ts'

export interface FakeJobOrder {
  jobId: string
  targets: string[]
  jobTemplateArn: string
  description: string
}

/** What triggers read and order: certificates by age, the things of one, groups, findings of audits, and new jobs. */
export class FakeTriggerSources {
  readonly #iot: FakeIot
  readonly #data: FakeDataPlane
  readonly groups = new Map<string, string[]>()
  /** Of certificates that have one: milliseconds since 1970. */
  readonly createdAtMs = new Map<string, number>()
  /** By task and check: certificate ids. */
  readonly findings = new Map<string, string[]>()
  readonly ordered: FakeJobOrder[] = []
  pageSize = 250
  /** What its jobs are dated with, in milliseconds since 1970. */
  now = (): number => 0

  constructor(iot: FakeIot, data: FakeDataPlane) {
    this.#iot = iot
    this.#data = data
  }

  #page(name: string, items: unknown[], token: unknown, next: 'nextToken' | 'nextMarker') {
    const from = Number(token ?? 0)
    const end = from + this.pageSize
    return json({ [name]: items.slice(from, end), ...(end < items.length && { [next]: String(end) }) })
  }

  readonly operations: Operation[] = [
    {
      name: 'ListCertificates',
      method: 'GET',
      path: ['certificates'],
      perform: ({ query }) => {
        const oldest = [...this.#iot.certificates]
          .map(([certificateId, { status }]) => ({
            certificateId,
            status,
            at: this.createdAtMs.get(certificateId),
          }))
          .map(({ at = 0, ...rest }) => ({ ...rest, creationDate: at / 1000 }))
          .toSorted((a, b) => a.creationDate - b.creationDate)
        const ordered = query.isAscendingOrder === 'true' ? oldest : oldest.toReversed()
        return this.#page('certificates', ordered, query.marker, 'nextMarker')
      },
    },
    {
      name: 'ListPrincipalThingsV2',
      method: 'GET',
      path: ['principals', 'things-v2'],
      perform: ({ headers, query }) => {
        const id = String(headers['x-amzn-principal']).slice(certificateArnPrefix.length)
        if (!this.#iot.certificates.has(id)) throw new AwsFailure(404, 'ResourceNotFoundException')
        const things = [...this.#iot.things].flatMap(([thingName, principals]) => {
          const exclusive = principals.get(id)
          const thingPrincipalType = exclusive === true ? 'EXCLUSIVE_THING' : 'NON_EXCLUSIVE_THING'
          return exclusive === undefined ? [] : [{ thingName, thingPrincipalType }]
        })
        return this.#page('principalThingObjects', things, query.nextToken, 'nextToken')
      },
    },
    {
      name: 'ListThingGroupsForThing',
      method: 'GET',
      path: ['things', '*', 'thing-groups'],
      perform: ({ path, query }) => {
        if (!this.#iot.things.has(path[1] ?? '')) throw new AwsFailure(404, 'ResourceNotFoundException')
        const groups = (this.groups.get(path[1] ?? '') ?? []).map(groupName => ({ groupName }))
        return this.#page('thingGroups', groups, query.nextToken, 'nextToken')
      },
    },
    {
      name: 'ListAuditFindings',
      method: 'POST',
      path: ['audit', 'findings'],
      perform: ({ body }) => {
        const { taskId, checkName, nextToken, listSuppressedFindings } = JSON.parse(body)
        if (listSuppressedFindings !== false) throw new AwsFailure(400, 'InvalidRequestException')
        const findings = (this.findings.get(`${taskId} ${checkName}`) ?? []).map(deviceCertificateId => ({
          findingId: `finding-of-${deviceCertificateId}`,
          nonCompliantResource: { resourceIdentifier: { deviceCertificateId } },
        }))
        return this.#page('findings', findings, nextToken, 'nextToken')
      },
    },
    {
      name: 'CreateJob',
      method: 'PUT',
      path: ['jobs', '*'],
      perform: ({ path, body }) => {
        const order: FakeJobOrder = { jobId: path[1] ?? '', ...JSON.parse(body) }
        if (order.targets.length === 0 || order.targets.length > 100)
          throw new AwsFailure(400, 'InvalidRequestException', `${order.targets.length} targets`)
        if (this.ordered.some(({ jobId }) => jobId === order.jobId))
          throw new AwsFailure(409, 'ResourceAlreadyExistsException')
        this.ordered.push(order)
        const { jobId } = order
        for (const target of order.targets) {
          const document = '{"operation":"ROTATE_CERTIFICATE"}'
          const thing = target.slice(target.lastIndexOf('/') + 1)
          this.#data.setExecution(thing, {
            jobId,
            executionNumber: 1,
            status: 'QUEUED',
            document,
            queuedAtMs: this.now(),
            updatedAtMs: this.now(),
          })
        }
        return json({ jobId })
      },
    },
  ]
}
