import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { testVariables } from '@rotator/backend/testing/fake-clients'
import { afterAll, describe, expect, test } from 'vitest'
import { handlerFolders, triggerFolders } from './bundle.ts'
import { sourceDigest } from './source-digest.ts'
import { synth } from './synth.ts'
import { zippedBytes } from './testing/zipped-bytes.ts'

const directory = mkdtempSync(join(tmpdir(), 'rotator-synth-'))
const outDir = join(directory, 'cdk.out')
/** With every function that there is. */
const context = {
  RetireDelayInSeconds: '0',
  TriggerThingGroup: 'cores',
  TriggerAfterDays: '365',
  TriggerAuditTopicArn: 'arn:aws:sns:eu-west-1:123456789012:audits',
  TriggerAnomalyTopicArn: 'arn:aws:sns:eu-west-1:123456789012:anomalies',
}
/** Milliseconds; loading the construct library takes most of it, on a busy machine all of it. */
const timeout = 120_000
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const bundles = (of: string) =>
  readdirSync(of, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('index.mjs'))
    .toSorted()

describe('a synthesis', () => {
  test('writes the template and a bundle for every function, of at most 1 MB', { timeout }, async () => {
    const { templatePath, cached } = await synth({ outDir, context })
    expect(cached).toBe(false)
    expect(Object.keys(JSON.parse(readFileSync(templatePath, 'utf8')).Resources).length).toBeGreaterThan(30)
    expect(bundles(outDir)).toHaveLength(handlerFolders.length + triggerFolders.length)
    for (const path of bundles(outDir)) {
      expect(zippedBytes(dirname(join(outDir, path)))).toBeLessThan(1_000_000)
    }
    expect(readdirSync(directory)).toEqual(['cdk.out'])
  })

  test('writes the template of the pipeline beside it', () => {
    const path = join(outDir, 'AWSLabsCertificateRotatorPipeline.template.json')
    expect(JSON.parse(readFileSync(path, 'utf8')).Resources).not.toEqual({})
  })

  test('is done once for the same sources and context, in under a second', async () => {
    const startedMs = performance.now()
    expect(await synth({ outDir, context })).toMatchObject({ cached: true })
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  test('is done again for another context, with the same bundles', { timeout }, async () => {
    const before = bundles(outDir)
    expect(await synth({ outDir })).toMatchObject({ cached: false })
    const after = bundles(outDir)
    expect(after).toHaveLength(handlerFolders.length)
    expect(before).toEqual(expect.arrayContaining(after))
  })

  test('that cannot be done says why and leaves what was there', { timeout }, async () => {
    const wrong = { RetireDelayInSeconds: 'soon' }
    const before = readdirSync(outDir)
    await expect(synth({ outDir, context: wrong })).rejects.toThrow(
      /RetireDelayInSeconds: must be whole seconds/u,
    )
    expect(readdirSync(outDir)).toEqual(before)
    expect(readdirSync(directory)).toEqual(['cdk.out'])
  })

  test('gives bundles that load and handle', { timeout }, async () => {
    for (const path of bundles(outDir)) {
      expect(await loaded(join(outDir, path))).toBe('function')
    }
  })

  test('gives bundles that load with AWS Private CA too', { timeout }, async () => {
    const PCA_CA_ARN = 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1'
    const chosen = { PCA_CA_ARN, PCA_REVOKE_ON_RETIREMENT: 'true' }
    for (const path of bundles(outDir)) {
      expect(await loaded(join(outDir, path), chosen)).toBe('function')
    }
  })
})

/** What a bundle's handler is where Node itself loads it, with the environment that the stack gives it. */
async function loaded(path: string, more: Record<string, string> = {}): Promise<unknown> {
  const url = JSON.stringify(pathToFileURL(path).href)
  const code = `import(${url}).then(({ handler }) => require('node:worker_threads').parentPort.postMessage(typeof handler))`
  const worker = new Worker(code, { eval: true, env: { ...testVariables, ...more, AWS_REGION: 'eu-west-1' } })
  try {
    return (await once(worker, 'message'))[0]
  } finally {
    await worker.terminate()
  }
}

describe('a synthesis into a folder', () => {
  const foreign = join(directory, 'foreign')

  test('with files that no synthesis made is refused at once, and leaves them', async () => {
    mkdirSync(join(foreign, '.git'), { recursive: true })
    writeFileSync(join(foreign, 'mine.txt'), 'mine')
    await expect(synth({ outDir: foreign })).rejects.toThrow(
      /foreign has files that no synthesis made .*nothing was written\. Give --out-dir/u,
    )
    expect(readdirSync(foreign).toSorted()).toEqual(['.git', 'mine.txt'])
    expect(readFileSync(join(foreign, 'mine.txt'), 'utf8')).toBe('mine')
  })

  test('that is a file is refused', async () => {
    await expect(synth({ outDir: join(foreign, 'mine.txt') })).rejects.toThrow(/mine\.txt is not a folder/u)
    expect(readFileSync(join(foreign, 'mine.txt'), 'utf8')).toBe('mine')
  })

  test('that is empty, or was synthesized from other sources, is taken', { timeout }, async () => {
    const taken = join(directory, 'empty')
    mkdirSync(taken)
    expect(await synth({ outDir: taken })).toMatchObject({ cached: false })
    writeFileSync(join(taken, 'sources.sha256'), 'of other sources')
    writeFileSync(join(taken, 'left-over.json'), '{}')
    expect(await synth({ outDir: taken })).toMatchObject({ cached: false })
    expect(existsSync(join(taken, 'left-over.json'))).toBe(false)
  })

  test('removes what syntheses left unfinished an hour ago, and nothing else', { timeout }, async () => {
    const parent = join(directory, 'parent')
    const old = ['out.unfinished-abc123', 'out.unfinished-mine', 'out.backup', 'other.unfinished-abc123']
    for (const name of [...old, 'out.unfinished-abc124'])
      mkdirSync(join(parent, name, 'assembly'), { recursive: true })
    const twoHoursAgo = new Date(Date.now() - 7_200_000)
    for (const name of old) utimesSync(join(parent, name), twoHoursAgo, twoHoursAgo)
    await synth({ outDir: join(parent, 'out') })
    expect(readdirSync(parent).toSorted()).toEqual(
      ['out', 'out.unfinished-abc124', ...old.slice(1)].toSorted(),
    )
  })
})

test('the digest is of the context’s content, not of its order', () => {
  expect(sourceDigest({ a: 1, b: 2 })).toBe(sourceDigest({ b: 2, a: 1 }))
  expect(sourceDigest({ a: 1 })).not.toBe(sourceDigest({ a: 2 }))
})
