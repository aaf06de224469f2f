import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../world/repository-root.ts'
import {
  attachingPerMinute,
  holdTurnsPerSecond,
  mostFindings,
  mostListed,
  orderedADay,
} from './large-fleet.ts'

const textOf = (page: string): string =>
  readFileSync(join(repositoryRoot, page), 'utf8').replaceAll(/\s+/gu, ' ')
const howTo = textOf('docs/how-to/large-fleets.md')
const number = (value: number): string => Math.floor(value).toLocaleString('en-US')

test('what the page about large fleets says of policies is what the quota allows', () => {
  expect(howTo).toContain(
    `${number(attachingPerMinute(1))} a minute for one policy, ${number(attachingPerMinute(2))} for two, ${number(attachingPerMinute(3))} for three`,
  )
})

test('what it says of the sweep is what fits between its pages', () => {
  for (const everyMinutes of [15, 30, 60]) {
    const most = mostListed(everyMinutes)
    expect(howTo).toMatch(
      new RegExp(
        `\\| ${everyMinutes}\\b[^|]*\\| ${number(most)} +\\| ${number(most / 2)} +\\| ${number(most / 3)} `,
        'u',
      ),
    )
  }
  expect(textOf('docs/adr/0009-lost-events-are-looked-for.md')).toContain(
    `${mostListed(15) / 1_000_000} million`,
  )
})

test('what it says of the retire queue and of the triggers follows from their times', () => {
  expect(howTo).toContain(`${number(holdTurnsPerSecond(100_000))} messages a second for 100,000 certificates`)
  expect(howTo).toContain(`${number(orderedADay(15))} a day`)
  expect(howTo).toContain('up to about 300,000')
  expect(Math.floor(mostFindings() / 100_000)).toBe(3)
})
