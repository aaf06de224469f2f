import { permissions as commit } from '@rotator/backend/commit-certificate/permissions'
import { permissions as create } from '@rotator/backend/create-certificate/permissions'
import { permissions as finish } from '@rotator/backend/finish-rotation/permissions'
import { awsIotPermissions } from '@rotator/backend/issuers/permissions'
import type { Permission } from '@rotator/backend/permission'
import { permissions as retire } from '@rotator/backend/retire-certificate/permissions'
import { permissions as sweep } from '@rotator/backend/sweep/permissions'

/** Calls of a function, in the order in which it makes them, and what its death right after them leaves. */
export interface Step {
  calls: readonly string[]
  /** What the step is, where the call alone does not say it. */
  what: string
  leaves: string
  repeated: string
}

export interface Deaths {
  title: string
  permissions: readonly Permission[]
  /** Who hands the same event to the function again. */
  again: string
  steps: readonly Step[]
}

const nothing = 'Nothing: it has only read.'
const wholly = 'the event, from the beginning'
const record = ['iot:GetThingShadow', 'iot:UpdateThingShadow'] as const
const [read, write] = record
const principals = ['iot:ListThingPrincipals', 'iot:ListThingPrincipalsV2'] as const
const asks =
  'A device asks again until it is answered, and AWS Lambda gives the event to the function twice more. A request of a version 1 device, which gives up after 30 s, is dropped after that time.'
const marker: Step = {
  calls: [write],
  what: 'makes the shadow, where there is none',
  leaves: 'A shadow with a marker and no record. It decides nothing.',
  repeated: 'whoever writes next finds a version to be conditional on',
}
const queue: Step = {
  calls: ['sqs:SendMessage'],
  what: 'queues what goes',
  leaves:
    'Certificates in the queue. Queueing them twice is harmless, because every step of retiring asks the record.',
  repeated: 'not needed',
}
const told: Step = {
  calls: ['sns:Publish'],
  what: 'tells the operators',
  leaves: 'The operators know it, the record does not know that they do.',
  repeated: 'the event, or the sweep: they are told once more, never not at all',
}
const noted: Step = {
  calls: [write],
  what: 'notes that they were told',
  leaves: 'All is done.',
  repeated: 'not needed',
}

/** Of every function of the backend. */
export const deaths: readonly Deaths[] = [
  {
    title: 'create-certificate',
    permissions: [...create, ...awsIotPermissions],
    again: asks,
    steps: [
      {
        calls: ['iotjobsdata:DescribeJobExecution', read, ...principals, 'iot:DescribeCertificate'],
        what: 'reads the execution, the record, and what of thing and certificate the record does not tell',
        leaves: nothing,
        repeated: wholly,
      },
      marker,
      {
        calls: ['iot:CreateCertificateFromCsr'],
        what: 'issues NEW',
        leaves:
          'A certificate whose id nobody knows. It has no thing and no policy, so nobody can do anything with it. It stays in the list of certificates, where a person who tidies up finds it without a thing.',
        repeated: 'the event issues another one',
      },
      {
        calls: [write],
        what: 'writes the record: created',
        leaves: 'A record that names NEW, which is not attached yet.',
        repeated:
          'the next copy of the request: it attaches and answers; or the end of the execution, which settles on OLD and retires NEW',
      },
      {
        calls: ['sqs:SendMessage'],
        what: 'queues its own certificate, where another create won the race',
        leaves:
          'One certificate in the record, the other in the queue. Death before it leaves the other as after issuing.',
        repeated: 'not needed',
      },
      {
        calls: ['iot:ListAttachedPolicies', 'iot:AttachPolicy', 'iot:AttachThingPrincipal'],
        what: 'gives NEW the policies of OLD, then the thing',
        leaves:
          'NEW with some of its policies, or without its thing. The device was not answered, so it does not use NEW.',
        repeated: 'the next copy of the request attaches what is missing',
      },
      {
        calls: ['iot:Publish'],
        what: 'answers',
        leaves:
          'The device has its answer. What the record left behind waits in its `retiring`, and a certificate given by hand in its `unannounced`.',
        repeated:
          'the end of the execution queues what goes; the next copy of the request, or the sweep, tells the operators',
      },
      queue,
      told,
      noted,
    ],
  },
  {
    title: 'commit-certificate',
    permissions: commit,
    again: asks,
    steps: [
      {
        calls: ['iotjobsdata:DescribeJobExecution', read, ...principals],
        what: 'reads the execution, then the record; without a record the certificates of the thing too',
        leaves: nothing,
        repeated: wholly,
      },
      marker,
      {
        calls: [write],
        what: 'writes the decision, a rejection too',
        leaves: 'A decision that nobody was told. Whatever may follow from it waits in the record.',
        repeated: 'the next copy of the commit, which finds the decision and says it',
      },
      {
        calls: ['iot:Publish'],
        what: 'says it',
        leaves: 'The device knows it. What goes waits in `retiring`.',
        repeated: 'the event; later any commit by what stays, the end of the execution, or the sweep',
      },
      queue,
      told,
      noted,
    ],
  },
  {
    title: 'finish-rotation',
    permissions: finish,
    again:
      'AWS Lambda gives the event to it twice more, then keeps it as a dead letter with an alarm. The sweep finds the end as well, without the event.',
    steps: [
      {
        calls: [read, 'iotjobsdata:DescribeJobExecution'],
        what: 'reads the record, and which try of the job has ended where the event does not tell',
        leaves: nothing,
        repeated: wholly,
      },
      {
        ...marker,
        repeated: 'the event',
      },
      {
        calls: [write],
        what: 'writes what is settled, held, or noted as a tombstone',
        leaves:
          'A decision. What goes stands in `retiring`, and the end is not yet among those that were told.',
        repeated: 'the event finds the same end again: it queues and tells; or the sweep does',
      },
      queue,
      told,
      noted,
    ],
  },
  {
    title: 'retire-certificate',
    permissions: retire,
    again:
      'The message becomes visible in the queue again, five times in all; then it lies in a dead-letter queue with an alarm. The sweep queues what is left in `retiring` anew.',
    steps: [
      {
        calls: [read, ...principals, 'iot:DescribeCertificate'],
        what: 'asks the record whether the certificate may go, and the thing whether it has it',
        leaves: nothing,
        repeated: 'the message, which asks anew: a certificate that is in use by then stays',
      },
      {
        calls: ['iot:UpdateCertificate'],
        what: 'deactivates',
        leaves: 'An inactive certificate that is still attached. It stands in `retiring`.',
        repeated: 'the message: deactivating twice changes nothing',
      },
      {
        calls: ['iot:DetachThingPrincipal'],
        what: 'detaches',
        leaves: 'An inactive certificate without its thing.',
        repeated: 'the message: what is inactive may go though the thing does not have it any more',
      },
      {
        calls: ['sqs:SendMessage'],
        what: 'queues the deletion, after the hold',
        leaves:
          'Both messages, so two deletions. The later one finds that the record has nothing to retire any more.',
        repeated: 'not needed',
      },
      {
        calls: ['iot:DeleteCertificate'],
        what: 'deletes',
        leaves: 'An id in `retiring` of a certificate that is gone.',
        repeated: 'the message: deleting what is gone is no error',
      },
      {
        calls: [write],
        what: 'takes the id out of the record',
        leaves: 'All is done.',
        repeated: 'not needed',
      },
      {
        calls: ['sns:Publish'],
        what: 'tells the operators of a certificate that it must not touch',
        leaves: 'They may be told once more.',
        repeated: 'the message',
      },
    ],
  },
  {
    title: 'sweep',
    permissions: sweep,
    again: 'The next sweep begins anew: it keeps no state but the cursor of a sweep that goes on.',
    steps: [
      {
        calls: [
          'iot:DescribeJobTemplate',
          'iot:ListJobs',
          'iot:GetJobDocument',
          'iot:ListJobExecutionsForJob',
          'iot:ListThings',
          'iot:ListJobExecutionsForThing',
          'iot:DescribeJobExecution',
          'iotjobsdata:DescribeJobExecution',
          read,
        ],
        what: 'looks for ends that nobody decided',
        leaves: nothing,
        repeated: 'the next sweep',
      },
      {
        calls: [write, 'sqs:SendMessage', 'sns:Publish'],
        what: 'decides an end as if its event came now',
        leaves: 'As with `finish-rotation`.',
        repeated: 'the next sweep',
      },
      {
        calls: ['lambda:InvokeFunction'],
        what: 'goes on in another invocation',
        leaves: 'Both go on, or the event of this one is given again; twice is harmless.',
        repeated: 'not needed',
      },
    ],
  },
]

/** @throws where a call that a function may make is not told of, or one is told of that it may not make */
export function requireEveryCall({ title, permissions, steps }: Deaths): void {
  const allowed = permissions.flatMap(({ actions }) => actions)
  const explained = steps.flatMap(({ calls }) => calls)
  const different = [
    ...allowed.filter(call => !explained.includes(call)),
    ...explained.filter(call => !allowed.includes(call)),
  ]
  if (different.length > 0) {
    throw new Error(
      `tools/docs/function-deaths.ts and the permissions of ${title} differ in ${different.join(', ')}.`,
    )
  }
}
