import { expect, test } from 'vitest'
import { isReadableOnTheWay } from '../../../protocol/insecure-address.ts'
import { hostOf, parseServerAddress } from './server-address.ts'

test('an address without a scheme is https, but for this computer', () => {
  expect(parseServerAddress('chat.example.org')).toBe('https://chat.example.org')
  expect(parseServerAddress(' chat.example.org:8443/ ')).toBe('https://chat.example.org:8443')
  expect(parseServerAddress('localhost:4300')).toBe('http://localhost:4300')
  expect(parseServerAddress('127.0.0.1:4300')).toBe('http://127.0.0.1:4300')
  expect(parseServerAddress('[::1]:4300')).toBe('http://[::1]:4300')
  expect(parseServerAddress('localhost.example.org')).toBe('https://localhost.example.org')
})

test('a scheme that is given stays', () => {
  expect(parseServerAddress('http://10.0.0.5:4300')).toBe('http://10.0.0.5:4300')
  expect(parseServerAddress('HTTPS://Chat.Example.org/some/path?x#y')).toBe(
    'https://chat.example.org',
  )
})

test('what is no address is none', () => {
  for (const text of [
    '',
    '  ',
    'two words',
    'ftp://example.org',
    'javascript:alert(1)',
    'https://',
  ]) {
    expect(parseServerAddress(text)).toBeNull()
  }
})

test('plain http is readable on the way, but for this computer', () => {
  for (const url of ['http://10.0.0.5:4300', 'http://chat.example.org', 'http://127.example.org']) {
    expect(isReadableOnTheWay(new URL(url)), url).toBe(true)
  }
  for (const url of [
    'https://10.0.0.5',
    'http://127.0.0.1:4300',
    'http://localhost',
    'http://[::1]:1',
  ]) {
    expect(isReadableOnTheWay(new URL(url)), url).toBe(false)
  }
})

test('a server is named by its host and port', () => {
  expect(hostOf('https://chat.example.org:8443')).toBe('chat.example.org:8443')
  expect(hostOf('what is this')).toBe('what is this')
})
