import path from 'node:path'
import { expect, test } from 'vitest'
import { npmCommand, outerEnvironment } from './npm-command.mjs'

test('the npm that runs us is called again, by its own Node', () => {
  const env = { npm_execpath: '/usr/lib/npm/bin/npm-cli.js', npm_node_execpath: '/usr/bin/node' }
  expect(npmCommand(env, 'linux')).toEqual({
    command: '/usr/bin/node',
    prefix: ['/usr/lib/npm/bin/npm-cli.js'],
  })
})

test('another package manager is not taken for npm', () => {
  const env = { npm_execpath: '/usr/lib/yarn/bin/yarn.js', npm_node_execpath: '/usr/bin/node' }
  expect(npmCommand(env, 'linux')).toEqual({ command: 'npm', prefix: [] })
})

test('without one, npm is found on PATH', () => {
  expect(npmCommand({}, 'linux')).toEqual({ command: 'npm', prefix: [] })
  expect(npmCommand({}, 'win32')).toEqual({ command: 'cmd.exe', prefix: ['/d', '/s', '/c', 'npm'] })
})

test('our own Node and what the outer npm was told do not reach the inner one', () => {
  const bin = path.join(path.sep, 'project', 'node_modules', '.bin')
  const env = {
    PATH: [bin, '/usr/bin'].join(path.delimiter),
    npm_config_loglevel: 'silent',
    npm_config_registry: 'kept',
  }
  expect(outerEnvironment(env)).toEqual({ PATH: '/usr/bin', npm_config_registry: 'kept' })
})
