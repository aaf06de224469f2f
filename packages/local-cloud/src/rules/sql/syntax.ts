export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** A value of AWS IoT SQL: JSON, or Undefined, which stands in no JSON text. */
export type Value = Json | undefined

export type BinaryOperator =
  | 'AND'
  | 'OR'
  | 'IN'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'

export type Expression =
  | { kind: 'literal'; value: Json }
  /** `a.b.c` in the payload. */
  | { kind: 'path'; keys: string[] }
  /** `*` as a function's argument: the payload as it came, bytes. */
  | { kind: 'payload' }
  | { kind: 'call'; name: string; arguments: Expression[] }
  | { kind: 'not' | 'negate'; operand: Expression }
  | { kind: 'binary'; operator: BinaryOperator; left: Expression; right: Expression }

export interface SelectItem {
  /** The key in the outgoing message. */
  key: string
  expression: Expression
}

export interface Statement {
  /** Whether `*` is among the selected. */
  wholePayload: boolean
  items: SelectItem[]
  topicFilter: string
  where?: Expression
}
