import { describe, expect, test } from 'vitest'
import { alignedTable, markdownTable } from './markdown.ts'

describe('a table', () => {
  test('keeps what would end a cell or a row inside of it', () => {
    expect(markdownTable(['a', 'b'], [['1|2', '3\n4']])).toBe('| a | b |\n| --- | --- |\n| 1\\|2 | 3<br>4 |')
  })

  test('has columns of one width where people edit the page around it', () => {
    expect(alignedTable(['a', 'longer'], [['1234', '…']])).toBe(
      '| a    | longer |\n| ---- | ------ |\n| 1234 | …      |',
    )
  })
})
