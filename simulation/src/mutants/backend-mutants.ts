import type { Mutant } from './mutant.ts'

const retire = 'backend/src/retire-certificate/retire-certificate.ts'

/** Functions that do the right things in the wrong order, or not at all. */
export const backendMutants: readonly Mutant[] = [
  {
    name: 'rejection-before-write',
    breaks: 'A rejected commit is answered before the decision is written.',
    edits: [
      {
        file: 'backend/src/commit-certificate/commit-certificate.ts',
        find: `    const { record, decision, version } = await decideAndWrite(`,
        replace: `    const early = (await arbitrate(deps, thing, eventOf(asked, first, executionNumber))).decision
    if (early.kind === 'decided' && early.say.kind === 'rejected') await say(replies, asked, early.say)
    const { record, decision, version } = await decideAndWrite(`,
      },
      {
        file: 'backend/src/commit-certificate/commit-certificate.ts',
        find: `import { decideAndWrite, type Standing } from '../arbitration.ts'`,
        replace: `import { arbitrate, decideAndWrite, type Standing } from '../arbitration.ts'`,
      },
    ],
  },
  {
    name: 'unconditional-write',
    breaks: 'The record is written whether or not somebody wrote it since it was read.',
    edits: [
      {
        file: 'backend/src/aws/record-store.ts',
        find: `update(thing, { state: { reported }, version })`,
        replace: `update(thing, { state: { reported }, ...(version < 0 && { version }) })`,
      },
    ],
  },
  {
    name: 'no-sweep',
    breaks: 'Nobody makes up for events that were lost.',
    edits: [
      {
        file: 'backend/src/sweep/sweep.ts',
        find: `    const continued = parseWith(continuationSchema, event)`,
        replace: `    if (deps.sweepTimes.everySeconds > 0) return
    const continued = parseWith(continuationSchema, event)`,
      },
    ],
  },
  {
    name: 'attach-before-record',
    breaks: 'NEW is attached to its thing before the record names it.',
    edits: [
      {
        file: 'backend/src/create-certificate/create-certificate.ts',
        find: `  const { next } = decided
`,
        replace: `  const { next } = decided
  if (exchange.own !== undefined) {
    await equip(deps.registry, thing, { from: asked.principal, to: exchange.own.newCertificateId })
  }
`,
      },
    ],
  },
  {
    name: 'told-before-told',
    breaks: 'That the operators were told is written before they are told.',
    edits: [
      {
        file: 'backend/src/consequences.ts',
        find: `  if (tell !== undefined) await ports.operators.tell(notificationOf(thing, tell))
  if (afterTelling !== undefined) await writeRecord(ports, thing, version, afterTelling)`,
        replace: `  if (afterTelling !== undefined) await writeRecord(ports, thing, version, afterTelling)
  if (tell !== undefined) await ports.operators.tell(notificationOf(thing, tell))`,
      },
    ],
  },
  {
    name: 'told-not-remembered',
    breaks: 'Nobody writes down that the operators were told.',
    edits: [
      {
        file: 'backend/src/consequences.ts',
        find: `  if (afterTelling !== undefined) await writeRecord(`,
        replace: `  if (afterTelling !== undefined && version === -1) await writeRecord(`,
      },
    ],
  },
  {
    name: 'only-detached',
    breaks: 'OLD is detached and forgotten, and stays active with its policies.',
    shows: ['good'],
    edits: [
      {
        file: retire,
        find: `  if (step === 'deactivate') await deps.registry.deactivate(certificateId)
  if (!isLeftToRefusal(deps, retirement)) await deps.registry.detach(thingName, certificateId)
`,
        replace: `  await deps.registry.detach(thingName, certificateId)
  return void (await forgetRetired(deps, thingName, certificateId, stored))
`,
      },
    ],
  },
  {
    name: 'never-deleted',
    breaks: 'OLD is deactivated and detached, and never deleted.',
    shows: ['good'],
    edits: [
      {
        file: retire,
        find: `  if ((await deps.registry.deleteCertificate(certificateId)) === 'not-yet') {`,
        replace: `  if (step === 'delete' || step === 'deactivate') return
  if ((await deps.registry.deleteCertificate(certificateId)) === 'not-yet') {`,
      },
    ],
  },
  {
    name: 'liar',
    breaks: 'Operators are told that OLD stays where NEW does.',
    shows: ['cancelled-after-the-commit-and-nobody-hears'],
    edits: [
      {
        file: 'backend/src/notices/notice-text.ts',
        find: `sentences[kind](notice)`,
        replace: `sentences[kind === 'new-kept' ? 'old-kept' : kind](notice)`,
      },
      {
        file: 'backend/src/notices/notice-text.ts',
        find: `      code: kind,`,
        replace: `      code: kind === 'new-kept' ? 'old-kept' : kind,`,
      },
    ],
  },
]
