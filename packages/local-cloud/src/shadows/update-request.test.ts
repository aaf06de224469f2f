import { describe, expect, test } from 'vitest'
import { ShadowError } from './shadow-error.ts'
import { parseUpdateRequest } from './update-request.ts'

function refusal(payload: unknown): { code: number; message: string } {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  try {
    parseUpdateRequest(bytes)
  } catch (error) {
    if (error instanceof ShadowError) return { code: error.code, message: error.message }
    throw error
  }
  return { code: 200, message: 'accepted' }
}

/** An object that nests `levels` objects. */
function nested(levels: number): object {
  return levels === 1 ? { leaf: 1 } : { inner: nested(levels - 1) }
}

describe('a request to update a shadow', () => {
  test.for([
    ['', 400, 'Invalid JSON'],
    ['{"state":', 400, 'Invalid JSON'],
    ['[]', 400, 'Invalid JSON'],
    [{}, 400, 'Missing required node: state'],
    [{ state: 7 }, 400, 'State node must be an object'],
    [{ state: null }, 400, 'State node must be an object'],
    [{ state: { desired: 7 } }, 400, 'Desired node must be an object'],
    [{ state: { reported: [] } }, 400, 'Reported node must be an object'],
    [{ state: { other: {} } }, 400, 'State contains an invalid node'],
    [{ state: { reported: { list: [1, null] } } }, 400, 'State contains an invalid node'],
    [{ state: {}, version: '1' }, 400, 'Invalid version'],
    [{ state: {}, version: 1.5 }, 400, 'Invalid version'],
    [{ state: {}, version: -1 }, 400, 'Invalid version'],
    [{ state: {}, clientToken: 'x'.repeat(65) }, 400, 'Invalid clientToken'],
    [{ state: {}, clientToken: 5 }, 400, 'Invalid clientToken'],
    [{ state: { reported: nested(9) } }, 400, 'JSON contains too many levels of nesting; maximum is 8'],
    [
      { state: { reported: { list: [nested(8)] } } },
      400,
      'JSON contains too many levels of nesting; maximum is 8',
    ],
  ] as const)('%j is refused with %d %s', ([payload, code, message]) => {
    expect(refusal(payload)).toEqual({ code, message })
  })

  test('bytes that are not UTF-8 are refused with 415', () => {
    expect(refusal(Buffer.from([0x7b, 0xff, 0x7d])).code).toBe(415)
  })

  test('eight levels of nesting, null sections, a version and a token are taken', () => {
    const request = { state: { desired: null, reported: nested(8) }, version: 3, clientToken: 't' }
    expect(parseUpdateRequest(Buffer.from(JSON.stringify(request)))).toEqual({
      desired: null,
      reported: nested(8),
      version: 3,
      clientToken: 't',
    })
  })

  test('a token of 64 bytes is taken, and members that are not known are ignored', () => {
    expect(refusal({ state: {}, clientToken: 'é'.repeat(32), more: 1 }).code).toBe(200)
    expect(refusal({ state: {}, clientToken: 'é'.repeat(33) }).code).toBe(400)
  })
})
