import {
  type CertificateId,
  certificateIdSchema,
  csrDigestSchema,
  executionNumberSchema,
  jobIdSchema,
  type ThingName,
  thingNameSchema,
  turnSchema,
} from '@rotator/protocol/ids'
import type { Rejected } from '@rotator/protocol/messages/rejected'
import { parseWith } from '@rotator/protocol/parsed'
import type { RejectionCode } from '@rotator/protocol/rejection-codes'
import { csrDigest } from '@rotator/protocol/x509/csr'
import * as v from 'valibot'

/** What a reply repeats of its request, so that the device knows what it answers. */
export type Echo = Omit<Rejected, 'errorMsg' | 'code' | 'retryable'>

/** Who asks, as the rule says: these fields are not the device's to choose. */
export interface Asker {
  thing: ThingName
  version: 'v1' | 'v2'
  echo: Echo
  /** When the message came to AWS IoT, in milliseconds since 1970; undefined from a rule that does not say. */
  receivedAtMs: number | undefined
}

export type DeviceRequest<T> =
  | ({ kind: 'request'; principal: CertificateId; request: T } & Asker)
  | ({ kind: 'refused'; code: RejectionCode; problem: string } & Asker)
  /** No thing can have such a name: nobody is there to be answered. */
  | { kind: 'nobody'; problem: string }

const ruleSchema = v.object({
  thingName: thingNameSchema,
  clientId: v.string(),
  principal: v.string(),
  receivedAtMs: v.optional(v.number()),
})

/** Reads the event of a rule: the device's message, and beside it who sent it. */
export function readDeviceRequest<S extends v.GenericSchema>(
  requestSchema: S,
  event: unknown,
): DeviceRequest<v.InferOutput<S>> {
  const rule = parseWith(ruleSchema, event)
  if (!rule.ok) return { kind: 'nobody', problem: rule.problem }
  const { thingName: thing, clientId, receivedAtMs } = rule.value
  const message = Object(event)
  const asker: Asker = {
    thing,
    version: message.executionNumber === undefined ? 'v1' : 'v2',
    echo: echoOf(message),
    receivedAtMs,
  }
  const refuse = (code: RejectionCode, problem: string) =>
    ({ kind: 'refused', code, problem, ...asker }) as const
  if (!isClientOf(thing, clientId)) return refuse('CLIENT_ID_MISMATCH', `the client id is ${clientId}`)
  const principal = parseWith(certificateIdSchema, rule.value.principal)
  if (!principal.ok) return refuse('INVALID_MESSAGE', 'the connection was not made with a certificate')
  const request = parseWith(requestSchema, event)
  if (!request.ok) return refuse('INVALID_MESSAGE', request.problem)
  return { kind: 'request', principal: principal.value, request: request.value, ...asker }
}

/** Greengrass connects as the thing, and with `#2` and so on after it. `dev10` is no client of `dev1`. */
const isClientOf = (thing: ThingName, clientId: string): boolean =>
  clientId === thing || clientId.startsWith(`${thing}#`)

const echoSchema = {
  jobId: jobIdSchema,
  executionNumber: executionNumberSchema,
  csrDigest: csrDigestSchema,
  certificateId: certificateIdSchema,
  turn: turnSchema,
}

/** Of a message that cannot be read whole too: what can be read of it is repeated. */
function echoOf(message: Record<string, unknown>): Echo {
  const { jobId, executionNumber, certificateId, turn, csr } = message
  const digest = typeof csr === 'string' ? csrDigest(csr) : undefined
  return {
    ...readable('jobId', jobId),
    ...readable('executionNumber', executionNumber),
    ...readable('csrDigest', digest),
    ...readable('certificateId', certificateId),
    ...readable('turn', turn),
  }
}

function readable(name: keyof typeof echoSchema, value: unknown): Echo {
  const parsed = parseWith(echoSchema[name], value)
  return parsed.ok ? { [name]: parsed.value } : {}
}
