import { certificateIdSchema } from '@rotator/protocol/ids'
import { commitAcceptedSchema, commitRequestSchema } from '@rotator/protocol/messages/commit'
import { createAcceptedSchema, createRequestSchema } from '@rotator/protocol/messages/create'
import { jobDocumentSchema } from '@rotator/protocol/messages/job-document'
import { rejectedSchema } from '@rotator/protocol/messages/rejected'
import { failedDetails, succeededDetails } from '@rotator/protocol/messages/status-details'
import { certificateTopics, jobTopics, subscriptions } from '@rotator/protocol/topics'
import { parse } from 'valibot'
import type { Fragments } from './fragments.ts'
import { alignedTable, code } from './markdown.ts'
import { type Explained, fieldRows } from './schema-fields.ts'

const table = <Name extends string>(
  schema: Explained<Name>['schema'],
  meanings: Explained<Name>['meanings'],
): string => alignedTable(['field', 'value', 'always', 'meaning'], fieldRows({ schema, meanings }))

const jobId = 'the job of the execution'
const executionNumber = 'which try of the job on this thing; a device of version 1 does not say it'
const turn = 'how often the device has changed sides in this rotation'
const echo = 'as in the request'

/** The tables of `docs/protocol.md`, from the schemas that both sides read messages with. */
export const messageTables: Fragments = {
  topics: () => topics(),
  'create request': () =>
    table(createRequestSchema, {
      jobId,
      executionNumber,
      csr: 'a PKCS#10 request in PEM, signed by the new key, with the subject of the present certificate and no attributes; an EC key with the name of its curve and an uncompressed point',
    }),
  'create accepted': () =>
    table(createAcceptedSchema, {
      certificatePem: 'the certificate for that request, in PEM',
      certificateId: 'its id in AWS IoT: the SHA-256 of its DER',
      jobId: echo,
      executionNumber: echo,
      csrDigest: 'SHA-256 of the DER of the request that it answers',
    }),
  'commit request': () =>
    table(commitRequestSchema, {
      jobId,
      executionNumber,
      certificateId: 'what the device believes that it is connected with',
      turn: `${turn}; a missing one is 0`,
      confirmed:
        'the device was told "accepted" before, and its execution is over: nothing else is left to do',
      alone: 'the device has lost its other identity and can only stay on this one',
    }),
  'commit accepted': () =>
    table(commitAcceptedSchema, {
      certificateId: "the connection's certificate; a device that believes otherwise drops the answer",
      jobId: echo,
      executionNumber: echo,
      turn: echo,
      confirmed: 'the rotation is settled on NEW',
    }),
  rejected: () =>
    table(rejectedSchema, {
      errorMsg: 'a sentence for the operator; the device puts it into its failure reason',
      code: 'one of the [codes](reference/codes.md); a version 1 backend sends none',
      retryable: 'whether the same question may have another answer later',
      jobId: echo,
      executionNumber: echo,
      csrDigest: 'of a create: SHA-256 of the DER of its request',
      certificateId: `of a commit: ${echo}`,
      turn: `of a commit: ${echo}`,
    }),
  'job document': () =>
    table(jobDocumentSchema, {
      operation: 'a job with another one is left alone',
      keyAlgorithm: "in place of the component's own setting, for this job",
      signingAlgorithm: "in place of the component's own setting, for this job",
    }),
  'status details': () => statusDetails(),
}

function topics(): string {
  const thing = '{thing}' as Parameters<typeof subscriptions>[0]
  const job = '{job}' as Parameters<typeof jobTopics.update>[1]
  const published = [
    jobTopics.get(thing, '$next'),
    jobTopics.get(thing, job),
    jobTopics.update(thing, job),
    certificateTopics.create(thing),
    certificateTopics.commit(thing),
  ]
  return alignedTable(
    ['the device', 'topic'],
    [
      ...published.map(topic => ['publishes', code(topic)]),
      ...subscriptions(thing).map(topic => ['subscribes', code(topic)]),
    ],
  )
}

/** The maps are made by functions, so their keys are asked of those. */
function statusDetails(): string {
  const certificateId = parse(certificateIdSchema, '0'.repeat(64))
  const failed = Object.keys(failedDetails('fail', 'ROLLED_BACK', 'A reason.'))
  const succeeded = Object.keys(succeededDetails('finish', certificateId))
  const meanings: Readonly<Record<string, string>> = {
    CertificateRotator: '"true"; the rule for ended executions looks for it',
    phase: 'the phase of the device that sent it',
    certificateId: 'NEW',
    failureCode: 'one of the [codes](reference/codes.md)',
    DeviceFailureReason: 'a sentence for the operator, at most 1,024 characters',
  }
  return alignedTable(
    ['key', 'with', 'meaning'],
    [...new Set([...succeeded, ...failed])].map(key => {
      const meaning = meanings[key]
      if (meaning === undefined) throw new Error(`tools/docs/message-tables.ts does not explain ${key}.`)
      return [code(key), withWhich(failed.includes(key), succeeded.includes(key)), meaning]
    }),
  )
}

const withWhich = (isOfFailed: boolean, isOfSucceeded: boolean): string =>
  isOfFailed && isOfSucceeded ? 'every update' : isOfFailed ? 'FAILED' : 'SUCCEEDED'
