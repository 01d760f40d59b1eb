import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const NOTICES = 'THIRD-PARTY-NOTICES.txt'
const LICENSE_FILE = /^(licen[cs]e|copying|notice|third.?party)/i
const RULE = '-'.repeat(80)

/**
 * A Vite plugin that writes down, beside a bundle, whose software is in it and under which license: most of them ask for
 * their text to go with every copy.
 * @param {{ root: string, beside?: string[], texts?: string[] }} options `beside`: packages that are not in the bundle
 *   and shipped with it; `texts`: files about what is no package
 */
export function thirdPartyNotices({ root, beside = [], texts = [] }) {
  return {
    name: 'third-party-notices',
    apply: /** @type {const} */ ('build'),
    /**
     * @this {{ emitFile: (file: { type: 'asset', fileName: string, source: string }) => unknown }}
     * @param {unknown} _options
     * @param {Record<string, { type: string, moduleIds?: readonly string[] }>} bundle
     */
    async generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []))
      for (const name of beside) folders.add(path.join(root, 'node_modules', name))
      const notices = await Promise.all([...folders].map(noticeOf))
      const others = texts.map((file) => readFile(path.join(root, file), 'utf8'))
      const all = [...new Set(notices)].sort().concat(await Promise.all(others))
      if (all.length === 0) return
      const source = `${all.map((text) => text.trim()).join(`\n\n${RULE}\n\n`)}\n`
      this.emitFile({ type: 'asset', fileName: NOTICES, source })
    },
  }
}

/**
 * The folder of the package that a module is of; null for our own.
 * @param {string} id
 */
export function packageFolder(id) {
  const [file = ''] = id.replaceAll('\\', '/').replace(/^\0+/, '').split('?')
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)
  return match?.[1] ?? null
}

/** @param {string} folder */
async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  )
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name))
    .map((entry) => readFile(path.join(folder, entry.name), 'utf8'))
  const texts = await Promise.all(files)
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts.map((t) => t.trim())].join(
    '\n\n',
  )
}
