import { expect, test } from 'vitest'
import { sqliteProblem } from './old-node.ts'

const never = () => false

test('a Node in which SQLite would crash is told in one line, and its binary is not touched', () => {
  expect(sqliteProblem({ node: '20.20.2', napi: '9' }, never)).toBe(
    'Node 20.20.2 is too old: SQLite needs 22.14 or newer',
  )
  expect(sqliteProblem({ node: '18.0.0' }, never)).toContain('18.0.0')
})

test('a newer one, or a binary that was compiled here, is fine', () => {
  expect(sqliteProblem({ node: '22.14.0', napi: '10' }, never)).toBeNull()
  expect(sqliteProblem({ node: '20.20.2', napi: '9' }, () => true)).toBeNull()
  expect(sqliteProblem()).toBeNull()
})
