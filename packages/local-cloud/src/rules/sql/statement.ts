import { isTopicFilter } from '../topic-filter.ts'
import { parseExpression } from './expression.ts'
import type { SelectItem, Statement } from './syntax.ts'
import { TokenReader } from './token-reader.ts'
import { sqlParseError } from './tokens.ts'

function selectItem(reader: TokenReader): SelectItem {
  const expression = parseExpression(reader)
  if (reader.take('AS')) return { key: reader.expectKind('word', 'an alias'), expression }
  const last = expression.kind === 'path' ? expression.keys.at(-1) : undefined
  if (last === undefined) throw reader.unexpected('An expression that is no path needs an alias: expected AS')
  return { key: last, expression }
}

/**
 * Parses `SELECT … FROM '…' [WHERE …]`, SQL version 2016-03-23.
 *
 * @throws AwsError `SqlParseException`, saying where and what, for everything that is not understood
 */
export function parseStatement(sql: string): Statement {
  const reader = new TokenReader(sql)
  reader.expect('SELECT')
  let wholePayload = false
  const items: SelectItem[] = []
  do {
    if (reader.take('*')) wholePayload = true
    else items.push(selectItem(reader))
  } while (reader.take(','))
  reader.expect('FROM')
  const topicFilter = reader.expectKind('string', 'a topic filter in quotes')
  if (!isTopicFilter(topicFilter)) throw sqlParseError(`'${topicFilter}' is not a valid topic filter`)
  const where = reader.take('WHERE') ? parseExpression(reader) : undefined
  if (reader.peek().kind !== 'end') throw reader.unexpected('Expected the end')
  return { wholePayload, items, topicFilter, ...(where && { where }) }
}
