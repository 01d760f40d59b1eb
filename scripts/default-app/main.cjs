/**
 * What Electron runs when it is given a folder: the part that the runtime from the package registry lacks. It
 * reads the app's folder from the command line and becomes that app, as the official one does.
 */
const { app } = require('electron')
const { existsSync, readFileSync } = require('node:fs')
const path = require('node:path')

/**
 * The arguments that are Electron's own: modules to load first (`-r file`) and the app's folder, which is the
 * first argument that is no switch.
 */
function parseArguments(argv) {
  const preload = []
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index]
    if (argument === '-r' || argument === '--require') {
      index += 1
      preload.push(argv[index])
    } else if (argument.startsWith('--require=')) {
      preload.push(argument.slice('--require='.length))
    } else if (argument === '-v' || argument === '--version') {
      return { kind: 'version' }
    } else if (!argument.startsWith('-')) {
      return { kind: 'app', preload, folder: path.resolve(argument) }
    }
  }
  return { kind: 'nothing' }
}

function becomeApp(folder) {
  const manifestFile = path.join(folder, 'package.json')
  if (existsSync(manifestFile)) {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
    if (manifest.version) app.setVersion(manifest.version)
    const name = manifest.productName ?? manifest.name
    if (name) {
      app.setName(name)
      // The default profile was named after this launcher; one given with --user-data-dir stays.
      if (!app.commandLine.hasSwitch('user-data-dir')) {
        app.setPath('userData', path.join(app.getPath('appData'), name))
      }
    }
  }
  app.setAppPath(folder)
  require(folder)
}

const request = parseArguments(process.argv.slice(1))
if (request.kind === 'version') {
  process.stdout.write(`v${process.versions.electron}\n`)
  process.exit(0)
} else if (request.kind === 'nothing') {
  process.stderr.write('usage: electron [switches] FOLDER [arguments]\n')
  process.exit(2)
} else {
  Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true })
  for (const module of request.preload) require(path.resolve(module))
  try {
    becomeApp(request.folder)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    process.exit(1)
  }
}
