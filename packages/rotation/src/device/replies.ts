import type { CertificateId, CsrDigest, ExecutionId } from '@rotator/protocol/ids'
import type { CommitAccepted } from '@rotator/protocol/messages/commit'
import type { CreateAccepted } from '@rotator/protocol/messages/create'
import type { Rejected } from '@rotator/protocol/messages/rejected'
import {
  isRejectionCode,
  isRetryable,
  type RejectionCode,
  rejectionCodes,
} from '@rotator/protocol/rejection-codes'
import type { Message } from './events.ts'
import type { Backend, Failure } from './state.ts'

/**
 * Whether a reply answers the present question. Late and repeated replies are common, so every id that was
 * asked with must come back. A version 1 backend sends none and is matched by topic and phase alone; once a
 * backend has shown that it sends them, a bare reply answers nothing. A part of them answers nothing either: a job and
 * its number can be guessed by whoever may publish on this thing's topics, and is then refused on them.
 */
export interface Question {
  execution: ExecutionId
  backend: Backend
}
export interface CreateQuestion extends Question {
  csrDigest: CsrDigest
}
export interface CommitQuestion extends Question {
  certificateId: CertificateId
  turn: number
}

/** @returns the version of the backend that answers this question, or undefined: drop the reply. */
export function createAnsweredBy(question: CreateQuestion, reply: CreateAccepted): 'v1' | 'v2' | undefined {
  if (isBare(reply) && reply.csrDigest === undefined) return bareAnswer(question)
  return isOf(question, reply) && reply.csrDigest === question.csrDigest ? 'v2' : undefined
}

export function commitAnsweredBy(question: CommitQuestion, reply: CommitAccepted): 'v1' | 'v2' | undefined {
  if (isBare(reply) && reply.certificateId === undefined) return bareAnswer(question)
  const answers = reply.certificateId === question.certificateId && reply.turn === question.turn
  return isOf(question, reply) && answers ? 'v2' : undefined
}

/** A rejection that answers the present question. */
export interface Rejection {
  backend: 'v1' | 'v2'
  kind: 'final' | 'retryable'
  /** Undefined for a code that is missing or not known. */
  code: RejectionCode | undefined
  failure: Failure
}

export function createRejection(question: CreateQuestion, reply: Rejected): Rejection | undefined {
  return rejection('create', question, reply, reply.csrDigest === question.csrDigest)
}

export function commitRejection(question: CommitQuestion, reply: Rejected): Rejection | undefined {
  const answers = reply.certificateId === question.certificateId && reply.turn === question.turn
  return rejection('commit', question, reply, answers)
}

function rejection(
  request: 'create' | 'commit',
  question: Question,
  reply: Rejected,
  answers: boolean,
): Rejection | undefined {
  const bare = isBare(reply) && reply.code === undefined
  const backend = bare ? bareAnswer(question) : isOf(question, reply) && answers ? 'v2' : undefined
  if (backend === undefined) return undefined
  const code = reply.code !== undefined && isRejectionCode(reply.code) ? reply.code : undefined
  const retryable = code === undefined ? reply.retryable === true : isRetryable(code)
  return { backend, kind: retryable ? 'retryable' : 'final', code, failure: failureOf(request, reply, code) }
}

const reasonMaxLength = 900

function failureOf(request: 'create' | 'commit', reply: Rejected, code: RejectionCode | undefined): Failure {
  const unknownCode = code === undefined && reply.code !== undefined ? ` with ${reply.code}` : ''
  const fallback = code === undefined ? 'no reason was given' : rejectionCodes[code].meaning
  const reason = `The cloud rejected the ${request}${unknownCode}: ${reply.errorMsg ?? fallback}`
  return { code: code ?? 'CLOUD_REFUSED', reason: reason.slice(0, reasonMaxLength) }
}

/** Whether a reply is as a version 1 backend sends it; undefined for what is no reply to a create or a commit. */
export function isBareAnswer(event: Message): boolean | undefined {
  switch (event.kind) {
    case 'create-accepted':
      return isBare(event.reply) && event.reply.csrDigest === undefined
    case 'commit-accepted':
      return isBare(event.reply) && event.reply.certificateId === undefined
    case 'create-rejected':
    case 'commit-rejected':
      return isBare(event.reply) && event.reply.code === undefined
    default:
      return undefined
  }
}

interface Ids {
  jobId?: string | undefined
  executionNumber?: number | undefined
}

const isBare = ({ jobId, executionNumber }: Ids): boolean =>
  jobId === undefined && executionNumber === undefined

const isOf = ({ execution }: Question, reply: Ids): boolean =>
  reply.jobId === execution.jobId && reply.executionNumber === execution.executionNumber

const bareAnswer = ({ backend }: Question): 'v1' | undefined => (backend === 'v2' ? undefined : 'v1')
