import { describe, expect, test } from 'vitest'
import { corpusFolder, readCorpus } from './corpus.ts'
import { byOutcome } from './session/guide.ts'
import { runSession } from './session/session.ts'
import { targets } from './targets.ts'

/** Changes of the corpus, beside the corpus itself; `npm run fuzz` makes them without end. */
const changes = { quick: 200, slow: 25 }

describe('M16: every parser of outside input bears', () => {
  test.each(targets)('$name: its corpus and changes of it', async target => {
    const corpus = readCorpus(corpusFolder, target.name)
    expect(corpus.length).toBeGreaterThan(0)
    const outcomes = new Set<string>()
    const guide = byOutcome()
    const { failures, executions } = await runSession({
      target,
      corpus,
      seed: 1,
      guide: {
        judge(input, outcome) {
          outcomes.add(outcome)
          return guide.judge(input, outcome)
        },
      },
      goesOn: done => done < corpus.length + (target.isSlow === true ? changes.slow : changes.quick),
    })
    expect(failures.map(({ problem, input }) => `${problem}\n${input.toString('latin1')}`)).toEqual([])
    expect(executions).toBeGreaterThan(corpus.length)
    // A corpus of which all is refused alike would show nothing.
    expect(outcomes.size).toBeGreaterThan(1)
  })
})
