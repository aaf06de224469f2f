import type { Row } from './row.ts'

/** The rows of a create; see `rows.ts` for the words. */
export const createRows = {
  'create: execution not in progress': {
    from: 'any',
    event: 'create whose x is over',
    to: '–',
    consequence: 'final EXECUTION_NOT_IN_PROGRESS',
  },
  'create: execution unclear': {
    from: 'any',
    event: 'create whose x is QUEUED, or could not be read',
    to: '–',
    consequence: 'retryable TRY_LATER',
  },
  'create: a rotation begins': {
    from: 'none, settled',
    event:
      "create with another x and another CSR than the record's, by the kept certificate (any, if none is)",
    to: 'created',
    consequence: 'issue, write, then policies, attach, answer; a lost race retires its own and decides again',
  },
  'create: the same again': {
    from: 'created',
    event: 'create by OLD with the same x and CSR',
    to: '–',
    consequence:
      'attach again where that is missing, answer with the same certificate; if OLD was given by hand and the operators were not told, they are',
  },
  'create: NEW asks anew': {
    from: 'created, abandoned',
    event: "create by NEW with the record's x and another CSR",
    to: 'held',
    consequence: 'final ANOTHER_CSR_PENDING; the operators are told that both stay',
  },
  'create: another request pending': {
    from: 'created, committed, abandoned, held',
    event: "any other create with the record's x",
    to: '–',
    consequence: 'final ANOTHER_CSR_PENDING',
  },
  'create: OLD begins anew': {
    from: 'created, abandoned',
    event: "create by OLD with another x, the record's x over",
    to: 'created',
    consequence: 'NEW goes',
  },
  'create: either begins anew': {
    from: 'committed, held',
    event: "create by OLD or NEW with another x and another CSR than the record's, the record's x over",
    to: 'created',
    consequence: 'P is kept, the other goes',
  },
  'create: given by hand': {
    from: 'any but none',
    event:
      "create with another x by P that is none of OLD, NEW and kept, the record's x over or the record settled; a second look finds P alone",
    to: 'created',
    consequence: 'P is kept, what the record named goes, the operators are told',
  },
  'create: the record is busy': {
    from: 'any but none',
    event: "create with another x, the record's x not over",
    to: '–',
    consequence: 'retryable TRY_LATER',
  },
  'create: NEW of an unknown execution': {
    from: 'created by a version 1 backend',
    event: 'create by NEW',
    to: 'held',
    consequence: 'final OTHER_EXECUTION; the operators are told that both stay',
  },
  'create: not attached': {
    from: 'any',
    event: 'create that would begin a rotation; a second look does not find P',
    to: '–',
    consequence: 'final NOT_ATTACHED',
  },
  'create: not exclusive': {
    from: 'any',
    event: 'create that would begin a rotation; a second look finds P attached, but not exclusively',
    to: '–',
    consequence: 'final NOT_EXCLUSIVE',
  },
  'create: unknown certificate attached': {
    from: 'any',
    event:
      'create that would begin a rotation; a second look finds a certificate that the record does not know',
    to: '–',
    consequence: 'final UNKNOWN_CERTIFICATE_ATTACHED, which names it, and so do the operators hear of it',
  },
  'create: execution has ended meanwhile': {
    from: 'any',
    event:
      'create with the x of a settled record, or with one whose end the record has noted; a second look finds it over (in progress: a job with the same id was made anew, and counts as another x)',
    to: '–',
    consequence: 'silence: the execution ended while the create was handled',
  },
  'create: not the kept certificate': {
    from: 'settled on X',
    event: 'create with another x by another certificate',
    to: '–',
    consequence: 'final NOT_THE_KEPT_CERTIFICATE',
  },
  'create: another execution': {
    from: 'any',
    event: 'any other create',
    to: '–',
    consequence: 'final OTHER_EXECUTION',
  },
} as const satisfies Record<string, Row>
