import { AwsError } from '@rotator/local-cloud/api/aws-error'
import { evaluateStatement } from '@rotator/local-cloud/rules/sql/evaluate'
import { parseStatement } from '@rotator/local-cloud/rules/sql/statement'
import { jsonOf } from '../../mutation/json.ts'
import { headed, joinHead, splitHead, textOf } from '../../mutation/text.ts'
import { claim, type Target, wordsOf } from '../../target.ts'
import { jsonOrNothing } from '../shapes.ts'

const words = [
  ..."SELECT ¦*¦, ¦ AS ¦ FROM ¦ WHERE ¦ AND ¦ OR ¦NOT ¦ IN ¦(¦)¦'¦''".split('¦'),
  ..."topic(3)¦clientid()¦principal()¦get(a, 0)¦encode(*, 'base64')¦isUndefined(x)¦ = ".split('¦'),
  ...' <> ¦ <= ¦ + ¦ - ¦-¦ / ¦ % ¦1¦1.5e3¦true¦null¦a.b.c¦#¦+'.split('¦'),
]

/** A rule's SQL in the first line, and the message that it is asked about below. */
export const ruleSql: Target = {
  name: 'rule-sql',
  mutate: headed(textOf(words), jsonOf(['jobId', 'a', 'principal', 'thingName'])),
  execute(input) {
    const { head, body } = splitHead(input)
    const statement = parsed(head.toString())
    if (typeof statement === 'string') return wordsOf(statement)
    const output = evaluated(statement, body)
    if (output === 'too deep') return output
    if (output === undefined) return 'not selected'
    if (statement.wholePayload && statement.items.length === 0) {
      claim(output.equals(body), 'SELECT * changed the message')
      return 'as it came'
    }
    const selected = jsonOrNothing(output.toString())
    claim(typeof selected === 'object' && selected !== null, 'the outgoing message is no object')
    for (const { key, expression } of statement.items) {
      const isForged =
        expression.kind === 'call' &&
        expression.name === 'principal' &&
        statement.items.findLast(item => item.key === key)?.expression === expression &&
        Object.getOwnPropertyDescriptor(selected, key)?.value !== 'a certificate'
      claim(!isForged, `the sender chose ${key} itself`)
    }
    return `selected ${statement.items.length}`
  },
  seeds: () => {
    const message = '{"jobId":"J1","csr":"x","principal":"forged","a":[{"b":1}]}'
    const from = (sql: string) => joinHead(sql, message)
    return {
      create: from(
        "SELECT *, topic(3) AS thingName, clientid() AS clientId, principal() AS principal FROM 'awslabs/things/+/certificate/create'",
      ),
      where: from(
        "SELECT jobId, get(a, 0) AS first FROM '$aws/events/jobExecution/#' WHERE operation IN a OR NOT (jobId = 'J1' AND 1 + 2 * 3 <> 6)",
      ),
      whole: from("SELECT * FROM 'a/b'"),
      functions: from(
        "SELECT encode(*, 'base64') AS payload, concat(upper(jobId), '-', timestamp()) AS id FROM 'a' WHERE isUndefined(x)",
      ),
    }
  },
}

function parsed(sql: string): ReturnType<typeof parseStatement> | string {
  try {
    return parseStatement(sql)
  } catch (error) {
    if (error instanceof AwsError)
      return error.message.replace(/ (?:found|function|character|'.*' is) .*/su, '')
    throw error
  }
}

/** The engine reports a message whose nesting is beyond this program, as it does with everything that a rule throws. */
function evaluated(
  statement: ReturnType<typeof parseStatement>,
  body: Buffer,
): Buffer | 'too deep' | undefined {
  try {
    return evaluateStatement(statement, context(body))
  } catch (error) {
    if (error instanceof RangeError) return 'too deep'
    throw error
  }
}

const context = (payload: Buffer) => ({
  topic: 'awslabs/things/dev1/certificate/create',
  payload,
  clientId: 'dev1',
  principal: 'a certificate',
  accountId: '123456789012',
  traceId: 'trace',
  nowMs: 1_767_225_600_000,
  newUuid: () => 'uuid',
})
