import { expect, test } from 'vitest'
import { contextOf } from './context.ts'

test('pairs become context, and a value may hold further equals signs', () => {
  expect(contextOf(['PcaCaId=', 'A=b=c', 'Flag'])).toEqual({ PcaCaId: '', A: 'b=c', Flag: '' })
})
