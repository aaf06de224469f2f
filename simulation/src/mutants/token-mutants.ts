import type { Mutant } from './mutant.ts'

/** Wrong ways with an identity in a token. */
export const tokenMutants: readonly Mutant[] = [
  {
    name: 'absent-hsm-is-empty',
    breaks: 'An HSM that is not there yet is taken for one that holds nothing.',
    shows: ['hsm-late-as-a-job-comes'],
    edits: [
      {
        file: 'component/src/loop/loop.ts',
        find: `      return this.#unreadable(error)
`,
        replace: `      this.#isStarted = true
      const nothing = { current: null, pending: null, previous: null, newer: 'current', execution: null } as const
      return { kind: 'started', found: nothing, service: this.#service }
`,
      },
    ],
  },
  {
    name: 'job-fails-for-what-was',
    breaks: 'A job fails for an HSM that was away a minute ago and is there again.',
    shows: ['hsm-late-as-a-job-comes'],
    edits: [
      {
        file: 'component/src/loop/loop.ts',
        find: '((await this.#startedAfterAll()) ?? event)',
        replace: 'event',
      },
    ],
  },
  {
    name: 'certificate-of-old-not-put-by',
    breaks: "A switch in a token begins without a second copy of OLD's certificate.",
    shows: ['refused-in-a-token'],
    edits: [
      {
        file: 'component/src/identities/pkcs11/placement-plan.ts',
        find: 'held.facts !== undefined && !hasTwinCertificate(held, certificates, labels)',
        replace: 'held.facts !== undefined && hasTwinCertificate(held, certificates, labels)',
      },
    ],
  },
  {
    name: 'destroyed-before-made-anew',
    breaks: 'In a switch an object of the token is destroyed before another is made in its place.',
    shows: ['good-in-a-token'],
    edits: [
      {
        file: 'component/src/identities/pkcs11/place-in-token.ts',
        find: `  for (const step of steps) {
    const answer`,
        replace: `  for (const step of steps.toSorted((a, b) => Number(b.kind === 'destroy') - Number(a.kind === 'destroy'))) {
    const answer`,
      },
    ],
  },
]
