import {
  costAtRest,
  devicesCounted,
  meteredAtRest,
  mostDevicesAtRest,
  shareForPolls,
} from '@rotator/lab/budget/at-rest'
import { bounds, ceilingPerSecond } from '@rotator/lab/budget/ceiling'
import { costOfRotation, metered, turnsOfHold } from '@rotator/lab/budget/cost'
import { countOf, holdCalls, type Plane, rotationCalls } from '@rotator/lab/budget/rotation-calls'
import { code, markdownTable, page } from './markdown.ts'

const planeWords: Readonly<Record<Plane, string>> = {
  control: 'AWS IoT, control plane',
  jobs: 'AWS IoT Jobs, data plane',
  data: 'AWS IoT, data plane',
  queue: 'Amazon SQS',
}

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 })
const all: Plane[] = ['control', 'jobs', 'data', 'queue']

/** What a rotation asks of the account, what that lets through, and what it costs. */
export function budgetPage(): string {
  const perSecond = ceilingPerSecond()
  return page(
    'What a rotation asks of the account',
    `One rotation of a thing that has rotated before, with one policy at its certificate and AWS IoT as the issuer, makes ${countOf(rotationCalls, 'control', 'jobs')} calls of the control plane and of Jobs, ${countOf(rotationCalls, ...all)} in all. A test counts them at the local cloud. The hold between deactivating and deleting the old certificate adds ${holdCalls.map(({ name }) => `one ${code(name)}`).join(' and ')}, and its message comes and goes ${turnsOfHold} times in the day that it lasts by default, without a call of AWS IoT. Each further policy costs one \`AttachPolicy\` more; the first rotation of a thing one \`DescribeCertificate\`, one \`GetThingShadow\` and one \`UpdateThingShadow\` more. Why it is not one call fewer: [ADR 17](../adr/0017-what-a-rotation-may-cost.md).`,
    markdownTable(
      ['function', 'call', 'of', 'times'],
      rotationCalls.map(({ by, name, plane, times }) => [by, code(name), planeWords[plane], String(times)]),
    ),
    'The device speaks to AWS IoT Jobs over its connection: it asks for the execution after each restart, and updates it at the beginning and at the end.',
    '## The ceiling',
    `With the default quotas of one of the larger regions, and nothing else going on in the account, ${number(perSecond)} rotations a second get through: ${number(perSecond * 60)} a minute, a million devices in ${number(1_000_000 / perSecond / 3_600)} hours. The job template starts 450 a minute, below 80 % of that.`,
    markdownTable(
      ['calls that share a quota', 'a rotation', 'a second', 'raised on request', 'rotations a second'],
      bounds().map(({ names, times, quota, rotationsPerSecond }) => [
        names.map(code).join(', '),
        String(times),
        number(quota.perSecond),
        quota.isAdjustable ? 'yes' : 'no',
        number(rotationsPerSecond),
      ]),
    ),
    'Deactivating and deleting come from a queue that is drained at a pace of its own: a wave may go faster than its retiring for a while. Smaller regions have a tenth of the quota for shadows and half of that for attaching, which still bind no sooner.',
    '## The price',
    `At the list prices of US East (N. Virginia), without free tiers, a rotation costs about ${(costOfRotation() * 100).toFixed(2)} cents: ${(costOfRotation() * 1000).toFixed(2)} dollars for a thousand devices. Prices change: look at those of today and of your region. Where a row says about, how often it is metered is an estimate of ours. A certificate of AWS Private CA comes on top.`,
    markdownTable(
      ['metered', 'a rotation', 'list price of a million, in dollars'],
      metered.map(({ what, times, perMillion }) => [what, String(times), number(perMillion)]),
    ),
    '## The price of a fleet at rest',
    `While nothing rotates, ${number(devicesCounted)} devices cost about ${costAtRest().toFixed(2)} dollars a month, beside what Greengrass itself does. The stack adds a few dollars, however many devices there are: [deploy.md](../how-to/deploy.md#what-it-costs).`,
    markdownTable(
      [
        `metered, for ${number(devicesCounted)} devices`,
        'a month',
        'list price of a million, in dollars',
        'dollars',
      ],
      meteredAtRest.map(({ what, times, perMillion }) => [
        what,
        number(times),
        number(perMillion),
        ((times * perMillion) / 1_000_000).toFixed(2),
      ]),
    ),
    `Devices at rest ask AWS IoT Jobs by the same quota as creates and commits do. They take ${shareForPolls * 100} % of it where there are ${number(mostDevicesAtRest())} of them.`,
  )
}
