import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { entryAt, fileErrorCode } from './file-system.ts'
import { nodeFileSystem as fs } from './node-file-system.ts'
import { ownerOf, processOwner } from './process-owner.ts'

let folder: string
const owner = { mode: 0o640, ...processOwner }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

const at = (name: string): string => join(folder, name)
const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    return fileErrorCode(error)
  }
}

describe("the device's disk", () => {
  test('makes, reads, writes over and removes files, whose modes no umask narrows', () => {
    const umask = process.umask(0o077)
    try {
      fs.create(at('a'), Buffer.from('a longer text'), owner)
    } finally {
      process.umask(umask)
    }
    expect(fs.look(at('a'))).toEqual({ kind: 'file', ...owner })
    fs.overwrite(at('a'), Buffer.from('short'))
    fs.sync(at('a'))
    expect(fs.read(at('a')).toString()).toBe('short')
    expect(codeOf(() => fs.create(at('a'), Buffer.alloc(0), owner))).toBe('EEXIST')
    fs.own(at('a'), { ...owner, mode: 0o600 })
    expect(fs.look(at('a'))?.mode).toBe(0o600)
    fs.removeFile(at('a'))
    expect(fs.look(at('a'))).toBeUndefined()
  })

  test('makes folders and links, and tells what is what', async () => {
    fs.makeFolder(at('f'), { ...owner, mode: 0o750 })
    expect(fs.look(at('f'))).toMatchObject({ kind: 'folder', mode: 0o750 })
    fs.link('f', at('l'))
    expect(fs.look(at('l'))?.kind).toBe('link')
    expect(fs.readLink(at('l'))).toBe('f')
    expect(fs.resolve(at('l'))).toBe(fs.resolve(at('f')))
    fs.rename(at('l'), at('m'))
    expect(fs.names(folder).sort()).toEqual(['f', 'm'])
    fs.sync(folder)
    const server = createServer()
    await new Promise<void>(resolve => {
      server.listen(at('socket'), resolve)
    })
    expect(fs.look(at('socket'))?.kind).toBe('other')
    await new Promise(resolve => server.close(resolve))
    fs.removeFolder(at('f'))
    expect(fs.freeBytes(folder)).toBeGreaterThan(0)
  })

  test('tells whether a file could be written over', () => {
    fs.create(at('a'), Buffer.alloc(0), owner)
    expect(fs.canWrite(at('a'))).toBe(true)
    expect(fs.canWrite(at('none'))).toBe(false)
  })

  test('gives a file away only where its owner is to be another', () => {
    const other = { mode: 0o600, uid: 12_345, gid: 12_346 }
    const mayGive = process.getuid?.() === 0
    const code = codeOf(() => fs.create(at('a'), Buffer.alloc(0), other))
    expect(code).toBe(mayGive ? 'none' : 'EPERM')
    expect(statSync(at('a')).uid).toBe(mayGive ? 12_345 : processOwner.uid)
  })

  test('names what went wrong', () => {
    symlinkSync('loop', at('loop'))
    chmodSync(folder, 0o700)
    expect(codeOf(() => fs.read(at('none')))).toBe('ENOENT')
    expect(codeOf(() => fs.read(folder))).toBe('EISDIR')
    expect(codeOf(() => fs.read(at('loop')))).toBe('ELOOP')
    expect(codeOf(() => entryAt(fs, at('none')))).toBe('ENOENT')
    expect(fileErrorCode('text')).toBe('UNKNOWN')
  })

  test('has owners where the system has', () => {
    expect(ownerOf({ getuid: () => 5, getgid: () => 6 })).toEqual({ uid: 5, gid: 6 })
    expect(ownerOf({})).toEqual({ uid: 0, gid: 0 })
  })
})
