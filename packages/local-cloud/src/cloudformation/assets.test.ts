import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/function-bundle.ts'
import { assetsBeside, installBundle, installInline } from './assets.ts'

let folder: ReturnType<typeof temporaryFolder>

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => folder[Symbol.dispose]())

function manifest(source: object): string {
  const files = { one: { source, destinations: { here: { objectKey: 'one.zip' } } } }
  writeFileSync(path.join(folder.path, 'S.assets.json'), JSON.stringify({ files }))
  return path.join(folder.path, 'S.template.json')
}

describe('the assets beside a template', () => {
  test('are found by their key', () => {
    mkdirSync(path.join(folder.path, 'asset.one'))
    const template = manifest({ path: 'asset.one' })
    expect(assetsBeside(template).folderOf('one.zip')).toBe(path.join(folder.path, 'asset.one'))
  })

  test('are missed with a reason', () => {
    const without = assetsBeside(path.join(folder.path, 'T.template.json'))
    expect(() => without.folderOf('one.zip')).toThrow(
      /There is no asset manifest .*T\.assets\.json: synthesize/,
    )
    expect(() => assetsBeside('plain.json').folderOf('one.zip')).toThrow(/no asset manifest/)
    const template = manifest({ path: 'asset.zip' })
    expect(() => assetsBeside(template).folderOf('two.zip')).toThrow(/does not know two\.zip/)
    expect(() => assetsBeside(template).folderOf('one.zip')).toThrow(/asset\.zip is not a folder/)
    writeFileSync(path.join(folder.path, 'asset.zip'), '')
    expect(() => assetsBeside(template).folderOf('one.zip')).toThrow(/asset\.zip is not a folder/)
  })
})

test('a bundle is copied once, apart from the module type of what lies above it', () => {
  const source = path.join(folder.path, 'source')
  mkdirSync(source)
  writeFileSync(path.join(source, 'index.js'), 'first')
  const functions = path.join(folder.path, 'functions')
  const installed = installBundle(source, functions, 'key')
  writeFileSync(path.join(source, 'index.js'), 'second')
  expect(installBundle(source, functions, 'key')).toBe(installed)
  expect(readFileSync(path.join(installed, 'index.js'), 'utf8')).toBe('first')
  expect(readFileSync(path.join(functions, 'package.json'), 'utf8')).toBe('{}\n')
})

test('a copy that was cut short is made again', () => {
  const source = path.join(folder.path, 'source')
  mkdirSync(source)
  writeFileSync(path.join(source, 'index.js'), 'whole')
  const functions = path.join(folder.path, 'functions')
  mkdirSync(path.join(functions, 'key.unfinished'), { recursive: true })
  writeFileSync(path.join(functions, 'key.unfinished', 'rest.js'), 'torn')
  const installed = installBundle(source, functions, 'key')
  expect(existsSync(path.join(installed, 'rest.js'))).toBe(false)
  expect(readFileSync(path.join(installed, 'index.js'), 'utf8')).toBe('whole')
})

test('code of the template itself is written by its content', () => {
  const one = installInline('exports.a = 1', folder.path)
  expect(installInline('exports.a = 1', folder.path)).toEqual(one)
  expect(installInline('exports.a = 2', folder.path).sha256).not.toBe(one.sha256)
  expect(readFileSync(path.join(one.folder, 'index.js'), 'utf8')).toBe('exports.a = 1')
})
