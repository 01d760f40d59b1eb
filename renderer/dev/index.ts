import '../ui/tokens.css'
import '../ui/base.css'
import { own } from '../../protocol/own.ts'
import { mount } from '../app/mount.tsx'
import { createFakeFerry } from './fake-ferry.ts'
import { SCENARIOS } from './scenarios.ts'

/**
 * The renderer without Electron, for looking at it and working on it: `vite renderer`, then
 * /dev/?scenario=NAME with a name of scenarios.ts. Never part of what is built.
 */
const name = new URLSearchParams(location.search).get('scenario') ?? 'chat'
const scenario = own(SCENARIOS, name)
if (scenario === undefined) {
  document.body.textContent = `No such scenario; there are: ${Object.keys(SCENARIOS).join(', ')}`
} else {
  const fake = createFakeFerry(scenario())
  Object.assign(window, { fake })
  mount(fake.api)
}
