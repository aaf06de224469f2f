/** One fault that the product must survive, and the outcome that it must have. */
export interface Fault {
  fault: string
  outcome: string
  /** Why no test shows it yet. */
  open?: string
}

/** Faults of messages, of the cloud, of the device, and attacks. Ids are stable: tests carry them in their names. */
export const catalogue: Readonly<Record<string, Fault>> = {
  M1: { fault: 'the create request is lost', outcome: 'it is asked again and the rotation succeeds' },
  M2: { fault: 'the answer to create is lost', outcome: 'the same certificate is answered again' },
  M3: { fault: 'create arrives twice, one after the other', outcome: 'one certificate is issued' },
  M4: {
    fault: 'create is handled twice at the same time',
    outcome: 'one certificate stays, the other is retired',
  },
  M5: { fault: 'the commit is lost', outcome: 'it is asked again and the rotation succeeds' },
  M6: {
    fault: "the answer to commit is lost, for hours and past the job's timeout",
    outcome: 'commit is accepted again whenever it is asked; the old certificate is retired only after that',
  },
  M7: { fault: 'commit arrives twice, its answers in either order', outcome: 'the rotation succeeds' },
  M8: {
    fault: 'the report of success is lost, throttled or refused',
    outcome:
      'it is repeated until recorded; after the end of the execution a confirmed commit takes its place',
  },
  M9: { fault: 'the report of failure is lost', outcome: 'it is repeated until recorded' },
  M10: { fault: 'the report IN_PROGRESS or its answer is lost, or throttled', outcome: 'it is repeated' },
  M11: { fault: 'the notification of the job is missed', outcome: 'polling finds the job' },
  M12: {
    fault: "another program's job stands at the head of the queue",
    outcome: 'it is left alone and not mistaken',
  },
  M13: { fault: 'an answer to an earlier attempt arrives late', outcome: 'it is dropped' },
  M14: { fault: 'the event of a job execution is lost', outcome: 'the sweep settles it' },
  M15: {
    fault: 'events of job executions arrive twice, late or in another order',
    outcome: 'no certificate in use is touched and nobody is told anything false',
  },
  M16: {
    fault: 'malformed, oversized or wrongly typed payloads on every topic, in both directions',
    outcome: 'a refusal with a code; nothing changes and nothing crashes',
  },
  M17: {
    fault: 'create is handled only after its execution has ended',
    outcome: 'no certificate stays and nobody is given one',
  },
  M18: {
    fault: "a copy of an earlier execution's create or commit arrives during a later one",
    outcome: 'it has no effect, and the device drops the answer',
  },
  M19: {
    fault: 'one commit is handled twice at once while the execution ends',
    outcome: 'one decision, and both answers agree with it',
  },
  M20: {
    fault: 'a second request for a certificate of the same execution',
    outcome: 'it is refused; the certificate on trial is untouched',
  },
  M21: {
    fault: 'an answer to commit arrives after the device has changed sides once more',
    outcome: 'its turn is old and it has no effect',
  },
  C1: { fault: 'each AWS call fails once or always', outcome: 'retried, or dead-lettered' },
  C2: { fault: 'a handler dies between any two calls', outcome: 'the repeat carries on' },
  C3: { fault: 'every API is throttled', outcome: 'slower, nothing lost' },
  C4: { fault: 'lists are read stale', outcome: 'no false refusal that sticks' },
  C5: { fault: 'lists have more than one page', outcome: 'all pages are read' },
  C6: {
    fault: 'deleting is refused because detaching has not spread',
    outcome: 'retried until done',
  },
  C7: {
    fault: 'AWS Private CA is slow, throttled or answers twice',
    outcome: 'one certificate',
  },
  C8: {
    fault: 'the job is cancelled or deleted in any phase',
    outcome: 'converges; operators are told',
  },
  C9: {
    fault: 'the job times out in any phase',
    outcome: 'converges to the side of the record',
  },
  C10: {
    fault: 'the job is retried while the last attempt is cleaned up',
    outcome: 'converges',
  },
  C11: { fault: 'two rotation jobs overlap for one thing', outcome: 'one after the other' },
  C12: { fault: 'job events are switched off', outcome: 'the sweep settles' },
  C13: {
    fault: 'the new certificate is deactivated or refused on trial',
    outcome: 'roll back, agree, report',
  },
  C14: {
    fault: 'the old certificate is deactivated before the switch',
    outcome: 'the device keeps what works',
  },
  C15: {
    fault: 'stray certificates are attached to the thing',
    outcome: 'refused by name, never deleted',
  },
  C16: { fault: 'an operator deletes the record', outcome: 'nothing is retired by guess' },
  C17: {
    fault: 'dead letters are redriven a day later',
    outcome: 'no certificate in use is touched',
  },
  C18: { fault: 'partners of version 1', outcome: 'never stranded' },
  C19: {
    fault: 'the old certificate expires too soon',
    outcome: 'refused before anything is made',
  },
  C20: {
    fault: 'finishing dies between the record and the queue',
    outcome: 'the sweep queues again',
  },
  C21: {
    fault: 'an operator gives the device a new certificate by hand',
    outcome: 'the next rotation starts from it',
  },
  D1: { fault: 'the component is killed before or after any effect', outcome: 'converges' },
  D2: {
    fault: 'a power cut loses unsynced writes',
    outcome: 'a matching pair is always there',
  },
  D3: {
    fault: 'the disk is full, read-only or broken',
    outcome: 'FAILED with the reason, identity untouched',
  },
  D4: {
    fault: 'the network is gone for minutes or a day',
    outcome: 'waits; no rollback, no restart loop',
  },
  D5: { fault: 'Greengrass restarts by itself in any phase', outcome: 'converges' },
  D6: { fault: 'the restart command fails or is slow', outcome: 'retried and reported' },
  D7: {
    fault: 'the endpoint refuses the new identity',
    outcome: 'found by the probe, nothing is switched',
  },
  D8: { fault: 'the clock is wrong by years', outcome: 'waits for a plausible time' },
  D9: {
    fault: 'the certificate from the cloud is for another key, expired, or no certificate',
    outcome: 'refused and FAILED; nothing is switched',
  },
  D10: {
    fault: 'the journal is empty, torn, or of a newer version',
    outcome: 'set aside; the state is derived anew',
  },
  D11: {
    fault: 'files are replaced by hand, links removed, the owner changed',
    outcome: 'noticed, respected, explained',
  },
  D12: {
    fault: 'the socket to Greengrass drops or does not answer',
    outcome: 'reconnects and subscribes again',
  },
  D13: {
    fault: 'the token is absent, locked or cut off',
    outcome: 'converges or FAILED with the reason',
  },
  D14: {
    fault: 'the token can neither relabel nor copy',
    outcome: 'refused before anything is made',
  },
  D15: {
    fault: 'an upgrade from version 1 in the middle of its rotation',
    outcome: 'adopted and finished',
  },
  D16: {
    fault: 'the component restarts but Greengrass does not, or the restart is swallowed',
    outcome: 'restarted again; no commit over the old connection',
  },
  D17: {
    fault: 'offline for weeks in any phase',
    outcome: 'converges to the side of the record',
  },
  D18: { fault: 'the pending key is lost', outcome: 'FAILED with the reason' },
  D19: {
    fault: 'the component is removed in any phase',
    outcome: 'the device stays connectable',
  },
  A1: {
    fault: "a device asks in another thing's name, by topic, client id or payload",
    outcome: 'refused',
  },
  A2: {
    fault: "create without a job, with an ended one, another thing's, or one that is no rotation",
    outcome: 'refused',
  },
  A3: {
    fault: 'commit from a certificate that is neither, or replayed after the end',
    outcome: 'refused, or no effect',
  },
  A4: {
    fault:
      'a request with the old key, another subject, further names, a weak key, a broken signature, or garbage',
    outcome: 'refused',
  },
  A5: {
    fault: 'a device writes its own record',
    outcome: 'only its own two certificates are at stake',
  },
  A6: {
    fault: 'another local user reads or talks to the component',
    outcome: 'keys and journal are unreadable',
  },
  A7: {
    fault: "a Lambda's role is used for anything else",
    outcome: 'denied',
  },
}
