import type { Target } from './target.ts'
import { auditNotification } from './targets/backend/audit-notification.ts'
import { commitEvent } from './targets/backend/commit-event.ts'
import { createEvent } from './targets/backend/create-event.ts'
import { jobDocument } from './targets/backend/job-document.ts'
import { jobEvent } from './targets/backend/job-event.ts'
import { ownAnswers } from './targets/backend/own-answers.ts'
import { record } from './targets/backend/record.ts'
import { retirement } from './targets/backend/retirement.ts'
import { violationMessage } from './targets/backend/violation.ts'
import { mqttPackets } from './targets/cloud/mqtt-packets.ts'
import { policyDocument } from './targets/cloud/policy-document.ts'
import { ruleSql } from './targets/cloud/rule-sql.ts'
import { scheduleExpression } from './targets/cloud/schedule-expression.ts'
import { shadowUpdate } from './targets/cloud/shadow-update.ts'
import { connack } from './targets/device/connack.ts'
import { effectiveConfig } from './targets/device/effective-config.ts'
import { eventStream } from './targets/device/event-stream.ts'
import { ipcMessage } from './targets/device/ipc-message.ts'
import { journal } from './targets/device/journal.ts'
import { mqttMessage } from './targets/device/mqtt-message.ts'
import { nucleusSettings } from './targets/device/nucleus-settings.ts'
import { tokenTexts } from './targets/device/token-texts.ts'
import { transactionLog } from './targets/device/transaction-log.ts'
import { certificate } from './targets/x509/certificate.ts'
import { csr } from './targets/x509/csr.ts'
import { der } from './targets/x509/der.ts'
import { subject } from './targets/x509/subject.ts'

/** Every parser of outside input. The local cloud's are among them because it judges the others. */
export const targets: readonly Target[] = [
  mqttMessage,
  eventStream,
  ipcMessage,
  journal,
  transactionLog,
  effectiveConfig,
  nucleusSettings,
  tokenTexts,
  connack,
  certificate,
  csr,
  der,
  subject,
  createEvent,
  commitEvent,
  jobEvent,
  retirement,
  record,
  jobDocument,
  violationMessage,
  auditNotification,
  ownAnswers,
  mqttPackets,
  ruleSql,
  policyDocument,
  shadowUpdate,
  scheduleExpression,
]
