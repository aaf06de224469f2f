import * as fc from 'fast-check'

/** Values that programs trip over, drawn once by fast-check, whose generators prefer the edges. */
const draw = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
  fc.sample(arbitrary, { seed: 20_260_101, numRuns: count })

const depths = [3, 100, 20_000]

/** Texts with control characters, half surrogates, combining characters, and very long ones. */
export const strangeTexts: readonly string[] = [
  '',
  ' ',
  '\0',
  '\uFEFF',
  '\u2028',
  '\uD800',
  '\u00E9',
  'e\u0301',
  '../../etc/passwd',
  '${x}',
  '%s%n',
  'a'.repeat(129),
  '9'.repeat(400),
  'é'.repeat(5_000),
  ...draw(fc.string({ unit: 'binary', maxLength: 12 }), 60),
  ...draw(fc.string({ unit: 'grapheme', maxLength: 12 }), 20),
]

/** JSON texts of single values: numbers beyond every type, deep nesting, whatever fast-check makes up. */
export const strangeJson: readonly string[] = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e3',
  '1e400',
  '-1e400',
  '5e-324',
  '9007199254740993',
  '2147483648',
  '"1"',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[null]',
  '{"toString":1,"valueOf":2}',
  '{"__proto__":{"x":1}}',
  '{"length":1,"0":"a"}',
  ...depths.map(depth => '['.repeat(depth) + ']'.repeat(depth)),
  ...depths.map(depth => '{"a":'.repeat(depth) + '0' + '}'.repeat(depth)),
  ...strangeTexts.map(text => JSON.stringify(text)),
  ...draw(fc.json({ maxDepth: 3 }), 80),
  ...draw(fc.double(), 30).map(number => JSON.stringify(number)),
]

/** Names that every object of JavaScript has already. */
export const strangeNames: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'toJSON',
  'hasOwnProperty',
  'length',
  'then',
  '0',
  '',
]
