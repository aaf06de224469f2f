import { costAtRest, devicesCounted } from '@rotator/lab/budget/at-rest'
import { costBesideJobs, costOfRotation } from '@rotator/lab/budget/cost'
import { alignedTable } from './markdown.ts'

const cents = (dollars: number): string => String(Number((dollars * 100).toFixed(2)))

/** What a deployment costs, as `docs/how-to/deploy.md` tells it. */
export const priceFragment = (): string =>
  alignedTable(
    ['what', 'about'],
    [
      [
        'one rotation',
        `a remote action of AWS IoT Jobs, ${cents(costOfRotation() - costBesideJobs())} cents, and ${cents(costBesideJobs())} cents of messages, functions, logs and calls`,
      ],
      [
        'the same with AWS Private CA',
        'a certificate more: 0.1 to 75 cents, by the number that the authority issues in a month',
      ],
      ['an authority of AWS Private CA', '50 dollars a month for a short-lived one, 400 for a general one'],
      [
        `${devicesCounted.toLocaleString('en-US')} devices that have nothing to do`,
        `${costAtRest().toFixed(2)} dollars a month: each asks for its next job, and the sweep looks at it`,
      ],
      [
        'the stack, however many devices',
        '2 dollars a month for the key and the alarms, 3 more where you have three dashboards already',
      ],
      [
        'metrics',
        '30 cents a month for each that was written to in it: about a dozen, and one for each code',
      ],
    ],
  )
