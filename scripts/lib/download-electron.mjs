/**
 * Fetches the official Electron into its own download cache and says on stdout how far it is, one line each time.
 * A process of its own: the downloader wants the project's Node, and a hanging host is ended with it.
 */
import { readFile } from 'node:fs/promises'
import { downloadArtifact, initializeProxy } from '@electron/get'
import { inModules, installedVersion } from './project.mjs'

const { HTTP_PROXY, HTTPS_PROXY, http_proxy, https_proxy, electron_config_cache } = process.env
if (HTTP_PROXY ?? HTTPS_PROXY ?? http_proxy ?? https_proxy) initializeProxy()

let lastPercent = -1
const checksums = JSON.parse(await readFile(inModules('electron', 'checksums.json'), 'utf8'))
await downloadArtifact({
  version: installedVersion('electron'),
  artifactName: 'electron',
  platform: process.platform,
  arch: process.arch,
  checksums,
  ...(electron_config_cache === undefined ? {} : { cacheRoot: electron_config_cache }),
  downloadOptions: {
    quiet: true,
    getProgressCallback: async (/** @type {{ percent: number }} */ { percent }) => {
      const whole = Math.floor(percent * 100)
      if (whole === lastPercent) return
      lastPercent = whole
      process.stdout.write(`${whole} %\n`)
    },
  },
})
