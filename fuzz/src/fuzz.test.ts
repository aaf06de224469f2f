import { expect, test } from 'vitest'
import { corpusFolder, readCorpus } from './corpus.ts'
import { byOutcome } from './session/guide.ts'
import { runSession } from './session/session.ts'
import { targets } from './targets.ts'

/** Changes of the corpus, beside the corpus itself; `npm run fuzz` makes them without end. */
const changes = { quick: 200, slow: 25 }

test.for(targets)('M16: $name bears its corpus and changes of it', async (target, { task }) => {
  const corpus = readCorpus(corpusFolder, target.name)
  expect(corpus.length).toBeGreaterThan(0)
  const outcomes: string[] = []
  const guide = byOutcome()
  const { failures, executions } = await runSession({
    target,
    corpus,
    seed: 1,
    guide: {
      judge(input, outcome) {
        outcomes.push(outcome)
        return guide.judge(input, outcome)
      },
    },
    goesOn: done => done < corpus.length + (target.isSlow === true ? changes.slow : changes.quick),
  })
  expect(failures.map(({ problem, input }) => `${problem}\n${input.toString('latin1')}`)).toEqual([])
  expect(executions).toBeGreaterThan(corpus.length)
  // Inputs that were all refused alike would show nothing.
  expect(new Set(outcomes).size).toBeGreaterThan(1)
  Object.assign(task.meta, { fired: executions - corpus.length })
})
