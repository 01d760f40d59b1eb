import { expect, test } from 'vitest'
import { packedFile, runtimeFits } from './registry-runtime.mjs'
import { StepFailure } from './step-failure.mjs'

test('the runtime is for one kind of machine', () => {
  expect(runtimeFits({ platform: 'linux', arch: 'x64' })).toBe(true)
  expect(runtimeFits({ platform: 'linux', arch: 'arm64' })).toBe(false)
  expect(runtimeFits({ platform: 'darwin', arch: 'x64' })).toBe(false)
})

test('npm says which file it packed', () => {
  expect(packedFile('[{"filename":"a-1.0.0.tgz"}]')).toBe('a-1.0.0.tgz')
})

test.each(['', 'not json', '[]', '{}', '[{"filename":"../../etc/passwd"}]', '[{"filename":7}]'])(
  'an answer that is none (%j) is a failure that names the step',
  (said) => {
    expect(() => packedFile(said)).toThrow(StepFailure)
  },
)
