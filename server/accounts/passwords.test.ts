import { hash } from '@node-rs/argon2'
import { expect, test } from 'vitest'
import { createPasswords } from './passwords.ts'

const NFC = 'pässwörd élan'.normalize('NFC')
const NFD = NFC.normalize('NFD')

test('[V16] [F25] a password is the same in every form it can be typed in', async () => {
  const passwords = await createPasswords()
  for (const chosen of [NFC, NFD]) {
    const kept = await passwords.hash(chosen)
    expect(await passwords.verify(kept, NFC)).toBe(true)
    expect(await passwords.verify(kept, NFD)).toBe(true)
    expect(await passwords.verify(kept, 'password elan')).toBe(false)
  }
})

test('[F25] a blank is a blank, whichever the keyboard gives', async () => {
  const passwords = await createPasswords()
  const kept = await passwords.hash('pass\u00a0word\u3000élan')
  expect(await passwords.verify(kept, 'pass word élan'.normalize('NFD'))).toBe(true)
  expect(await passwords.verify(kept, 'passwordélan')).toBe(false)
  const ofBefore = await hash('pass\u00a0word')
  expect(await passwords.verify(ofBefore, 'pass\u00a0word')).toBe(true)
})

test('[V16] hashes that were made of another form go on', async () => {
  const passwords = await createPasswords()
  const ofBefore = await hash(NFD)
  expect(await passwords.verify(ofBefore, NFD)).toBe(true)
  expect(await passwords.verify(ofBefore, NFC)).toBe(true)
  expect(await passwords.verify(null, NFC)).toBe(false)
})
