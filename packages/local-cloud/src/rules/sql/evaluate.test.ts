import { describe, expect, test } from 'vitest'
import { evaluateStatement } from './evaluate.ts'
import type { MessageContext } from './functions.ts'
import { parseStatement } from './statement.ts'

const context = (payload: unknown, more: Partial<MessageContext> = {}): MessageContext => ({
  topic: 'awslabs/things/pump1/certificate/create',
  payload: Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload)),
  clientId: 'pump1#2',
  principal: 'ab12',
  accountId: '123456789012',
  traceId: 'trace-1',
  nowMs: 1_700_000_000_123,
  newUuid: () => 'uuid-1',
  ...more,
})

function run(sql: string, payload: unknown, more: Partial<MessageContext> = {}): unknown {
  const output = evaluateStatement(parseStatement(sql), context(payload, more))
  return output === undefined ? undefined : JSON.parse(output.toString())
}

const value = (expression: string, payload: unknown = {}): unknown =>
  (run(`SELECT ${expression} AS x FROM 'a'`, payload) as { x?: unknown }).x

const certificateSql = (exchange: string) =>
  `SELECT *, topic(3) AS thingName, topic() as topic, clientid() AS clientId, principal() AS principal FROM 'awslabs/things/+/certificate/${exchange}'`
const finishSql =
  "SELECT * FROM '$aws/events/jobExecution/#' WHERE isUndefined(statusDetails.CertificateRotator) = false"

describe('the statements of the certificate rotator', () => {
  test.each(['create', 'commit'])('A1: a payload cannot forge what the %s rule adds', exchange => {
    const forged = { jobId: 'j', thingName: 'other', topic: 't', clientId: 'other', principal: 'ffff' }
    const topic = `awslabs/things/pump1/certificate/${exchange}`
    expect(run(certificateSql(exchange), forged, { topic })).toEqual({
      jobId: 'j',
      thingName: 'pump1',
      topic,
      clientId: 'pump1#2',
      principal: 'ab12',
    })
  })

  test('A1: where the rule has no value of its own, the forged field does not take its place', () => {
    const { principal: _, ...anonymous } = context({ principal: 'ffff', jobId: 'j' })
    const output = evaluateStatement(parseStatement(certificateSql('create')), anonymous)
    expect(JSON.parse(String(output))).not.toHaveProperty('principal')
  })

  test.each([
    ['a string', { CertificateRotator: 'true' }],
    ['a boolean', { CertificateRotator: true }],
    ['null', { CertificateRotator: null }],
  ])('the finish rule takes an event whose status details hold the key as %s', (_, statusDetails) => {
    expect(run(finishSql, { statusDetails })).toEqual({ statusDetails })
  })

  test.each([
    ['status details without the key', { statusDetails: { other: 1 } }],
    ['no status details', { jobId: 'j' }],
    ['status details that are text', { statusDetails: 'CertificateRotator' }],
    ['no JSON', Buffer.from('{')],
  ])('the finish rule leaves an event with %s', (_, payload) => {
    expect(run(finishSql, payload)).toBeUndefined()
  })
})

describe('SELECT', () => {
  test('* alone hands on the bytes as they came', () => {
    const bytes = Buffer.from([0, 255, 1])
    expect(evaluateStatement(parseStatement("SELECT * FROM 'a'"), context(bytes))).toEqual(bytes)
  })

  test('* with more makes an object of the others where the payload is none', () => {
    expect(run("SELECT *, topic(3) AS thing FROM 'a'", Buffer.from('no json'))).toEqual({ thing: 'pump1' })
    expect(run("SELECT *, topic(3) AS thing FROM 'a'", [1])).toEqual({ thing: 'pump1' })
  })

  test('a path is called by its last key, and left out where it is undefined', () => {
    expect(run("SELECT color.red, color.none, missing.key FROM 'a'", { color: { red: 255 } })).toEqual({
      red: 255,
    })
  })

  test('a key that every object inherits is undefined', () => {
    expect(run("SELECT constructor, a.toString FROM 'a'", { a: {} })).toEqual({})
  })

  test('WHERE sees the payload and no alias', () => {
    expect(run("SELECT 1 AS wanted FROM 'a' WHERE wanted = 1", {})).toBeUndefined()
    expect(run("SELECT 1 AS wanted FROM 'a' WHERE wanted = 2", { wanted: 2 })).toEqual({ wanted: 1 })
  })

  test('WHERE passes on true alone', () => {
    expect(run("SELECT a FROM 'a' WHERE a", { a: 'true' })).toBeUndefined()
    expect(run("SELECT a FROM 'a' WHERE a", { a: true })).toEqual({ a: true })
  })
})

describe('expressions', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['7.5 / 2', 3.75],
    ['1 / 0', undefined],
    ['7 % 4', 3],
    ['-2 - -3', 1],
    ["'4' * 2", 8],
    ["'a' + 1", 'a1'],
    ["'a' + null", undefined],
    ['1 + true', undefined],
    ["'it''s'", "it's"],
    ['1 = 1.0', true],
    ["1 = '1'", false],
    ['1 <> none', undefined],
    ['null = null', true],
    ["'2' > 1", true],
    ["'b' > 'a'", undefined],
    ['2 <= 2', true],
    ['1 >= 2', false],
    ['1 < 2 AND 3 < 4', true],
    ["'TRUE' and true", true],
    ['true OR none', undefined],
    ['false OR true', true],
    ['NOT 1 = 2', true],
    ['NOT none', undefined],
    ['1 != 2', true],
    ['list = list', true],
    ['object = object', true],
    ['object = other', false],
    ['2 IN list', true],
    ['5 IN list', false],
    ['5 IN object', undefined],
  ])('%s', (expression, expected) => {
    const payload = { list: [1, 2, [3]], object: { a: 1, b: [2] }, other: { a: 1, b: [3] } }
    expect(value(expression, payload)).toEqual(expected)
  })

  test.each<[string, unknown]>([
    ['topic()', 'awslabs/things/pump1/certificate/create'],
    ['topic(1)', 'awslabs'],
    ['topic(9)', undefined],
    ['topic(0)', undefined],
    ['CLIENTID()', 'pump1#2'],
    ['principal()', 'ab12'],
    ['accountid()', '123456789012'],
    ['timestamp()', 1_700_000_000_123],
    ['traceid()', 'trace-1'],
    ['newuuid()', 'uuid-1'],
    ['isNull(a)', true],
    ['isNull(b)', false],
    ['isUndefined(a)', false],
    ['isUndefined(b.c)', true],
    ["get(o, 'k-1')", 2],
    ['get(l, 1)', 4],
    ["get(l, 'x')", undefined],
    ["upper('aB')", 'AB'],
    ["lower('aB')", 'ab'],
    ["length('abc')", 3],
    ["concat('a', 1, true)", 'a1true'],
    ["startswith('abc', 'ab')", true],
    ["endswith('abc', 'ab')", false],
    ['upper(b)', undefined],
    ["encode('hi', 'base64')", 'aGk='],
    ["decode('aGk=', 'base64')", 'hi'],
    ["decode('eyJhIjoxfQ==', 'base64')", { a: 1 }],
    ["encode(1, 'base64')", undefined],
  ])('%s', (expression, expected) => {
    expect(value(expression, { a: null, o: { 'k-1': 2 }, l: [3, 4] })).toEqual(expected)
  })

  test('encode(*) takes the bytes of a payload that is no JSON', () => {
    expect(value("encode(*, 'base64')", Buffer.from([0, 255]))).toBe('AP8=')
  })

  test('a message that came without MQTT has client id n/a', () => {
    const { clientId: _, ...anonymous } = context({})
    const output = evaluateStatement(parseStatement("SELECT clientid() AS c FROM 'a'"), anonymous)
    expect(JSON.parse(String(output))).toEqual({ c: 'n/a' })
  })
})

describe('a statement is refused', () => {
  test.each([
    ['SELECT', /Expected an expression, found the end/],
    ["SELECT * FROM 'a' extra", /Expected the end, found extra/],
    ['SELECT * FROM a', /topic filter in quotes/],
    ["SELECT * FROM 'a/#/b'", /not a valid topic filter/],
    ["SELECT * FROM 'a+/b'", /not a valid topic filter/],
    ["SELECT topic() FROM 'a'", /needs an alias/],
    ["SELECT cast(a as Int) AS b FROM 'a'", /function cast is not supported/],
    ["SELECT topic(1, 2) AS b FROM 'a'", /does not take 2 arguments/],
    ["SELECT upper(*) AS b FROM 'a'", /does not take \*/],
    ["SELECT a; FROM 'a'", /Unexpected character ";" at position 8/],
    ["SELECT VALUE a FROM 'a'", /Expected an expression, found VALUE/],
    ["SELECT 'open FROM a", /Unexpected character "'"/],
    ["SELECT (a AS b FROM 'a'", /Expected \), found AS/],
    ["UPDATE a FROM 'a'", /Expected SELECT/],
  ])('%s', (sql, reason) => {
    expect(() => parseStatement(sql)).toThrow(
      expect.objectContaining({ code: 'SqlParseException', message: expect.stringMatching(reason) }),
    )
  })
})
