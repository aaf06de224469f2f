import type { Mutant } from './mutant.ts'

/** What a device has on its disk, and when. */
export const storageMutants: readonly Mutant[] = [
  {
    name: 'journal-after-effects',
    breaks: 'The new state is made durable only after its effects were carried out.',
    edits: [
      {
        file: 'component/src/loop/loop.ts',
        find: `    await this.#journal(advanced.state)
`,
        replace: '',
      },
      {
        file: 'component/src/loop/loop.ts',
        find: `      else if (outcome !== undefined) this.give(outcome)
    }
`,
        replace: `      else if (outcome !== undefined) this.give(outcome)
    }
    await this.#journal(advanced.state)
`,
      },
    ],
  },
  {
    name: 'journal-not-synced',
    breaks: 'The journal is renamed into place before its bytes are durable.',
    edits: [
      {
        file: 'component/src/identities/files/durable.ts',
        find: `    fs.create(made, bytes, ownership)
    fs.sync(made)
`,
        replace: `    fs.create(made, bytes, ownership)
`,
      },
    ],
  },
  {
    name: 'identity-not-synced',
    breaks: 'The files of a new identity are used before their bytes are durable.',
    edits: [
      {
        file: 'component/src/identities/files/durable.ts',
        find: `  fs.create(path, bytes, ownership)
  fs.sync(path)
`,
        replace: `  fs.create(path, bytes, ownership)
`,
      },
    ],
  },
  {
    name: 'link-not-synced',
    breaks: 'The switch to NEW is reported before it is durable.',
    edits: [
      {
        file: 'component/src/identities/files/durable.ts',
        find: `  fs.sync(dirname(path))
}

export function replaceByFile`,
        replace: `}

export function replaceByFile`,
      },
    ],
  },
]
